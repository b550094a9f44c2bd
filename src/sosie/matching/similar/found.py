"""Pairs as they are found: in any order, some twice, and no more of them than can be kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sosie.matching.similar.canonical import canonical
from sosie.types import Pairs

_MERGE = 2_000_000


class Found:
    """Collects pairs with their canonical similarity, each once, and thins them out when they are too many.

    Over `most` pairs, each row keeps its `nearest` most similar ones, and with them a maximum spanning forest, so that
    the connected components at every threshold stay what they were. `thinned` tells whether that happened.
    """

    def __init__(self, vectors: NDArray[np.float16], threshold: float, *, nearest: int, most: int) -> None:
        self._vectors, self._threshold = vectors, np.float32(threshold)
        self._nearest, self._most = nearest, most
        self._keys: list[NDArray[np.int64]] = []
        self._pending = 0
        self._known = Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
        self.thinned = False

    def add(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> None:
        """Take candidates in either order; those under the threshold are dropped when they are looked at."""
        low, high = np.minimum(a, b), np.maximum(a, b)
        self._keys.append((low * len(self._vectors) + high)[low != high])
        self._pending += len(self._keys[-1])
        if self._pending > _MERGE:
            self._merge()

    def take(self, pairs: Pairs, *, thinned: bool) -> None:
        """Take the pairs that another one found among the same vectors, with their similarity."""
        self._merge()
        self._put(pairs.a, pairs.b, pairs.score)
        self.thinned |= thinned

    def pairs(self) -> Pairs:
        """Give what was found, sorted. It does not depend on the order in which that was taken, nor by how many."""
        self._merge()
        if self.thinned:
            self._known = thin(len(self._vectors), self._known, self._nearest)
        return self._known

    def _merge(self) -> None:
        if not self._keys:
            return
        count, known = len(self._vectors), self._known
        fresh = np.setdiff1d(np.unique(np.concatenate(self._keys)), known.a * count + known.b, assume_unique=True)
        a, b = np.divmod(fresh, count)
        score = canonical(self._vectors, a, b)
        kept = score >= self._threshold
        self._keys, self._pending = [], 0
        self._put(a[kept], b[kept], score[kept])

    def _put(self, a: NDArray[np.int64], b: NDArray[np.int64], score: NDArray[np.float32]) -> None:
        """Put scored pairs, each once, to those that are known."""
        known = self._known
        keys = np.concatenate((known.a * len(self._vectors) + known.b, a * len(self._vectors) + b))
        _, first = np.unique(keys, return_index=True)
        score = np.concatenate((known.score, score))[first]
        a, b = np.divmod(keys[first], max(len(self._vectors), 1))
        self._known = Pairs(a, b, score)
        if len(self._known) > self._most:
            self._known = thin(len(self._vectors), self._known, self._nearest)
            self.thinned = True


def thin(count: int, pairs: Pairs, nearest: int) -> Pairs:
    """Keep of each row its `nearest` best pairs (ties by row), and a maximum spanning forest of all."""
    kept = among_best(pairs.a, pairs.b, pairs.score, nearest) | among_best(pairs.b, pairs.a, pairs.score, nearest)
    kept |= _forest(count, pairs)
    return Pairs(pairs.a[kept], pairs.b[kept], pairs.score[kept])


def among_best(
    row: NDArray[np.int64], other: NDArray[np.int64], score: NDArray[np.float32], nearest: int
) -> NDArray[np.bool_]:
    """Mark the pairs that are among the `nearest` best of `row`, ties by the other row."""
    order = np.lexsort((other, -score, row))
    rank = np.arange(len(row)) - np.searchsorted(row[order], row[order])
    kept = np.zeros(len(row), bool)
    kept[order[rank < nearest]] = True
    return kept


def _forest(count: int, pairs: Pairs) -> NDArray[np.bool_]:
    """Kruskal's: pairs by falling similarity, each that joins two trees."""
    parent = list(range(count))
    kept = np.zeros(len(pairs), bool)
    order = np.lexsort((pairs.b, pairs.a, -pairs.score))
    for at, a, b in zip(order.tolist(), pairs.a[order].tolist(), pairs.b[order].tolist(), strict=True):
        while parent[a] != a:
            parent[a] = a = parent[parent[a]]
        while parent[b] != b:
            parent[b] = b = parent[parent[b]]
        if a != b:
            parent[max(a, b)] = min(a, b)
            kept[at] = True
    return kept
