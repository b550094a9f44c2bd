"""The few things that actions do to files, each of them whole or not at all, and on the disk when it returns."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sosie.store.journal import sync_folder

_BLOCK = 1 << 20
_NO_REPLACE = 1  # RENAME_NOREPLACE of Linux
_EXCLUSIVE = 4  # RENAME_EXCL of macOS
_HERE = -100  # AT_FDCWD
_CLONE = 0x40049409  # FICLONE of Linux
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was read: its SHA-256 (hex) and what tells whether it is still the same one."""

    sha256: str
    device: int
    inode: int
    size: int
    mtime_ns: int

    def still(self, status: os.stat_result | None) -> bool:
        """Tell whether a file is the one that was read, unchanged."""
        return status is not None and (self.device, self.inode, self.size, self.mtime_ns) == (
            status.st_dev,
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
        )


class Disk:
    """The seam to the file system. Methods raise `OSError`; tests put one in that fails where they want."""

    def look(self, path: Path, *, follow: bool = False) -> os.stat_result | None:
        """Return what is at a path, or None when nothing is; links are followed only on demand."""
        try:
            return path.stat(follow_symlinks=follow)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def read(self, path: Path, *, follow: bool = False) -> Seen:
        """Read a regular file to its end. Its time of access is left alone where the system allows that."""
        handle = _open_quietly(path, follow=follow)
        with os.fdopen(handle, "rb", buffering=0) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise OSError(errno.EINVAL, "is no regular file any more")
            digest = hashlib.sha256()
            while block := file.read(_BLOCK):
                digest.update(block)
            after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise OSError(errno.EBUSY, "is being written to")
        return Seen(digest.hexdigest(), after.st_dev, after.st_ino, after.st_size, after.st_mtime_ns)

    def make_folder(self, folder: Path) -> None:
        """Make a folder and its parents where they are missing."""
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for new in reversed(missing):
            new.mkdir(exist_ok=True)
            sync_folder(new.parent)

    def move(self, source: Path, target: Path) -> None:
        """Give a file another name on the same volume. Raises `FileExistsError` rather than replace anything."""
        rename_alone(source, target)
        sync_folder(target.parent)
        if source.parent != target.parent:
            sync_folder(source.parent)

    def link(self, source: Path, target: Path) -> None:
        """Give a file a second name."""
        os.link(source, target, follow_symlinks=False)
        sync_folder(target.parent)

    def clone(self, source: Path, target: Path) -> None:
        """Make a file that shares the blocks of another one until either is written to."""
        try:
            _clone(source, target)
        except OSError:
            target.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)

    def copy_state(self, source: Path, target: Path) -> None:
        """Give a file the times, permissions, owner and extended attributes of another one."""
        status = source.stat()
        if hasattr(os, "chown"):
            os.chown(target, status.st_uid, status.st_gid)
        shutil.copystat(source, target, follow_symlinks=False)

    def times(self, folders: Iterable[Path]) -> dict[str, int]:
        """Return when each of these folders was last changed (nanoseconds since 1970); missing ones are left out."""
        looked = {str(folder): self.look(folder, follow=True) for folder in folders}
        return {name: status.st_mtime_ns for name, status in looked.items() if status is not None}

    def set_time(self, folder: Path, mtime_ns: int) -> None:
        """Say of a folder that it was last changed at another time."""
        os.utime(folder, ns=(folder.stat().st_atime_ns, mtime_ns))

    def write(self, path: Path, data: bytes) -> None:
        """Write a new file. Raises `FileExistsError` when there is one."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            while data:
                data = data[os.write(handle, data) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        sync_folder(path.parent)

    def append(self, path: Path, data: bytes) -> None:
        """Write to the end of a file that is there, and wait until it is on the disk."""
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        try:
            while data:
                data = data[os.write(handle, data) :]
            os.fsync(handle)
        finally:
            os.close(handle)

    def remove(self, path: Path) -> None:
        """Remove one name of a file."""
        os.unlink(path)
        sync_folder(path.parent)

    def remove_empty(self, folder: Path, top: Path) -> None:
        """Remove a folder and its parents up to `top` as far as they are empty."""
        while folder == top or top in folder.parents:
            try:
                if folder.is_dir():
                    folder.rmdir()
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                    return
                raise
            folder = folder.parent


def _open_quietly(path: Path, *, follow: bool) -> int:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    flags |= 0 if follow else getattr(os, "O_NOFOLLOW", 0)
    try:
        return os.open(path, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:
        return os.open(path, flags)  # only the owner may read without a trace


def rename_alone(source: Path, target: Path) -> None:
    """Rename without ever replacing a file; where the system has no such call, after looking."""
    if sys.platform == "win32":
        source.rename(target)  # never replaces there
        return
    call = _exclusive_rename()
    if call is not None:
        function, arguments, flag = call
        status = function(arguments[0], os.fsencode(source), arguments[1], os.fsencode(target), flag)
        code = ctypes.get_errno()
        if status == 0:
            return
        if code not in _CANNOT:
            raise OSError(code, os.strerror(code), str(source), None, str(target))
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    os.rename(source, target)


@lru_cache(maxsize=1)
def _exclusive_rename() -> tuple[Any, tuple[int, int], int] | None:
    library = ctypes.CDLL(None, use_errno=True)
    name, here, flag = (
        ("renameatx_np", -2, _EXCLUSIVE) if sys.platform == "darwin" else ("renameat2", _HERE, _NO_REPLACE)
    )
    function = getattr(library, name, None)
    if function is None:
        return None
    function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    return function, (here, here), flag


def _clone(source: Path, target: Path) -> None:
    if sys.platform == "darwin":
        library = ctypes.CDLL(None, use_errno=True)
        if library.clonefile(os.fsencode(source), os.fsencode(target), 0) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(target))
        return
    if not sys.platform.startswith("linux"):
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP), str(target))
    import fcntl

    with source.open("rb") as origin, target.open("xb") as copy:
        fcntl.ioctl(copy.fileno(), _CLONE, origin.fileno())
        os.fsync(copy.fileno())
