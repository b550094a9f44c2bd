"""The journal of runs: one file a run, one checked line a step, on the disk before the step is taken.

A line is eight hexadecimal digits of CRC-32, a blank, and a JSON object. The first one holds the whole plan. A line
that a crash cut off is dropped when the file is opened again: its step was not taken.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Literal

from sosie.errors import CatalogueError, RunStopped

Step = Literal["begin", "done", "refused", "undoing", "undone"]
"""What a line says of one item: it was about to be acted on, it was, it was left as it is; the same for undoing."""

_SUFFIX = ".jsonl"


@dataclass
class Item:
    """What the journal knows of one item of a plan: the last step, what was noted with `begin` and with `done`, and the
    last reason.
    """

    step: Step
    begun: Mapping[str, Any] = field(default_factory=dict)
    ended: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    next_step: str = ""
    at: float = 0.0


class Journal:
    """One run. Reading needs no lock; writing is for one process at a time (see `Runs.locked`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.items: dict[int, Item] = {}
        self.marks: list[str] = []
        self._handle: int | None = None
        lines, self._good = _read(path)
        if not lines:
            raise CatalogueError(f"The journal {path} is damaged.", next_step="Look into it: each line is one step.")
        self.head = lines[0]
        for line in lines[1:]:
            self._take(line)

    @property
    def run(self) -> str:
        """The name of the run."""
        return self.path.name.removesuffix(_SUFFIX)

    @property
    def plan_key(self) -> str:
        """The key of the plan that the run carries out."""
        return str(self.head["plan_key"])

    @property
    def finished(self) -> bool:
        """Whether applying came to its end."""
        return "finished" in self.marks

    @property
    def undo_begun(self) -> bool:
        """Whether somebody began to undo the whole run."""
        return "undo" in self.marks

    def note(self, item: int, step: Step, at: float, **details: Any) -> None:
        """Write one step of an item and wait until it is on the disk. Raises `RunStopped` when it cannot be."""
        self._append({"item": item, "step": step, "at": at, **details})

    def mark(self, mark: Literal["finished", "undo", "undo finished"], at: float, **details: Any) -> None:
        """Write where the whole run stands, and wait until it is on the disk. Raises as `note` does."""
        self._append({"mark": mark, "at": at, **details})

    def close(self) -> None:
        """Let go of the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _append(self, line: dict[str, Any]) -> None:
        try:
            if self._handle is None:
                self._handle = os.open(self.path, os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0))
                os.ftruncate(self._handle, self._good)  # what a crash cut off
            data = _encode(line)
            _write_all(self._handle, data)
            os.fsync(self._handle)
            self._good += len(data)
        except OSError as error:
            self.close()
            raise RunStopped(
                f"The journal {self.path} cannot be written ({error.strerror}).",
                next_step="Nothing is done without it. Make room or give permission, then run the same command again.",
            ) from error
        self._take(line)

    def _take(self, line: dict[str, Any]) -> None:
        if "mark" in line:
            self.marks.append(line["mark"])
            return
        known = self.items.get(line["item"])
        begun = line if line["step"] == "begin" else known.begun if known else {}
        ended = line if line["step"] == "done" else known.ended if known and line["step"] != "begin" else {}
        self.items[line["item"]] = Item(
            line["step"], begun, ended, line.get("reason", ""), line.get("next_step", ""), line.get("at", 0.0)
        )


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of one catalogue: a folder of journals."""

    folder: Path

    @classmethod
    def beside(cls, catalogue: Path) -> Runs:
        """Return the runs that belong to a catalogue's file."""
        return cls(catalogue.with_name(f"{catalogue.stem}.runs"))

    def names(self) -> list[str]:
        """Return the names of all runs, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(path.name.removesuffix(_SUFFIX) for path in self.folder.glob(f"*{_SUFFIX}"))

    def open(self, run: str) -> Journal:
        """Return a run's journal. Raises `KeyError` when there is none of this name, `CatalogueError` when damaged."""
        if run not in self.names():
            raise KeyError(run)
        return Journal(self.path_of(run))

    def path_of(self, run: str) -> Path:
        """Return the file of a run's journal."""
        return self.folder / f"{run}{_SUFFIX}"

    def newest_first(self) -> Iterator[tuple[str, Journal | CatalogueError]]:
        """Yield the name of each run with its journal, or with the error that says why that cannot be read."""
        for run in reversed(self.names()):
            try:
                yield run, Journal(self.path_of(run))
            except CatalogueError as error:
                yield run, error

    def of_plan(self, plan_key: str) -> Journal | None:
        """Return the newest run of a plan, or None. Raises `CatalogueError` for a damaged one that may be of this plan:
        `free_name` tells by the first digits of its key.
        """
        for run, journal in self.newest_first():
            if isinstance(journal, Journal):
                if journal.plan_key == plan_key:
                    return journal
            elif _mark(plan_key) in run:
                raise journal
        return None

    def free_name(self, plan_key: str, at: float) -> str:
        """Return a name for a new run of a plan: when it begins (seconds since 1970), first digits of its key."""
        name = f"{datetime.fromtimestamp(at, UTC):%Y%m%d-%H%M%S}{_mark(plan_key)}"
        taken = set(self.names())
        return name if name not in taken else next(f"{name}-{n}" for n in count(2) if f"{name}-{n}" not in taken)

    def begin(self, run: str, head: Mapping[str, Any]) -> Journal:
        """Create the journal of a new run; once it has its name, it is whole. Raises `RunStopped` when it cannot be."""
        path = self.path_of(run)
        part = self.folder / f"{run}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
            try:
                _write_all(handle, _encode(dict(head)))
                os.fsync(handle)
            finally:
                os.close(handle)
            part.replace(path)
            sync_folder(self.folder)
            sync_folder(self.folder.parent)
        except OSError as error:
            raise RunStopped(
                f"No journal can be written in {self.folder} ({error.strerror}).",
                next_step="Nothing was touched. Make room or give permission, or name another --catalog.",
            ) from error
        return Journal(path)


def _mark(plan_key: str) -> str:
    return f"-{plan_key[:4]}"


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; systems that cannot open folders do so by themselves."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _encode(line: dict[str, Any]) -> bytes:
    text = json.dumps(line).encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _read(path: Path) -> tuple[list[dict[str, Any]], int]:
    """Return the lines up to the first bad one, and where that begins. A bad line before good ones is damage."""
    lines: list[dict[str, Any]] = []
    good = 0
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CatalogueError(f"The journal {path} cannot be read ({error.strerror}).", next_step="Check it.") from error
    for raw in data.splitlines(keepends=True):
        text = raw[9:-1]
        if not raw.endswith(b"\n") or raw[:9] != b"%08x " % zlib.crc32(text):
            if data[good + len(raw) :]:
                raise CatalogueError(
                    f"Line {len(lines) + 1} of the journal {path} is damaged.",
                    next_step="Restore the file from a backup; its lines say where each file went.",
                )
            break
        lines.append(json.loads(text))
        good += len(raw)
    return lines, good
