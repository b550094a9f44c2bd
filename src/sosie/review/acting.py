"""One item of a plan: checked, noted in the journal, moved, checked again."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from sosie.errors import ActionRefused
from sosie.review.disk import Disk, Seen
from sosie.review.failures import refused
from sosie.review.places import device_of, free_name, inside, quarantine_of, trash_of
from sosie.review.plan import Drop, Plan
from sosie.review.reverting import Way, revert

Note = Callable[..., None]
"""Writes one step of an item to the journal: `note(step, **details)`."""


def checked(drop: Drop, disk: Disk) -> tuple[Seen, Seen]:
    """Read a file and its keeper again and return what they are.

    Raises `ActionRefused` unless both are there, readable, as they were reviewed, and two files.
    """
    try:
        seen = disk.read(Path(drop.uri))
    except OSError as error:
        raise refused(drop.uri, error) from error
    try:
        keeper = disk.read(Path(drop.keeper), follow=True)
    except OSError as error:
        raise ActionRefused(
            f"{drop.uri} was left as it is: its keeper {drop.keeper} cannot be read ({error.strerror or error}).",
            next_step="Restore the keeper, or scan and plan again.",
        ) from error
    for path, found, reviewed in ((drop.uri, seen, drop.sha256), (drop.keeper, keeper, drop.keeper_sha256)):
        if found.sha256 != reviewed:
            raise ActionRefused(
                f"{drop.uri} was left as it is: {path} was changed since the review.", next_step="Scan and plan again."
            )
    if (seen.device, seen.inode) == (keeper.device, keeper.inode):
        raise ActionRefused(
            f"{drop.uri} was left as it is: it and its keeper {drop.keeper} are one file.",
            next_step="Nothing is to be done: it takes no room of its own.",
        )
    _check_names(drop, seen, disk)
    return seen, keeper


def _check_names(drop: Drop, seen: Seen, disk: Disk) -> None:
    for name in drop.names:
        try:
            status = disk.look(Path(name))
        except OSError as error:
            raise refused(name, error) from error
        if not seen.still(status):
            raise ActionRefused(
                f"{drop.uri} was left as it is: {name} is no longer the same file.", next_step="Scan and plan again."
            )


class Actor:
    """Carries out the items of one plan, on the file system that `disk` leads to."""

    def __init__(self, plan: Plan, run: str, disk: Disk) -> None:
        self._plan = plan
        self._run = run
        self._disk = disk
        self._taken: set[str] = set()

    def act(self, drop: Drop, note: Note) -> None:
        """Do one item, from checking to `done`. What fails is taken back at once and raised as `ActionRefused`."""
        seen, keeper = checked(drop, self._disk)
        try:
            way = self._way(drop, seen)
            way = replace(way, folders=tuple(self._disk.times(way.changing).items()))
        except OSError as error:
            raise refused(drop.uri, error) from error
        note("begin", **asdict(way))
        try:
            self._go(way, drop, seen, keeper)
            left = self._disk.times(way.changing)
        except OSError as error:
            self._take_back(way, drop, refused(drop.uri, error))
        except ActionRefused as error:
            self._take_back(way, drop, error)
        note("done", folders=left)

    def _take_back(self, way: Way, drop: Drop, cause: ActionRefused) -> NoReturn:
        try:
            revert(way, drop, self._disk, verify=False)
        except ActionRefused as error:
            where = "; ".join(target for _, target in way.moves)
            raise ActionUnfinished(
                f"{cause.message} It could not be put back at once ({error.message}): it is at {where}.",
                next_step="Run the same command again, or undo the run.",
            ) from error
        raise cause

    def _way(self, drop: Drop, seen: Seen) -> Way:
        sources = (drop.uri, *drop.names)
        if self._plan.method == "trash":
            return self._way_to_trash(sources, seen)
        top = quarantine_of(drop.uri, self._plan.roots, self._plan.quarantine)
        targets = [free_name(inside(top, self._run, source), self._taken) for source in sources]
        placed: tuple[str, ...] = ()
        if self._plan.method in ("hardlink", "reflink"):
            if device_of(Path(drop.keeper)) != seen.device:
                raise ActionRefused(
                    f"{drop.uri} was left as it is: its keeper {drop.keeper} is on another volume.",
                    next_step="Plan with --method quarantine.",
                )
            placed = tuple(str(free_name(_beside(source, self._run), self._taken)) for source in sources)
        moves = tuple((source, str(target)) for source, target in zip(sources, targets, strict=True))
        return Way(moves, placed, (), str(top), seen.device, seen.inode)

    def _way_to_trash(self, sources: Sequence[str], seen: Seen) -> Way:
        trash = trash_of(sources[0])
        targets, notes = [], []
        for source in sources:
            target = free_name(trash.files / Path(source).name, self._taken)
            while trash.info is not None and os.path.lexists(trash.info / f"{target.name}.trashinfo"):
                target = free_name(target.with_name(f"{target.stem}~{target.suffix}"), self._taken)
            targets.append(str(target))
            if trash.info is not None:
                notes.append((str(trash.info / f"{target.name}.trashinfo"), _trash_info(source, trash.top)))
        return Way(tuple(zip(sources, targets, strict=True)), (), tuple(notes), "", seen.device, seen.inode)

    def _go(self, way: Way, drop: Drop, seen: Seen, keeper: Seen) -> None:
        for path, text in way.notes:
            self._disk.make_folder(Path(path).parent)
            self._disk.write(Path(path), text.encode("ascii"))
        self._make_ready(way, drop)
        for source, target in way.moves:
            self._disk.make_folder(Path(target).parent)
            self._disk.move(Path(source), Path(target))
        self._check_again(way, drop, seen, keeper)
        for (source, _), ready in zip(way.moves, way.placed, strict=bool(way.placed)):
            self._disk.move(Path(ready), Path(source))

    def _make_ready(self, way: Way, drop: Drop) -> None:
        for number, name in enumerate(way.placed):
            if self._plan.method == "hardlink":
                self._disk.link(Path(os.path.realpath(drop.keeper)), Path(name))
            elif number:
                self._disk.link(Path(way.placed[0]), Path(name))
            else:
                self._disk.clone(Path(drop.keeper), Path(name))
                self._disk.copy_state(Path(drop.uri), Path(name))

    def _check_again(self, way: Way, drop: Drop, seen: Seen, keeper: Seen) -> None:
        """What was moved must be what was read, and the keeper must be where it was: others may work here too."""
        for _, target in way.moves:
            if not seen.still(self._disk.look(Path(target))):
                raise ActionRefused(
                    f"{drop.uri} was left as it is: it was changed at that moment.", next_step="Scan and plan again."
                )
        if not keeper.still(self._disk.look(Path(drop.keeper), follow=True)):
            raise ActionRefused(
                f"{drop.uri} was left as it is: its keeper {drop.keeper} was changed at that moment.",
                next_step="Scan and plan again.",
            )


class ActionUnfinished(ActionRefused):
    """A file that could neither be acted on nor be put back at once: the journal knows where it is."""


def _beside(source: str, run: str) -> Path:
    path = Path(source)
    return path.with_name(f".sosie-{run}{path.suffix}")


def _trash_info(source: str, top: Path | None) -> str:
    path = os.path.relpath(source, top) if top is not None else source
    now = datetime.now().astimezone().strftime("%Y-%m-%dT%H:%M:%S")
    return f"[Trash Info]\nPath={quote(os.fsencode(path))}\nDeletionDate={now}\n"
