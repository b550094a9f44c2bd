"""Codes near one code, in a fraction of a millisecond: many lookups among codes that stay."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

_BITS = 16
"""Bits of a part: a table of its 65,536 values fits into the processor's cache."""
_CHECK = 8
"""Codes that are compared one after the other in the time in which one is gathered from anywhere."""

Words = NDArray[np.uint64]
Ids = NDArray[np.int64]


class CodeTable:
    """Finds all codes within a radius of another, exactly (multi-index hashing, Norouzi 2012).

    `codes`: uint64 (n, words), of which those that `says` (bool (n,)) are found. Two codes within the radius differ in
    one of their 16-bit parts by radius // parts bits at most, so only codes that lie under such a part are looked at;
    where these are nearly all, all are. Memory: 24 bytes a code and word.
    """

    def __init__(self, codes: Words, says: NDArray[np.bool_], radius: int) -> None:
        self._codes, self._says, self._radius = np.ascontiguousarray(codes), says, radius
        keys = self._codes.view(np.uint16).reshape(len(codes), codes.shape[1] * 64 // _BITS)
        who = np.flatnonzero(says)
        self._masks = _masks(radius // keys.shape[1])
        self._order = np.stack([who[np.argsort(column, kind="stable")] for column in keys[who].T]).astype(np.int32)
        counts = np.stack([np.bincount(column, minlength=1 << _BITS) for column in keys[who].T])
        self._begin = np.zeros((len(counts), (1 << _BITS) + 1), np.int32)
        np.cumsum(counts, axis=1, out=self._begin[:, 1:])

    def near(self, variants: Words) -> Ids:
        """Give the codes within the radius of one of these, ascending; `variants`: uint64 (k, words)."""
        asked = np.ascontiguousarray(variants)
        if not len(asked):
            return np.zeros(0, np.int64)
        keys = asked.view(np.uint16).reshape(len(asked), len(self._order), 1) ^ self._masks
        part = np.broadcast_to(np.arange(len(self._order))[:, None], keys.shape)
        begin = self._begin[part, keys].ravel().astype(np.int64)
        size = self._begin[part, keys.astype(np.int64) + 1].ravel() - begin
        if int(size.sum()) * _CHECK > len(self._codes) * len(asked):
            return self._compared(asked)
        some = np.flatnonzero(size)
        begin, size = begin[some] + part.ravel()[some] * self._order.shape[1], size[some]
        at = np.arange(int(size.sum())) + np.repeat(begin - np.cumsum(size) + size, size)
        ids = self._order.ravel()[at].astype(np.int64)
        variant = np.repeat(some // keys[0].size, size)
        distance = np.bitwise_count(self._codes[ids] ^ asked[variant]).sum(axis=1, dtype=np.int64)
        return np.unique(ids[distance <= self._radius])

    def _compared(self, asked: Words) -> Ids:
        """Compare all codes."""
        near = np.zeros(len(self._codes), np.bool_)
        for code in asked:
            near |= np.bitwise_count(self._codes ^ code).sum(axis=1, dtype=np.int64) <= self._radius
        return np.flatnonzero(near & self._says)


def _masks(errors: int) -> NDArray[np.uint16]:
    """All differences of two parts by at most so many bits."""
    bits = [1 << bit for bit in range(_BITS)]
    return np.array([sum(some) for count in range(errors + 1) for some in combinations(bits, count)], np.uint16)
