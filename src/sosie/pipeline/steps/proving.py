"""Candidates and verification as tasks: the nearest of some images, and the findings of some pairs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sosie.engine.files import RunFiles
from sosie.engine.run import Run
from sosie.engine.tables import Columns, unpack
from sosie.features import SPOT, Spots
from sosie.matching.asking import EXACT_UP_TO, Asked
from sosie.matching.near_cells import Cells, Reach, cells_of
from sosie.matching.neighbours import Ids, Nearest, NeighbourParams
from sosie.matching.words import WordIndex
from sosie.pipeline.examining import Examiner, Examining, Outcome, Task, gathered
from sosie.pipeline.threads import single_threaded_libraries
from sosie.pipeline.ties import Pair
from sosie.pipeline.verifying import Index


@dataclass(frozen=True)
class TaskHands:
    """Proving by the tasks of a run; candidates are found exactly up to so many images."""

    run: Run
    exact_up_to: int = EXACT_UP_TO

    def neighbours(self, vectors: NDArray[np.int8], signs: NDArray[np.int8], spots: Spots) -> Asked:
        """Give what asks tasks for the nearest of these images."""
        cells = cells_of(vectors) if len(vectors) > self.exact_up_to else None
        tasks = TaskNeighbours(self.run, vectors, signs, spots, cells)
        return Asked(len(vectors), tasks.nearest, self.exact_up_to)

    def bench(self) -> Examining:
        """Give what examines pairs by tasks."""
        return TaskBench(self.run)


@dataclass(frozen=True, slots=True)
class Collection:
    """The names of what all images are compared by; `centres` is empty where there are no cells."""

    images: str
    spots: str
    signs: str
    centres: str = ""


@dataclass(frozen=True, slots=True)
class NearestTask:
    """The rows whose `count` nearest are wanted, by cells as far as `reach` says, or exactly."""

    collection: Collection
    rows: NDArray[np.int64]
    count: int
    reach: Reach | None

    def __len__(self) -> int:
        return len(self.rows)


class TaskNeighbours:
    """Finds the nearest as `Index` does, some images in each task of a run."""

    _LEAST, _MOST = 500, 5000

    def __init__(
        self, run: Run, vectors: NDArray[np.int8], signs: NDArray[np.int8], spots: Spots, cells: Cells | None
    ) -> None:
        self._run, self._count = run, len(vectors)
        home = np.full(len(vectors), -1, np.int32) if cells is None else cells.home
        self._collection = Collection(
            run.give("vectors", {"vectors": vectors, "start": spots.starts[:-1], "home": home}),
            run.give("spots", {"rows": np.ascontiguousarray(spots.rows).view(np.uint8).reshape(-1, SPOT.itemsize)}),
            run.give("signs", {"signs": signs}),
            "" if cells is None else run.give("centres", {"centres": cells.centres}),
        )

    def nearest(self, rows: Ids, count: int, reach: Reach | None) -> Nearest:
        """The `count` nearest others of each row: by cells, as far as `reach` says, or exactly without it."""
        cut = self._run.parts(len(rows), self._LEAST, self._MOST, "nearest")
        parts = [rows[part.start : part.stop] for part in cut]
        whose = f"{self._collection}/{count}/{reach}"
        keys = [f"{whose}/{hashlib.sha256(part.tobytes()).hexdigest()}" for part in parts]

        def load(number: int) -> NearestTask:
            return NearestTask(self._collection, parts[number], count, reach)

        found = dict(self._run.map("nearest", find_nearest, keys, load))
        if not found:
            width = min(count, max(self._count - 1, 0))
            return Nearest(np.empty((0, width), np.int64), np.empty((0, width), np.float32))
        ids, score = (np.concatenate([found[n][name] for n in range(len(parts))]) for name in ("ids", "score"))
        return Nearest(ids, score)


@single_threaded_libraries()
def find_nearest(files: RunFiles, task: NearestTask) -> Columns:
    """Find the nearest of the rows of one task."""
    found = _index(files, task.collection).nearest(task.rows, task.count, task.reach)
    return {"ids": found.ids, "score": found.score}


@lru_cache(maxsize=1)
def _index(files: RunFiles, collection: Collection) -> Index:
    """The index of all images: a process makes it once for all its tasks."""
    images, spots = (unpack(files.read(name)) for name in (collection.images, collection.spots))
    rows = spots["rows"].reshape(-1).view(SPOT)
    starts = np.append(images["start"], len(rows)).astype(np.int64)
    signs = unpack(files.read(collection.signs))["signs"]
    cells = None
    if collection.centres:
        cells = Cells(unpack(files.read(collection.centres))["centres"], images["home"])
    words = WordIndex(Spots(rows, starts))
    return Index(images["vectors"], signs, words, NeighbourParams(workers=1), cells)


class TaskBench:
    """Examines pairs by tasks of a run; few of them in this process, which costs less than to hand them on."""

    _LEAST, _MOST = 32, 256

    def __init__(self, run: Run) -> None:
        self._run, self._own, self._many = run, Examiner(), bool(run.shards)

    def widen(self) -> None:
        """Hand on from now on."""
        self._many = True

    def cut(self, clusters: Sequence[Sequence[Pair]]) -> list[list[Pair]]:
        """Put whole clusters together into tasks."""
        pairs = sum(map(len, clusters))
        return gathered(clusters, self._run.rows_each(pairs, self._LEAST, self._MOST, "verify"))

    def examine(
        self, count: int, load: Callable[[int], Task], name: Callable[[int], str]
    ) -> Generator[list[Outcome], None, None]:
        """Yield the outcomes of tasks, as `Examining` says."""
        if not self._many:
            for number in range(count):
                yield self._own.examine(load(number))
            return
        found, at = dict[int, list[Outcome]](), 0
        for number, columns in self._run.map("verify", examine_pairs, [name(n) for n in range(count)], load):
            texts = zip(columns["how"], columns["finding"], strict=True)
            found[number] = [(how, text and json.loads(text)) for how, text in texts]
            while at in found:
                yield found.pop(at)
                at += 1

    def close(self) -> None:
        """The workers are the run's."""


@single_threaded_libraries()
def examine_pairs(_files: RunFiles, task: Task) -> Columns:
    """Examine the pairs of one task."""
    outcomes = Examiner().examine(task)
    findings = [None if finding is None else json.dumps(finding) for _, finding in outcomes]
    return {"how": [how for how, _ in outcomes], "finding": findings}
