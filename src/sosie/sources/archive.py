"""ZIP archives of strangers: unpacked file by file from disk to disk, and never more than they may hold."""

# Names that lead out of the folder, links, lies on sizes, archives in archives, and archives whose entries share their
# bytes to unpack to petabytes (D. Fifield, "A better zip bomb", WOOT 2019) are all in circulation.

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from sosie.types import Skipped

if TYPE_CHECKING:
    from sosie.sources.intake import Intake

_END = b"PK\5\6"
_END64 = b"PK\6\6"
_TAIL = 70_000
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError)


def unpack(archive: Path, folder: str, intake: Intake) -> None:
    """Give each image of an archive to `intake`, below `folder`; what is not taken is noted there with its reason."""
    try:
        if _directory_size(archive) > intake.limits.directory_bytes:
            intake.skipped.append(Skipped(folder, "is an archive of too many files"))
            return
        with zipfile.ZipFile(archive) as opened:
            room = max(intake.limits.spared, archive.stat().st_size * intake.limits.ratio)
            _Unpacking(opened, folder, intake, room).run()
    except _DAMAGED as error:
        intake.skipped.append(Skipped(folder, f"is a damaged archive ({error})"))


class _Unpacking:
    def __init__(self, opened: zipfile.ZipFile, folder: str, intake: Intake, room: int) -> None:
        self.opened, self.folder, self.intake, self.room = opened, folder, intake, room

    def run(self) -> None:
        for number, entry in enumerate(self.opened.infolist()):
            if entry.is_dir():
                continue
            name = f"{self.folder}/{entry.filename}"
            reason = self.refusal(entry, number)
            if reason:
                self.intake.skipped.append(Skipped(name[:200], reason))
                continue
            try:
                with self.opened.open(entry) as file:
                    counted = _Counted(cast("BinaryIO", file))
                    self.intake.take(_inside(self.folder, entry.filename), cast("BinaryIO", counted), told=name)
                self.room -= counted.size
            except _DAMAGED as error:
                self.intake.skipped.append(Skipped(name[:200], f"is damaged in its archive ({error})"))

    def refusal(self, entry: zipfile.ZipInfo, number: int) -> str:
        if number >= self.intake.limits.files:
            return f"is left out: an archive may have {self.intake.limits.files:,} files"
        if stat.S_ISLNK(entry.external_attr >> 16):
            return "is a link"
        if entry.flag_bits & 0x1:
            return "is encrypted"
        if entry.file_size > self.intake.limits.image_bytes:
            return f"is larger than {self.intake.limits.image_bytes / 1e6:,.0f} MB"
        if entry.file_size > self.room:
            return f"is left out: its archive holds more than {self.intake.limits.ratio} times its own size"
        return ""


class _Counted:
    """Counts what is read."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.size = file, 0

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.size += len(data)
        return data


def _inside(folder: str, name: str) -> str:
    """Return the name below the folder; one that is absolute or leads out stays so, to be refused."""
    return name if name.startswith(("/", "\\")) or name[1:2] == ":" else f"{folder}/{name}"


def _directory_size(archive: Path) -> int:
    """Return the largest size of a table of contents that the end of the archive names: it is read as a whole."""
    with archive.open("rb") as file:
        end = file.seek(0, io.SEEK_END)
        file.seek(max(end - _TAIL, 0))
        tail = file.read()
    sizes = [0]
    for mark, offset, form in ((_END, 12, "<L"), (_END64, 40, "<Q")):
        at = tail.find(mark)
        while at >= 0:
            if at + offset + struct.calcsize(form) <= len(tail):
                size = struct.unpack_from(form, tail, at + offset)[0]
                sizes.append(0 if form == "<L" and size == 0xFFFFFFFF else size)
            at = tail.find(mark, at + 1)
    return min(max(sizes), end)
