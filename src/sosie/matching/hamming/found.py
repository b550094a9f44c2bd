"""Pairs as a join finds them, in any order and several times, put in order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sosie.errors import UsageError
from sosie.types import Pairs

_MERGE = 4_000_000


class Found:
    """Collects pairs of rows below `count` with distances: each once, at its least distance.

    Memory is that of the distinct pairs, not of the finds. `add` raises `UsageError` beyond `limit` pairs.
    """

    def __init__(self, count: int, limit: int) -> None:
        self._count = count
        self._limit = limit
        self._keys: list[NDArray[np.int64]] = []
        self._distances: list[NDArray[np.int64]] = []
        self._pending = 0
        self._merged = 0

    def add(self, a: NDArray[np.int64], b: NDArray[np.int64], distances: NDArray[np.int64]) -> None:
        """Take pairs in either order; rows paired with themselves are left out."""
        apart = a != b
        if not apart.any():
            return
        low, high = np.minimum(a, b)[apart], np.maximum(a, b)[apart]
        self._keys.append(low * self._count + high)
        self._distances.append(distances[apart])
        self._pending += len(low)
        if self._pending > max(_MERGE, self._merged):
            self._merge()

    def pairs(self) -> Pairs:
        """Give what was found, sorted."""
        self._merge()
        if not self._keys:
            empty = np.zeros(0, np.int64)
            return Pairs(empty, empty.copy(), np.zeros(0, np.float32))
        a, b = np.divmod(self._keys[0], self._count)
        return Pairs(a, b, self._distances[0].astype(np.float32))

    def _merge(self) -> None:
        if not self._keys:
            return
        keys, distances = np.concatenate(self._keys), np.concatenate(self._distances)
        order = np.lexsort((distances, keys))
        keys, distances = keys[order], distances[order]
        first = np.concatenate(([True], keys[1:] != keys[:-1]))
        self._keys, self._distances = [keys[first]], [distances[first]]
        self._merged, self._pending = len(self._keys[0]), 0
        if self._merged > self._limit:
            raise UsageError(
                f"More than {self._limit:,} pairs of codes are within the radius.",
                next_step="Join only representatives of equal codes, or lower the radius.",
            )
