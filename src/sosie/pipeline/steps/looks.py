"""The joins of vectors as tasks: some rows against all later ones, or what stands in some cells."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sosie.engine.files import RunFiles
from sosie.engine.run import Run
from sosie.engine.tables import Columns, unpack
from sosie.matching.similar import SimilarParams
from sosie.matching.similar.cells import Bucket, Cells, buckets, join_cells
from sosie.matching.similar.exact import join_rows
from sosie.matching.similar.found import Found
from sosie.matching.similar.join import Told, found_of
from sosie.pipeline.threads import single_threaded_libraries
from sosie.types import Pairs

_LEAST, _MOST = 4096, 16_384
_BUCKET = 100_000
"""Rows of cells that one task compares."""


@dataclass(frozen=True, slots=True)
class RowsTask:
    """Rows to compare with all later ones of the vectors of that name."""

    vectors: str
    rows: range
    params: SimilarParams

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class BucketTask:
    """What stands in some cells, with its vectors."""

    bucket: Bucket
    vectors: NDArray[np.float16]
    params: SimilarParams

    def __len__(self) -> int:
        return len(self.vectors)


@dataclass(frozen=True)
class TaskJoins:
    """The joins of vectors by tasks of a run."""

    run: Run

    def exact(
        self, vectors: NDArray[np.float16], params: SimilarParams, found: Found, told: Told | None = None
    ) -> None:
        """Compare all with all."""
        params = replace(params, threads=1)
        name = self.run.give("looks", {"vectors": vectors})
        parts = self.run.parts(len(vectors), _LEAST, _MOST, "alike")
        keys = [f"{name}/{part}/{params}" for part in parts]
        tasks = [RowsTask(name, part, params) for part in parts]
        done = 0
        for number, columns in self.run.map("alike", join_some_rows, keys, tasks.__getitem__):
            found.take(_pairs(columns), thinned=bool(len(columns["thinned"]) and columns["thinned"][0]))
            done += len(parts[number])
            if told:
                told(done)

    def by_cells(
        self,
        vectors: NDArray[np.float16],
        cells: Cells,
        params: SimilarParams,
        found: Found,
        told: Told | None = None,
    ) -> None:
        """Compare what meets in a cell, some cells in each task."""
        params = replace(params, threads=1)
        size = self.run.rows_each(len(cells.home) + len(cells.visits), _BUCKET, _BUCKET, "alike")
        some = list(buckets(cells, size))
        keys = [_bucket_key(bucket, vectors, params) for bucket in some]

        def load(number: int) -> BucketTask:
            return BucketTask(some[number], vectors[some[number].rows], params)

        done = 0
        for number, columns in self.run.map("alike", join_bucket, keys, load):
            found.take(_pairs(columns), thinned=bool(len(columns["thinned"]) and columns["thinned"][0]))
            done += int((some[number].cells.home < some[number].cells.count).sum())
            if told:
                told(done)


@single_threaded_libraries()
def join_some_rows(files: RunFiles, task: RowsTask) -> Columns:
    """Find the pairs of one task."""
    vectors = _vectors(files, task.vectors)
    found = found_of(vectors, task.params)
    join_rows(vectors, task.rows, task.params.threshold, found)
    return _columns(found)


@single_threaded_libraries()
def join_bucket(_files: RunFiles, task: BucketTask) -> Columns:
    """Find the pairs that meet in the cells of one task."""
    found = found_of(task.vectors, task.params)
    join_cells(task.vectors, task.bucket.cells, task.params.threshold, found)
    return _columns(found, task.bucket.rows)


@lru_cache(maxsize=1)
def _vectors(files: RunFiles, name: str) -> NDArray[np.float16]:
    vectors: NDArray[np.float16] = unpack(files.read(name))["vectors"]
    return vectors


def _columns(found: Found, rows: NDArray[np.int64] | None = None) -> Columns:
    pairs = found.pairs()
    a, b = (pairs.a, pairs.b) if rows is None else (rows[pairs.a], rows[pairs.b])
    return {"a": a, "b": b, "score": pairs.score, "thinned": np.full(len(a), found.thinned)}


def _pairs(columns: Columns) -> Pairs:
    a, b, score = (np.asarray(columns[name]) for name in ("a", "b", "score"))
    return Pairs(a, b, score)


def _bucket_key(bucket: Bucket, vectors: NDArray[np.float16], params: SimilarParams) -> str:
    parts: Iterable[NDArray[np.generic]] = (bucket.rows, bucket.cells.home, bucket.cells.visits, vectors[bucket.rows])
    digest = hashlib.sha256()
    for part in parts:
        digest.update(np.ascontiguousarray(part).tobytes())
    return f"{digest.hexdigest()}/{params}"
