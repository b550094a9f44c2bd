"""Candidates and verification as tasks: the nearest of some images, and the findings of some pairs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sosie.engine.files import RunFiles
from sosie.engine.run import Run
from sosie.engine.tables import Columns, unpack
from sosie.features import SPOT, Spots
from sosie.matching.neighbours import FindsNearest, Ids, Nearest, NeighbourParams, Neighbours
from sosie.matching.words import WordIndex
from sosie.pipeline.examining import Examiner, Examining, Outcome, Task, gathered
from sosie.pipeline.threads import single_threaded_libraries
from sosie.pipeline.ties import Pair


@dataclass(frozen=True)
class TaskHands:
    """Proving by the tasks of a run."""

    run: Run

    def neighbours(self, vectors: NDArray[np.int8], signs: NDArray[np.int8], spots: Spots) -> FindsNearest:
        """Give what asks tasks for the nearest of these images."""
        return TaskNeighbours(self.run, vectors, signs, spots)

    def bench(self) -> Examining:
        """Give what examines pairs by tasks."""
        return TaskBench(self.run)


@dataclass(frozen=True, slots=True)
class Collection:
    """The names of what all images are compared by."""

    images: str
    spots: str
    signs: str


@dataclass(frozen=True, slots=True)
class NearestTask:
    """The rows whose `count` nearest are wanted."""

    collection: Collection
    rows: NDArray[np.int64]
    count: int

    def __len__(self) -> int:
        return len(self.rows)


class TaskNeighbours:
    """Finds the nearest as `Neighbours` does, some images in each task of a run."""

    _LEAST, _MOST = 500, 5000

    def __init__(self, run: Run, vectors: NDArray[np.int8], signs: NDArray[np.int8], spots: Spots) -> None:
        self._run, self._count = run, len(vectors)
        self._collection = Collection(
            run.give("vectors", {"vectors": vectors, "start": spots.starts[:-1]}),
            run.give("spots", {"rows": np.ascontiguousarray(spots.rows).view(np.uint8).reshape(-1, SPOT.itemsize)}),
            run.give("signs", {"signs": signs}),
        )

    def __len__(self) -> int:
        return self._count

    def nearest(self, rows: Ids, count: int) -> Nearest:
        """The `count` nearest others of each row."""
        cut = self._run.parts(len(rows), self._LEAST, self._MOST, "nearest")
        parts = [rows[part.start : part.stop] for part in cut]
        whose = f"{self._collection}/{count}"
        keys = [f"{whose}/{hashlib.sha256(part.tobytes()).hexdigest()}" for part in parts]

        def load(number: int) -> NearestTask:
            return NearestTask(self._collection, parts[number], count)

        found = dict(self._run.map("nearest", find_nearest, keys, load))
        if not found:
            width = min(count, max(self._count - 1, 0))
            return Nearest(np.empty((0, width), np.int64), np.empty((0, width), np.float32))
        ids, score = (np.concatenate([found[n][name] for n in range(len(parts))]) for name in ("ids", "score"))
        return Nearest(ids, score)


@single_threaded_libraries()
def find_nearest(files: RunFiles, task: NearestTask) -> Columns:
    """Find the nearest of the rows of one task."""
    found = _neighbours(files, task.collection).nearest(task.rows, task.count)
    return {"ids": found.ids, "score": found.score}


@lru_cache(maxsize=1)
def _neighbours(files: RunFiles, collection: Collection) -> Neighbours:
    """The index of all images: a process makes it once for all its tasks."""
    images, spots = (unpack(files.read(name)) for name in (collection.images, collection.spots))
    rows = spots["rows"].reshape(-1).view(SPOT)
    starts = np.append(images["start"], len(rows)).astype(np.int64)
    signs = unpack(files.read(collection.signs))["signs"]
    return Neighbours(images["vectors"], signs, WordIndex(Spots(rows, starts)), NeighbourParams(workers=1))


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
        self, count: int, load: Callable[[int], Task], tell: Callable[[], None], name: Callable[[int], str]
    ) -> list[list[Outcome]]:
        """Return the outcomes of tasks, as `Examining` says."""
        if not self._many:
            return [self._own.examine(load(number)) for number in range(count)]
        found: dict[int, list[Outcome]] = {}
        for number, columns in self._run.map("verify", examine_pairs, [name(n) for n in range(count)], load):
            texts = zip(columns["how"], columns["finding"], strict=True)
            found[number] = [(how, text and json.loads(text)) for how, text in texts]
            tell()
        return [found[number] for number in range(count)]

    def close(self) -> None:
        """The workers are the run's."""


@single_threaded_libraries()
def examine_pairs(_files: RunFiles, task: Task) -> Columns:
    """Examine the pairs of one task."""
    outcomes = Examiner().examine(task)
    findings = [None if finding is None else json.dumps(finding) for _, finding in outcomes]
    return {"how": [how for how, _ in outcomes], "finding": findings}
