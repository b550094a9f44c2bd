"""Candidate pairs by nearest vectors, exact and deterministic, in rounds that go on where copies keep turning up.

Vectors are whole numbers (int8), so that every product is exact in float32 whatever the block size, the thread count
or the machine, and equal similarities are ordered by id.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.errors import UsageError
from sosie.types import Pairs

Vectors = NDArray[np.int8]
Signs = NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourParams:
    """How many candidates an image gets.

    `first`: in the first round. `step`: in each round after it, for an image of whose last candidates at least the
    share `keep_going` was confirmed. `floor`: least similarity (-1 to 1) of a candidate. `limit`: most candidates of
    one image. `unit`: length of a vector of similarity 1 to itself. `block`: bytes of one block of similarities.
    """

    first: int = 12
    step: int = 12
    limit: int = 1000
    keep_going: float = 0.5
    floor: float = 0.05
    unit: float = 400.0
    block: int = 32_000_000

    def __post_init__(self) -> None:
        if self.first < 1 or self.step < 1 or self.limit < self.first:
            raise UsageError("Candidates: first and step must be 1 or more, and limit at least first.")


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest rows of some rows, nearest first, equal ones by id.

    `ids`: int64 (m, k), -1 where there are no more. `similarity`: float32 (m, k), 0 there.
    """

    ids: NDArray[np.int64]
    similarity: NDArray[np.float32]


