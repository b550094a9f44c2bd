"""Originals: what was downloaded or uploaded, each content once, named by its SHA-256."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_INCOMING = "incoming"


@dataclass(frozen=True, slots=True)
class Stored:
    """An original that is stored: its SHA-256, size and path."""

    sha256: bytes
    size: int
    path: Path


@dataclass
class Incoming:
    """An original that is being written; nobody sees it before `keep`."""

    file: BinaryIO
    size: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, data: bytes) -> None:
        """Append some bytes. Raises `OSError`."""
        self.file.write(data)
        self.digest.update(data)
        self.size += len(data)

    def restart(self) -> None:
        """Forget what was written. Raises `OSError`."""
        self.file.seek(0)
        self.file.truncate()
        self.size, self.digest = 0, hashlib.sha256()


class Originals:
    """A folder of files named by their content: `ab/abcdef...`. Safe for several processes and threads at once.

    A file appears under its name as a whole or not at all; what was cut off stays in `incoming` and goes with
    `sweep`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path_of(self, sha256: bytes) -> Path:
        """Return where these contents are, or would be."""
        name = sha256.hex()
        return self.root / name[:2] / name

    def size_of(self, sha256: bytes) -> int | None:
        """Return the size of an original, or None when it is not here."""
        try:
            return self.path_of(sha256).stat().st_size
        except OSError:
            return None

    def holds(self, sha256: bytes, size: int | None = None) -> bool:
        """Tell whether an original is here, and as large as it was."""
        found = self.size_of(sha256)
        return found is not None and size in (None, found)

    @contextmanager
    def incoming(self) -> Iterator[Incoming]:
        """Give a file to write an original to; unless it is kept, it is gone at the end. Raises `OSError`."""
        folder = self.root / _INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{os.getpid()}-{secrets.token_hex(8)}"
        try:
            with path.open("xb") as file:
                yield Incoming(file)
        finally:
            with suppress(FileNotFoundError):
                path.unlink()

    def keep(self, incoming: Incoming) -> Stored:
        """Put what was written under its name and return it. Raises `OSError`."""
        incoming.file.close()  # some systems rename no open file
        sha256 = incoming.digest.digest()
        path = self.path_of(sha256)
        if self.size_of(sha256) != incoming.size:
            path.parent.mkdir(parents=True, exist_ok=True)
            Path(incoming.file.name).replace(path)
        return Stored(sha256, incoming.size, path)

    def take_in(self, source: Path) -> Stored:
        """Store what a file of Sosie's own data folder holds, as a second name of it where the file system can.

        Raises `OSError`.
        """
        with source.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").digest()
            size = file.tell()
        if not self.holds(sha256, size) and not self._linked(source, sha256):
            return self._copied(source)
        return Stored(sha256, size, self.path_of(sha256))

    def _linked(self, source: Path, sha256: bytes) -> bool:
        path = self.path_of(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.unlink(missing_ok=True)  # it has another size: it was cut off or tampered with
            os.link(source, path)
        except OSError:
            return False
        return True

    def _copied(self, source: Path) -> Stored:
        with source.open("rb") as file, self.incoming() as incoming:
            while chunk := file.read(1 << 20):
                incoming.write(chunk)
            return self.keep(incoming)

    def remove(self, sha256: bytes) -> int:
        """Remove an original and return how many bytes that gave."""
        size = self.size_of(sha256) or 0
        with suppress(FileNotFoundError):
            self.path_of(sha256).unlink()
        return size

    def all(self) -> Iterator[tuple[bytes, os.stat_result]]:
        """Yield every original that is here with what the file system says of it."""
        if not self.root.is_dir():
            return
        for folder in sorted(self.root.iterdir()):
            if len(folder.name) == 2 and folder.is_dir():
                for path in sorted(folder.iterdir()):
                    with suppress(ValueError, FileNotFoundError):
                        yield bytes.fromhex(path.name), path.stat()

    def sweep(self, older_than: float) -> int:
        """Remove what was cut off before a time (seconds since 1970) and return how many bytes that gave."""
        freed = 0
        folder = self.root / _INCOMING
        for path in folder.iterdir() if folder.is_dir() else ():
            with suppress(FileNotFoundError):
                status = path.stat()
                if status.st_mtime < older_than:
                    path.unlink()
                    freed += status.st_size
        return freed
