"""The join for many vectors: only those that stand in or near one cell are compared.

Spherical k-means cells; each vector is at home in its nearest cell and visits every further one that is within a
margin of it, so that pairs across borders meet. In a cell, home rows are compared with all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.matching.similar.exact import SLACK, unit_rows
from sosie.matching.similar.found import Found

_BLOCK = 4096
_ROUNDS = 8
_SAMPLE_A_CELL = 64


@dataclass(frozen=True, slots=True)
class Cells:
    """`home`: int64 (n,). `visits`: int64 (m, 2), rows and the further cells that they visit. `count` cells."""

    home: NDArray[np.int64]
    visits: NDArray[np.int64]
    count: int


def centres_of(vectors: NDArray[np.float16], count: int, seed: int = 0) -> NDArray[np.float32]:
    """Give `count` centres by spherical k-means on a sample: float32 (count, d), of unit length."""
    draw = np.random.default_rng(seed)
    sample = np.sort(draw.choice(len(vectors), min(len(vectors), count * _SAMPLE_A_CELL), replace=False))
    rows = unit_rows(vectors[sample])
    centres = rows[np.sort(draw.choice(len(rows), count, replace=False))].copy()
    for _ in range(_ROUNDS):
        nearest = np.concatenate([np.argmax(part @ centres.T, axis=1) for part in _blocks(rows)])
        order = np.argsort(nearest, kind="stable")
        filled, starts = np.unique(nearest[order], return_index=True)
        centres[filled] = np.add.reduceat(rows[order], starts)
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), np.float32(1e-6))
    return centres


def settle(vectors: NDArray[np.float16], centres: NDArray[np.float32], visitors: int, margin: float) -> Cells:
    """Give each vector its home and the cells it visits: at most `visitors`, within `margin` of its home."""
    homes, visits = [], []
    visitors = min(visitors, len(centres) - 1)
    for start in range(0, len(vectors), _BLOCK):
        similarity = unit_rows(vectors[start : start + _BLOCK]) @ centres.T
        best = np.argpartition(-similarity, visitors, axis=1)[:, : visitors + 1]
        values = np.take_along_axis(similarity, best, axis=1)
        home = best[np.arange(len(best)), np.argmax(values, axis=1)]
        row, rank = np.nonzero((values >= values.max(axis=1, keepdims=True) - margin) & (best != home[:, None]))
        homes.append(home)
        visits.append(np.stack([row + start, best[row, rank]], axis=1))
    return Cells(np.concatenate(homes), np.concatenate(visits), len(centres))


def join_cells(
    vectors: NDArray[np.float16],
    cells: Cells,
    threshold: float,
    found: Found,
    told: Callable[[int], None] | None = None,
) -> None:
    """Put the pairs at or above the threshold that meet in a cell into `found`; `told` hears of the rows done."""
    by_home = np.argsort(cells.home, kind="stable")
    home_starts = np.searchsorted(cells.home[by_home], np.arange(cells.count + 1))
    visits = cells.visits[np.argsort(cells.visits[:, 1], kind="stable")]
    visit_starts = np.searchsorted(visits[:, 1], np.arange(cells.count + 1))
    for cell in range(cells.count):
        home = by_home[home_starts[cell] : home_starts[cell + 1]]
        guests = visits[visit_starts[cell] : visit_starts[cell + 1], 0]
        _join_one(vectors, home, np.concatenate((home, guests)), threshold, found)
        if told:
            told(int(home_starts[cell + 1]))


@dataclass(frozen=True, slots=True)
class Bucket:
    """What stands in some cells: `rows`, int64 ascending, and the cells of these rows alone, numbered from 0."""

    rows: NDArray[np.int64]
    cells: Cells


def buckets(cells: Cells, most: int) -> Iterator[Bucket]:
    """Cut cells into buckets of about `most` rows; the pairs that meet in a cell meet in its bucket."""
    filled = np.bincount(cells.home, minlength=cells.count) + np.bincount(cells.visits[:, 1], minlength=cells.count)
    number = np.cumsum(filled) // most
    for bucket in np.unique(number):
        first, last = np.searchsorted(number, [bucket, bucket + 1])
        home = np.flatnonzero((cells.home >= first) & (cells.home < last))
        visits = cells.visits[(cells.visits[:, 1] >= first) & (cells.visits[:, 1] < last)]
        rows = np.unique(np.concatenate((home, visits[:, 0])))
        at_home = np.full(len(rows), last - first, np.int64)
        at_home[np.searchsorted(rows, home)] = cells.home[home] - first
        inside = np.stack([np.searchsorted(rows, visits[:, 0]), visits[:, 1] - first], axis=1)
        yield Bucket(rows, Cells(at_home, inside, int(last - first)))


def _join_one(
    vectors: NDArray[np.float16], home: NDArray[np.int64], rows: NDArray[np.int64], threshold: float, found: Found
) -> None:
    table = unit_rows(vectors[rows])
    for top in range(0, len(home), _BLOCK):
        part = table[top : min(top + _BLOCK, len(home))]
        for left in range(0, len(rows), _BLOCK):
            i, j = np.nonzero(part @ table[left : left + _BLOCK].T >= threshold - SLACK)
            found.add(home[i + top], rows[j + left])


def _blocks(rows: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    return [rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK)]
