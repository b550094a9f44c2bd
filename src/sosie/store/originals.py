"""Originals: what was downloaded or uploaded, each content once, named by its SHA-256."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from sosie.config import Settings
    from sosie.store.originals_bucket import OriginalsBucket

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
    `sweep`. With a `bucket` that is where originals are kept, and the folder has copies of those that were needed here.
    """

    def __init__(self, root: Path, bucket: OriginalsBucket | None = None) -> None:
        self.root = root
        self.bucket = bucket

    @classmethod
    def of(cls, settings: Settings) -> Originals:
        """Return the originals of these settings. Raises `UsageError` when their bucket cannot be."""
        bucket = None
        if settings.originals_url:
            from sosie.store.originals_bucket import OriginalsBucket

            bucket = OriginalsBucket(settings.originals_url)
        return cls(settings.originals_path, bucket)

    def path_of(self, sha256: bytes) -> Path:
        """Return where these contents are, or would be."""
        name = sha256.hex()
        return self.root / name[:2] / name

    def size_here(self, sha256: bytes) -> int | None:
        """Return the size of the file of an original, or None when there is none on this machine."""
        try:
            return self.path_of(sha256).stat().st_size
        except OSError:
            return None

    def holds(self, sha256: bytes, size: int) -> bool:
        """Tell whether an original is kept, and as large as it was. Raises `OSError` when the bucket fails."""
        if self.size_here(sha256) == size and self.bucket is None:
            return True
        return self.bucket is not None and self.bucket.size_of(sha256) == size

    def find(self, sha256: bytes) -> Path | None:
        """Return the file of an original, brought from the bucket when need be; None when it is not kept.

        Raises `OSError` when the bucket fails.
        """
        path = self.path_of(sha256)
        if self.bucket is None or path.exists():
            return path if path.exists() else None
        try:
            with self.incoming() as incoming:
                for piece in self.bucket.get(sha256):
                    incoming.write(piece)
                if incoming.digest.digest() != sha256:
                    raise OSError(0, "is damaged in the bucket of originals")
                return self._placed(incoming, sha256)
        except FileNotFoundError:
            return None

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
        sha256 = incoming.digest.digest()
        path = self._placed(incoming, sha256)
        return self._mirrored(Stored(sha256, incoming.size, path))

    def _placed(self, incoming: Incoming, sha256: bytes) -> Path:
        incoming.file.close()  # some systems rename no open file
        path = self.path_of(sha256)
        if self.size_here(sha256) != incoming.size:
            path.parent.mkdir(parents=True, exist_ok=True)
            Path(incoming.file.name).replace(path)
        return path

    def _mirrored(self, stored: Stored) -> Stored:
        if self.bucket is not None and self.bucket.size_of(stored.sha256) != stored.size:
            self.bucket.put(stored.sha256, stored.path)
        return stored

    def take_in(self, source: Path) -> Stored:
        """Store what a file of Sosie's own data folder holds, as a second name of it where the file system can.

        Raises `OSError`.
        """
        with source.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").digest()
            size = file.tell()
        if self.size_here(sha256) != size and not self._linked(source, sha256):
            return self._copied(source)
        return self._mirrored(Stored(sha256, size, self.path_of(sha256)))

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

    def remove(self, sha256: bytes) -> None:
        """Remove an original. Raises `OSError` when the bucket fails."""
        if self.bucket is not None:
            self.bucket.remove(sha256)
        with suppress(FileNotFoundError):
            self.path_of(sha256).unlink()

    def all(self) -> Iterator[tuple[bytes, int, float]]:
        """Yield every original that is kept with its size and the time (seconds since 1970) when it was stored.

        Raises `OSError` when the bucket fails.
        """
        if self.bucket is not None:
            yield from self.bucket.all()
            return
        for path in self._files():
            with suppress(ValueError, FileNotFoundError):
                status = path.stat()
                yield bytes.fromhex(path.name), status.st_size, status.st_mtime

    def _files(self) -> Iterator[Path]:
        for folder in sorted(self.root.iterdir()) if self.root.is_dir() else ():
            if len(folder.name) == 2 and folder.is_dir():
                yield from sorted(folder.iterdir())

    def drop_copies(self, older_than: float) -> int:
        """Remove the files of originals that a bucket keeps and that are older than a time; return their bytes."""
        freed = 0
        for path in self._files() if self.bucket is not None else ():
            with suppress(FileNotFoundError):
                status = path.stat()
                if status.st_mtime < older_than:
                    path.unlink()
                    freed += status.st_size
        return freed

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
