"""Pairs as a join finds them, in any order and several times, put in order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sosie.errors import UsageError
from sosie.types import Pairs

_MERGE = 4_000_000


class Found:
    """Collects pairs of rows below `count` with distances up to `farthest`: each once, at its least distance.

    Memory is that of the distinct pairs, not of the finds. `add` and `pairs` raise `UsageError` beyond `limit` pairs.
    A pair is one number, row a * count + row b and then the distance, so that sorting puts the least first.
    """

    def __init__(self, count: int, farthest: int, limit: int) -> None:
        self._count = count
        self._shift = farthest.bit_length()
        self._limit = limit
        self._parts: list[NDArray[np.int64]] = []
        self._pending = 0
        self._merged = 0
        if count**2 << self._shift >= 2**63:
            raise UsageError(f"A join of {count:,} codes is too large.", next_step="Join them in parts.")

    def add(self, a: NDArray[np.int64], b: NDArray[np.int64], distances: NDArray[np.int64]) -> None:
        """Take pairs in either order; rows paired with themselves are left out."""
        apart = np.flatnonzero(a != b)
        a, b, distances = a[apart], b[apart], distances[apart]
        keys = np.minimum(a, b) * self._count + np.maximum(a, b)
        self._parts.append(keys << self._shift | distances)
        self._pending += len(apart)
        if self._pending > max(_MERGE, self._merged // 2):
            self._merge()

    def pairs(self) -> Pairs:
        """Give what was found, sorted."""
        packed = self._merge()
        a, b = np.divmod(packed >> self._shift, max(self._count, 1))
        return Pairs(a, b, (packed & ((1 << self._shift) - 1)).astype(np.float32))

    def _merge(self) -> NDArray[np.int64]:
        packed = np.concatenate((*self._parts, np.zeros(0, np.int64)))
        self._parts.clear()
        packed.sort()
        keys = packed >> self._shift
        packed = packed[np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)]]
        self._parts.append(packed)
        self._merged, self._pending = len(packed), 0
        if self._merged > self._limit:
            raise UsageError(
                f"More than {self._limit:,} pairs of codes are within the radius.",
                next_step="Join only representatives of equal codes, or lower the radius.",
            )
        return packed
