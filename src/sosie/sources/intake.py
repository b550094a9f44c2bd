"""Taking in what people upload: images under their names, ZIP archives unpacked, nothing else, within limits."""

from __future__ import annotations

import errno
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from sosie.errors import NotAnImage, SourceFailure, UsageError
from sosie.imaging.signature import recognise
from sosie.types import Skipped

_PIECE = 1 << 18
_HEAD = 4096
_INCOMING = ".incoming"
_LONGEST_PART = 200
_DEEPEST = 20
_ODD = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLimits:
    """Limits of one upload: files, bytes of one image, of all together, of one archive and of its table of contents.

    `ratio` is how many times larger than its archive all that comes out of it may be, beyond `spared` bytes.
    """

    files: int = 100_000
    image_bytes: int = 100_000_000
    all_bytes: int = 50_000_000_000
    archive_bytes: int = 20_000_000_000
    directory_bytes: int = 64_000_000
    ratio: int = 100
    spared: int = 50_000_000


_WITHOUT_LINKS = (errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK)


class Refused(Exception):
    """One file that is not taken; its text fits behind the name."""


@dataclass
class Intake:
    """Takes files into the folder of a brand. What was there before is never overwritten: another file of the same
    name gets a number, and one with the same bytes is the same image.

    `accepted` counts the images that are there now and `size` their bytes; `skipped` says what was not taken and why.
    """

    uploads: Path
    brand: str
    limits: UploadLimits = field(default_factory=UploadLimits)
    accepted: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    size: int = 0

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", self.brand):
            raise UsageError(f"A brand cannot be called {self.brand!r}.")

    @property
    def root(self) -> Path:
        """The folder of the brand."""
        return self.uploads / self.brand

    def take_all(self, files: Iterable[tuple[str, BinaryIO]]) -> None:
        """Take in files by name and content; ZIP archives are unpacked into a folder of their name.

        Raises `SourceFailure` when the disk fails; what was taken until then stays.
        """
        for name, file in files:
            self.take(name, file, archives=True)

    def take(self, name: str, file: BinaryIO, *, archives: bool = False, told: str = "") -> None:
        """Take in one file, which people know as `told`. Raises `SourceFailure` when the disk fails."""
        try:
            with_folders = safe_name(name)
            head = file.read(_HEAD)
            if archives and head.startswith((b"PK\3\4", b"PK\5\6")):
                self._archive(with_folders, head, file)
            else:
                self._image(with_folders, head, file)
        except Refused as error:
            self.skipped.append(Skipped(_shown(told or name), str(error)))
        except OSError as error:
            raise SourceFailure(
                f"The upload cannot be stored ({error.strerror or error}).", next_step="Check the disk's free space."
            ) from error

    def _image(self, name: str, head: bytes, file: BinaryIO) -> None:
        try:
            recognise(head)
        except NotAnImage as error:
            raise Refused(error.message) from error
        if self.accepted >= self.limits.files:
            raise Refused(f"is left out: an upload may have {self.limits.files:,} images")
        part, size, digest = self._written(head, file, self.limits.image_bytes)
        try:
            self.size += size
            if self.size > self.limits.all_bytes:
                raise Refused(f"is left out: an upload may have {self.limits.all_bytes / 1e9:,.0f} GB")
            self._place(part, name, digest)
            self.accepted += 1
        finally:
            part.unlink(missing_ok=True)

    def _written(self, head: bytes, file: BinaryIO, limit: int) -> tuple[Path, int, bytes]:
        """Write a file aside; return where, its size and digest."""
        folder = self.uploads / _INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{os.getpid()}-{secrets.token_hex(8)}"
        size, digest, piece = 0, sha256(), head
        try:
            with part.open("xb") as kept:
                while piece:
                    size += len(piece)
                    if size > limit:
                        raise Refused(f"is larger than {limit / 1e6:,.0f} MB")
                    kept.write(piece)
                    digest.update(piece)
                    piece = file.read(_PIECE)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        return part, size, digest.digest()

    def _place(self, part: Path, name: str, digest: bytes) -> None:
        stem, suffix = os.path.splitext(name)
        for number in range(1, 10_000):
            path = self.root / (name if number == 1 else f"{stem} ({number}){suffix}")
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                os.link(part, path)  # unlike a rename it never replaces anything
                return
            except (FileExistsError, NotADirectoryError):
                if path.is_file() and _digest(path) == digest:
                    return
            except OSError as error:
                if error.errno not in _WITHOUT_LINKS:
                    raise
                if _moved(part, path):
                    return
        raise Refused("has a name that is taken too often")

    def _archive(self, name: str, head: bytes, file: BinaryIO) -> None:
        from sosie.sources.archive import unpack

        part, _, _ = self._written(head, file, self.limits.archive_bytes)
        try:
            unpack(part, os.path.splitext(name)[0], self)
        finally:
            part.unlink(missing_ok=True)


def _moved(part: Path, path: Path) -> bool:
    """Move a file to a name that is free, on a file system without links; False when it is taken."""
    try:
        path.open("xb").close()
    except FileExistsError:
        return False
    part.replace(path)
    return True


def safe_name(name: str) -> str:
    """Return a relative name with its folders that stays inside a folder on every system.

    Raises `Refused` for one that leads out of it, is absolute, or cannot be a name.
    """
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode()).replace("\\", "/")
    if text.startswith("/") or re.match(r"[A-Za-z]:", text):
        raise Refused("has an absolute name")
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise Refused("has a name that leads out of its folder")
    if not parts or len(parts) > _DEEPEST:
        raise Refused("has no name" if not parts else f"lies more than {_DEEPEST} folders deep")
    return "/".join(_safe_part(part) for part in parts)


def _safe_part(part: str) -> str:
    part = _ODD.sub("_", part).rstrip(". ") or "_"
    stem, suffix = os.path.splitext(part)
    while len(part.encode()) > _LONGEST_PART:
        stem = stem[:-1]
        part = stem + suffix[:20]
    return part if part[:1] != "." else "_" + part[1:]


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        digest = sha256()
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.digest()


def _shown(name: str) -> str:
    return _ODD.sub("_", name.encode("utf-8", "replace").decode())[:200] or "(without a name)"