def nearest(
    vectors: Vectors, signs: Signs, *, count: int, params: NeighbourParams, rows: NDArray[np.int64] | None = None
) -> Nearest:
    """The `count` nearest other vectors of each row, in whichever form is nearest.

    `vectors`: int8 (n, d). `signs`: int8 (k, d) of 1 and -1: `vector * signs[f]` is form f of a vector, and the forms
    are a group, so that similarity is the same from both sides. `rows`: which to answer for, all by default.
    Memory is linear in n: one block of similarities and the answer. Raises UsageError where a product might
    not be exact.
    """
    rows = np.arange(len(vectors)) if rows is None else rows
    count = min(count, max(len(vectors) - 1, 0))
    ids = np.full((len(rows), count), -1, np.int64)
    similarity = np.zeros((len(rows), count), np.float32)
    if not count or not len(rows):
        return Nearest(ids, similarity)
    product = _FormProduct(vectors, signs)
    least = np.float32(max(1.0, np.ceil(params.floor * params.unit**2)))
    height = max(1, params.block // (4 * len(vectors)))
    for start in range(0, len(rows), height):
        part = rows[start : start + height]
        scores = product.best(part)
        scores[np.arange(len(part)), part] = -np.inf
        _keep_best(scores, least, ids[start : start + height], similarity[start : start + height])
    similarity /= np.float32(params.unit**2)
    return Nearest(ids, similarity)


class _FormProduct:
    """Products of rows with all vectors, the best over all forms.

    Columns on which all forms have the same signs are multiplied once, and the forms put together from their sums.
    """

    def __init__(self, vectors: Vectors, signs: Signs) -> None:
        if vectors.dtype != np.int8 or signs.shape[1:] != vectors.shape[1:]:
            raise UsageError("Candidates need vectors of int8 and signs of the same width.")
        longest = int((vectors.astype(np.int32) ** 2).sum(1).max(initial=0))
        if longest >= 1 << 24:
            raise UsageError("These vectors are too long for exact products.", next_step="Use a smaller unit.")
        patterns, which = np.unique(signs, axis=1, return_inverse=True)
        self._patterns = patterns.astype(np.float32)
        which = which.ravel()
        self._parts = [vectors[:, which == p].astype(np.float32) for p in range(patterns.shape[1])]

    def best(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Float32 (len(rows), n): the largest product over the forms."""
        sums = [part[rows] @ part.T for part in self._parts]
        best: NDArray[np.float32] | None = None
        for form in self._patterns:
            total = sums[0] * form[0]
            for sign, part in zip(form[1:], sums[1:], strict=True):
                (np.add if sign > 0 else np.subtract)(total, part, out=total)
            best = total if best is None else np.maximum(best, total, out=best)
        if best is None:
            raise UsageError("At least one form is needed.")
        return best


def _keep_best(
    scores: NDArray[np.float32], least: np.float32, ids: NDArray[np.int64], similarity: NDArray[np.float32]
) -> None:
    """Write the best columns of each row of scores, by score and then by id, into the answer."""
    count, width = ids.shape[1], scores.shape[1]
    bar = np.maximum(np.partition(scores, width - count, axis=1)[:, width - count], least)
    row, column = np.nonzero(scores >= bar[:, None])
    score = scores[row, column]
    order = np.lexsort((column, -score, row))
    row, column, score = row[order], column[order], score[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    kept = rank < count
    ids[row[kept], rank[kept]] = column[kept]
    similarity[row[kept], rank[kept]] = score[kept]


def nearest_pairs(vectors: Vectors, signs: Signs, params: NeighbourParams | None = None) -> Pairs:
    """Each pair of which one is among the `first` nearest of the other; `score` is the similarity (-1 to 1)."""
    params = params or NeighbourParams()
    found = nearest(vectors, signs, count=params.first, params=params)
    return _pairs(np.arange(len(vectors)), found.ids, found.similarity)


def _pairs(rows: NDArray[np.int64], ids: NDArray[np.int64], similarity: NDArray[np.float32]) -> Pairs:
    row, rank = np.nonzero(ids >= 0)
    one, two, score = rows[row], ids[row, rank], similarity[row, rank]
    keys = np.stack([np.minimum(one, two), np.maximum(one, two)], 1)
    keys, first = np.unique(keys, axis=0, return_index=True)
    return Pairs(keys[:, 0], keys[:, 1], score[first])


class NeighbourRounds:
    """Candidates in rounds: few for each image, and more for those whose candidates turn out to be copies.

        rounds = NeighbourRounds(vectors, signs)
        while len(pairs := rounds.next()):
            rounds.report(verify(pairs))  # True for a copy, or for what is known to be one without a look

    So a group of any size is found whole, while an image without copies costs `first` looks. Every pair comes at most
    once over all rounds. Which pairs come depends on vectors and answers alone, not on order or threads.
    """

    def __init__(self, vectors: Vectors, signs: Signs, params: NeighbourParams | None = None) -> None:
        self._vectors, self._signs, self._params = vectors, signs, params or NeighbourParams()
        self._open = np.arange(len(vectors))
        self._done = 0
        self._lists: NDArray[np.int64] = np.empty((0, 0), np.int64)
        self._asked: NDArray[np.int64] = np.empty(0, np.int64)
        self._copies: NDArray[np.int64] = np.empty(0, np.int64)
        self._pairs: Pairs | None = None

    def next(self) -> Pairs:
        """The candidates of the next round, none when all is done. Raises UsageError before `report` of the last."""
        if self._pairs is not None:
            raise UsageError("Report on the last round of candidates first.")
        params = self._params
        upto = min(params.limit, self._done + (params.step if self._done else params.first))
        while upto > self._done and len(self._open):
            found = nearest(self._vectors, self._signs, count=upto, params=params, rows=self._open)
            self._lists = found.ids[:, self._done :]
            pairs = self._unasked(_pairs(self._open, self._lists, found.similarity[:, self._done :]))
            self._done = upto
            if len(pairs):
                self._pairs = pairs
                return pairs
            self._close()
            upto = min(params.limit, self._done + params.step)
        return Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))

    def report(self, copies: NDArray[np.bool_]) -> None:
        """Say of each pair of the last round whether it is a copy."""
        if self._pairs is None or len(copies) != len(self._pairs):
            raise UsageError("Report one answer for each pair of the last round.")
        keys = self._keys(self._pairs.a, self._pairs.b)
        self._asked = np.union1d(self._asked, keys)
        self._copies = np.union1d(self._copies, keys[np.asarray(copies, bool)])
        self._pairs = None
        self._close()

    def _keys(self, one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.int64]:
        keys = np.minimum(one, two) * len(self._vectors) + np.maximum(one, two)
        return np.asarray(keys, np.int64)

    def _unasked(self, pairs: Pairs) -> Pairs:
        fresh = ~np.isin(self._keys(pairs.a, pairs.b), self._asked)
        return Pairs(pairs.a[fresh], pairs.b[fresh], pairs.score[fresh])

    def _close(self) -> None:
        """Keep open only the rows of whose last candidates enough were copies."""
        if not self._lists.size:
            self._open = self._open[:0]
            return
        real = self._lists >= 0
        keys = self._keys(self._open[:, None], self._lists)
        share = (np.isin(keys, self._copies) & real).sum(1) / np.maximum(real.sum(1), 1)
        self._open = self._open[(share >= self._params.keep_going) & real[:, -1]]
