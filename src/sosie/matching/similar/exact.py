"""The join that compares all with all, in tiles that fit the processor's cache."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from sosie.matching.similar.found import Found

_ROWS, _COLUMNS = 512, 2048
SLACK = 2e-3
"""How far under the threshold the quick product may lie of a pair whose canonical similarity reaches it."""


def join_exact(
    vectors: NDArray[np.float16],
    threshold: float,
    found: Found,
    told: Callable[[int], None] | None = None,
    threads: int = 1,
) -> None:
    """Put every pair at or above the threshold into `found`. Memory beyond the vectors: twice their size, and tiles.

    `told` is called with the rows done, now and then, and may raise to stop. The result does not depend on `threads`.
    """
    units = unit_rows(vectors)
    tops = range(0, len(units), _ROWS)
    with ThreadPoolExecutor(threads, "sosie-join") as pool:
        for start in range(0, len(tops), 4 * threads):
            several = tops[start : start + 4 * threads]
            for a, b in pool.map(lambda top: _row_of_tiles(units, top, threshold), several):
                found.add(a, b)
            if told:
                told(min(several[-1] + _ROWS, len(units)))


def join_rows(vectors: NDArray[np.float16], rows: range, threshold: float, found: Found) -> None:
    """Put every pair at or above the threshold of which the earlier row is one of `rows` into `found`."""
    units = unit_rows(vectors)
    for top in range(rows.start, rows.stop, _ROWS):
        found.add(*_row_of_tiles(units, top, threshold, min(top + _ROWS, rows.stop)))


def _row_of_tiles(
    units: NDArray[np.float32], top: int, threshold: float, stop: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs of a few rows with all later ones."""
    rows = units[top : min(top + _ROWS, len(units) if stop is None else stop)]
    buffer = np.empty(_ROWS * _COLUMNS, np.float32)
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for left in range(top - top % _COLUMNS, len(units), _COLUMNS):
        columns = units[left : left + _COLUMNS]
        tile = buffer[: len(rows) * len(columns)].reshape(len(rows), len(columns))
        np.matmul(rows, columns.T, out=tile)
        i, j = np.nonzero(tile >= threshold - SLACK)
        after = i + top < j + left
        parts.append((i[after] + top, j[after] + left))
    a, b = (np.concatenate(ends) for ends in zip(*parts, strict=True))
    return a, b


def unit_rows(vectors: NDArray[np.float16]) -> NDArray[np.float32]:
    """Give the rows as float32 of length 1; zeros stay zeros."""
    rows = vectors.astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-6))
    return rows


def exact_for(rows: NDArray[np.int64], vectors: NDArray[np.float16], threshold: float, found: Found) -> None:
    """Put every pair of some rows with any other into `found`."""
    for start in range(0, len(vectors), _COLUMNS):
        block = unit_rows(vectors[start : start + _COLUMNS])
        for top in range(0, len(rows), _ROWS):
            part = rows[top : top + _ROWS]
            i, j = np.nonzero(unit_rows(vectors[part]) @ block.T >= threshold - SLACK)
            apart = part[i] != j + start
            found.add(part[i][apart], j[apart] + start)
