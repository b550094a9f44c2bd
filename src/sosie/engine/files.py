"""The files of a run: each written as a whole or not at all, in a folder that all workers see."""

from __future__ import annotations

import os
import shutil
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from sosie.errors import EngineFailure


class RunFiles(Hashable, Protocol):
    """Where the files of one run lie. It travels to workers, so it holds no connection.

    Names have slashes. Methods raise `EngineFailure` when the place fails; what is finished stays.
    """

    def has(self, name: str) -> bool:
        """Tell whether a file is there, and so finished."""
        ...

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Write a file so that it is there as a whole or not at all, whatever happens."""
        ...

    def drop(self, name: str) -> None:
        """Remove a file, if it is there."""
        ...

    def clear(self) -> None:
        """Remove all files of the run."""
        ...


@dataclass(frozen=True)
class Folder:
    """Files in a folder, which several machines have to share when they work together."""

    path: Path

    def has(self, name: str) -> bool:
        """Tell whether a file is there."""
        return (self.path / name).exists()

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            raise _failed("read", self.path / name, error) from error

    def write(self, name: str, data: bytes) -> None:
        """Write under another name, flush it to the disk, and give it its name."""
        target = self.path / name
        part = target.with_name(f".{target.name}.{uuid4().hex}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with part.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise _failed("written", target, error) from error

    def drop(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self.path / name).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)


class Metered:
    """Files of a run that count the bytes which are read through them; equal to others of the same files."""

    def __init__(self, files: RunFiles) -> None:
        self._files = files
        self.count = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Metered) and self._files == other._files

    def __hash__(self) -> int:
        return hash(self._files)

    def has(self, name: str) -> bool:
        """Tell whether a file is there."""
        return self._files.has(name)

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, and count them."""
        data = self._files.read(name)
        self.count += len(data)
        return data

    def write(self, name: str, data: bytes) -> None:
        """Write a file."""
        self._files.write(name, data)

    def drop(self, name: str) -> None:
        """Remove a file, if it is there."""
        self._files.drop(name)

    def clear(self) -> None:
        """Remove all files of the run."""
        self._files.clear()


def _failed(what: str, path: Path, error: OSError) -> EngineFailure:
    return EngineFailure(
        f"{path} cannot be {what} ({error.strerror}).",
        next_step="Make room, or name another folder with run_dir, and run again: what is finished is not done again.",
    )
