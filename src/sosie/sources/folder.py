"""Files and folders of this machine."""

# Plain strings: a walk over a million files would spend most of its time making Path objects.

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sosie.errors import UsageError
from sosie.types import FileState, ImageRef, Skipped

QUARANTINE = ".sosie-quarantine"
"""Name of the folder that dropped files are moved to: what lies in it is in no scan."""

HIDDEN = "is a hidden folder, not entered"
"""The reason of what was skipped on purpose."""

_KINDS = (
    (stat.S_ISFIFO, "is a named pipe, not a file"),
    (stat.S_ISSOCK, "is a socket, not a file"),
    (stat.S_ISCHR, "is a device, not a file"),
    (stat.S_ISBLK, "is a device, not a file"),
)


@dataclass(frozen=True)
class FolderSource:
    """All regular files below some paths (`~` is the home folder), each file once however many names it has.

    Folders and files are visited in the order of their names, real ones before symbolic links, so that the
    result does not depend on the order in which the file system or the caller lists them. Hidden folders (their
    name starts with a dot) are not entered unless `hidden` is set or they are given by name.
    """

    paths: Sequence[str | os.PathLike[str]]
    brand: str = ""
    hidden: bool = False

    def refs(self) -> Iterator[ImageRef | Skipped]:
        """Yield a reference for each regular file, and a `Skipped` for all else that has a name.

        Raises `UsageError` when a given path does not exist or is empty.
        """
        if not all(self.paths):
            raise UsageError("A path is empty.", next_step="Name a file or a folder; a full stop is this folder.")
        walk = _Walk(self.hidden)
        for path in sorted({os.path.abspath(os.path.expanduser(path)) for path in self.paths}):
            if not os.path.lexists(path):
                raise UsageError(f"There is no file or folder at {path}.", next_step="Check the spelling of the path.")
            walk.visit(path)
        walk.follow_links()
        for ref in walk.found.values():
            yield replace(ref, brand=self.brand) if self.brand else ref
        yield from walk.skipped


@dataclass
class _Walk:
    hidden: bool
    found: dict[tuple[int, int], ImageRef] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    folders: set[tuple[int, int]] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    def visit(self, path: str) -> None:
        pending = [path]
        while pending:
            path = pending.pop()
            if path in self.seen:
                continue
            self.seen.add(path)
            try:
                status = os.lstat(path)
            except OSError as error:
                self.skip(path, error)
                continue
            if stat.S_ISLNK(status.st_mode):
                self.links.append(path)
            elif stat.S_ISDIR(status.st_mode):
                pending.extend(self.enter(path, status))
            else:
                self.add(path, status)

    def enter(self, path: str, status: os.stat_result) -> list[str]:
        """Return the entries of a folder that was not entered before, last name first."""
        key = (status.st_dev, status.st_ino)
        if key in self.folders:
            return []
        self.folders.add(key)
        try:
            with os.scandir(path) as entries:
                names = sorted(entry.name for entry in entries)
        except OSError as error:
            self.skip(path, error)
            return []
        before = os.path.join(path, "")
        wanted = []
        for name in reversed(names):
            child = before + name
            if name[0] == "." and (name == QUARANTINE or (not self.hidden and os.path.isdir(child))):
                self.skipped.append(Skipped(child, HIDDEN))
            else:
                wanted.append(child)
        return wanted

    def add(self, path: str, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            for is_kind, reason in _KINDS:
                if is_kind(status.st_mode):
                    self.skipped.append(Skipped(path, reason))
                    return
        key = (status.st_dev, status.st_ino)
        known = self.found.get(key)
        if known is None:
            state = FileState(status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev)
            self.found[key] = ImageRef(path, state=state)
        elif path != known.uri:
            self.found[key] = replace(known, aliases=(*known.aliases, path))

    def follow_links(self) -> None:
        """Visit what symbolic links lead to, after all real files: a link to a known file is its alias."""
        while self.links:
            path = self.links.pop(0)
            try:
                status = os.stat(path)
            except FileNotFoundError:
                self.skipped.append(Skipped(path, "is a link to something that is not there"))
                continue
            except OSError as error:
                self.skip(path, error)
                continue
            if stat.S_ISDIR(status.st_mode):
                self.visit_children(path, status)
            else:
                self.add(path, status)

    def visit_children(self, path: str, status: os.stat_result) -> None:
        for child in reversed(self.enter(path, status)):
            self.visit(child)

    def skip(self, path: str, error: OSError) -> None:
        self.skipped.append(Skipped(path, plain_reason(error)))


def plain_reason(error: OSError) -> str:
    """Return what an error of the file system means for the one file, in plain words."""
    if isinstance(error, PermissionError):
        return "may not be read (permission denied)"
    if isinstance(error, FileNotFoundError):
        return "vanished during the scan"
    if "symbolic link" in str(error).lower():
        return "is a link that leads back to itself"
    if error.errno == 0:
        return str(error.strerror)
    return f"cannot be read ({error.strerror or error})"


def read_file(path: str, limit: int) -> tuple[bytes, FileState]:
    """Return the bytes of a regular file and its state, both from one open file.

    A file that changes while it is read is read once more. Raises `OSError`; a file that changes again, one over
    `limit` bytes or one that is no regular file any more raises it as well, with the plain reason as its text.
    """
    for _ in range(2):
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb", buffering=0) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise OSError(0, "is no regular file any more")
            if before.st_size > limit:
                raise OSError(0, f"has {before.st_size / 1e6:,.0f} MB, over the limit of {limit / 1e6:,.0f}")
            data = file.read(before.st_size + 1) or b""
            after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and len(data) == before.st_size:
            return data, FileState(after.st_size, after.st_mtime_ns, after.st_ino, after.st_dev)
    raise OSError(0, "changes while it is read")


def read_head(path: str, size: int) -> bytes:
    """Return the first bytes of a file, at most `size`. Raises `OSError`."""
    with Path(path).open("rb", buffering=0) as file:
        return file.read(size)
