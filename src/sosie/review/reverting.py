"""The way back of one item: from wherever a run, finished or killed, has left its file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sosie.errors import ActionRefused
from sosie.review.disk import Disk
from sosie.review.failures import refused
from sosie.review.plan import Drop


@dataclass(frozen=True, slots=True)
class Way:
    """Where one item goes, as the journal notes it before the first step.

    `moves`: from and to, one for each name of the file. `placed`: for hard links and reflinks, the names under which
    what takes the file's place is made ready, one a move. `notes`: files to go with it (trash) and their text.
    `top`: the folder up to which empty folders are removed on the way back. `folders`: when the folders that change
    were last changed before (path, nanoseconds).
    """

    moves: tuple[tuple[str, str], ...]
    placed: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    top: str = ""
    device: int = 0
    inode: int = 0
    folders: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, begun: Mapping[str, Any]) -> Way:
        """Return the way that a journal's `begin` holds."""
        return cls(
            moves=tuple((source, target) for source, target in begun["moves"]),
            placed=tuple(begun["placed"]),
            notes=tuple((path, text) for path, text in begun["notes"]),
            top=begun["top"],
            device=begun["device"],
            inode=begun["inode"],
            folders=tuple((path, time) for path, time in begun["folders"]),
        )

    @property
    def changing(self) -> list[Path]:
        """The folders whose entries change on this way."""
        sources = {Path(source).parent for source, _ in self.moves}
        return sorted(sources | ({Path(self.top).parent} if self.top else set()))


def revert(way: Way, drop: Drop, disk: Disk, *, verify: bool, left: Mapping[str, int] | None = None) -> None:
    """Bring a file back to where it was, with everything it had; doing so twice does no harm.

    `left`: the times that the folders had when the run left them. A folder that nobody has changed since gets back the
    time it had before.

    `verify` wants the bytes that were reviewed: without it, whatever was moved is moved back. What stands at the old
    place is removed only when the run itself put it there and its content is still elsewhere. Raises `ActionRefused`
    with the place where the file is instead.
    """
    back = _Back(way, drop, disk, verify)
    try:
        found = disk.times(way.changing)
        for source, target in way.moves:
            back.restore(Path(source), Path(target))
        back.clear_away()
        for folder, time in way.folders:
            if left and folder in left and found.get(folder) == left[folder]:
                disk.set_time(Path(folder), time)
    except OSError as error:
        raise refused(drop.uri, error) from error


@dataclass(frozen=True, slots=True)
class _Back:
    way: Way
    drop: Drop
    disk: Disk
    verify: bool

    def restore(self, source: Path, target: Path) -> None:
        here, there = self.disk.look(source), self.disk.look(target)
        if there is None:
            self._must_be_back(source, target, here)
            return
        if self.verify and self.disk.read(target).sha256 != self.drop.sha256:
            raise ActionRefused(
                f"{target} was changed since it was moved there.",
                next_step=f"Look at it, and move it to {source} by hand.",
            )
        if here is not None:
            self._make_way(source, here)
        self.disk.make_folder(source.parent)
        self.disk.move(target, source)

    def _must_be_back(self, source: Path, target: Path, here: os.stat_result | None) -> None:
        if here is not None:
            if (here.st_dev, here.st_ino) == (self.way.device, self.way.inode):
                return
            if self.disk.read(source).sha256 == self.drop.sha256:
                return
        raise ActionRefused(
            f"{source} cannot be restored: it is not at {target} any more.",
            next_step="If its volume is away, connect it and undo again; if the quarantine was emptied, it is gone.",
        )

    def _make_way(self, source: Path, here: os.stat_result) -> None:
        if not self.way.placed or not self._is_placed(source, here):
            raise ActionRefused(
                f"Another file is at {source} now.", next_step="Move it away or rename it, then run undo again."
            )
        self.disk.remove(source)

    def _is_placed(self, path: Path, here: os.stat_result) -> bool:
        """Whether a file is the keeper's stand-in, and its content is safe without this name."""
        keeper = Path(self.drop.keeper)
        there = self.disk.look(keeper, follow=True)
        if there is not None and (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino):
            return True
        if self.disk.read(path).sha256 != self.drop.keeper_sha256:
            return False
        if there is not None and self.disk.read(keeper, follow=True).sha256 == self.drop.keeper_sha256:
            return True
        if here.st_nlink > 1:
            return True
        raise ActionRefused(
            f"{path} holds the last copy of {keeper}, which is gone.",
            next_step=f"Copy it to {keeper}, then run undo again.",
        )

    def clear_away(self) -> None:
        """Remove what the run made beside the file: stand-ins that never took its place, notes, empty folders."""
        for name in self.way.placed:
            here = self.disk.look(Path(name))
            if here is not None and (here.st_size == 0 or self._is_placed(Path(name), here)):
                self.disk.remove(Path(name))
        for path, text in self.way.notes:
            if self.disk.look(Path(path)) is not None and Path(path).read_bytes() == text.encode("ascii"):
                self.disk.remove(Path(path))
        if self.way.top:
            for _, target in self.way.moves:
                self.disk.remove_empty(Path(target).parent, Path(self.way.top))
