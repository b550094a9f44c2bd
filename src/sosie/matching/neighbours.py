"""Candidate pairs by nearest vectors and shared words, deterministic, in rounds that go on where copies turn up.

Vectors are whole numbers (int8), so that every product is exact in float32 whatever the block size, the thread count
or the machine, and equal scores are ordered by id.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sosie.errors import UsageError
from sosie.matching.ranking import best_columns, by_words, drop
from sosie.matching.words import WordIndex
from sosie.types import Pairs

Vectors = NDArray[np.int8]
Signs = NDArray[np.int8]
Ids = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourParams:
    """How many candidates an image gets.

    `first`: in the first round. `step`: in each round after it, for an image of whose last candidates at least the
    share `keep_going` was confirmed. `limit`: most candidates of one image.
    `always`: how many of the first come whatever their scores; the others need a similarity (-1 to 1) of `floor`, or,
    where there are words, the consistency of `rare` spots of the rarest kind, less 4 times the similarity.
    `shortlist`: how many are looked at closely. `workers`: threads for it, 0 for one a core.
    `unit`: length of a vector of similarity 1 to itself. `block`: bytes of one block of similarities.
    """

    first: int = 12
    step: int = 12
    limit: int = 1000
    keep_going: float = 0.5
    always: int = 1
    floor: float = 0.05
    rare: float = 2.7
    shortlist: int = 64
    workers: int = 0
    unit: float = 400.0
    block: int = 8_000_000

    def __post_init__(self) -> None:
        if self.first < 1 or self.step < 1 or self.limit < self.first:
            raise UsageError("Candidates: first and step must be 1 or more, and limit at least first.")


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest rows of some rows, nearest first, equal ones by id.

    `ids`: int64 (m, k), -1 where there are no more. `score`: float32 (m, k), 0 there: the similarity of the vectors
    (-1 to 1), or with words the similarity, the votes and the consistency added up, which has no upper limit.
    """

    ids: Ids
    score: Floats


class FindsNearest(Protocol):
    """Finds the nearest of a fixed set of images: `Neighbours`, or whoever asks it elsewhere."""

    def __len__(self) -> int:
        """How many images there are."""
        ...

    def nearest(self, rows: Ids, count: int) -> Nearest:
        """The `count` nearest others of each row."""
        ...


class Neighbours:
    """Finds the nearest of a fixed set of images, exactly.

    `vectors`: int8 (n, d). `signs`: int8 (k, d) of 1 and -1: `vector * signs[f]` is form f of a vector, and the forms
    are a group, so that similarity is the same from both sides. `words`: an index of the same images, in the same
    order; with it, images are found that share but a part. Memory is linear in n: the vectors as float32, and one
    block of scores. Raises UsageError where a product might not be exact.
    """

    def __init__(
        self, vectors: Vectors, signs: Signs, words: WordIndex | None = None, params: NeighbourParams | None = None
    ) -> None:
        self._product, self._words, self._params = _FormProduct(vectors, signs), words, params or NeighbourParams()
        self._blank: NDArray[np.bool_] = np.logical_not(vectors.any(axis=1))

    def __len__(self) -> int:
        return len(self._blank)

    def nearest(self, rows: Ids, count: int) -> Nearest:
        """The `count` nearest others of each row, in whichever form is nearest; images without features have none."""
        count = min(count, max(len(self) - 1, 0))
        ids, score = np.full((len(rows), count), -1, np.int64), np.zeros((len(rows), count), np.float32)
        height = max(1, self._params.block // (4 * max(len(self), 1)))
        for start in range(0, len(rows) if count else 0, height):
            part, into = rows[start : start + height], slice(start, start + height)
            scores = self._product.best(part) / np.float32(self._params.unit**2)
            scores[:, self._blank] = scores[self._blank[part]] = -np.inf
            scores[np.arange(len(part)), part] = -np.inf
            if self._words is None:
                ids[into], score[into] = best_columns(scores, count)
                drop(ids[into], score[into], score[into] >= self._params.floor, self._params.always)
            else:
                self._look_closely(self._words, part, scores, ids[into], score[into])
        return Nearest(ids, score)

    def _look_closely(self, words: WordIndex, rows: Ids, scores: Floats, ids: Ids, score: Floats) -> None:
        """Look at all rows in batches, in several threads; the answer does not depend on their number."""

        def look(start: int) -> None:
            part = slice(start, start + words.batch)
            self._look_at(words, rows[part], scores[part], ids[part], score[part])

        with ThreadPoolExecutor(self._params.workers or os.cpu_count() or 1, "sosie-look") as pool:
            list(pool.map(look, range(0, len(rows), words.batch)))

    def _look_at(self, words: WordIndex, rows: Ids, similarity: Floats, ids: Ids, score: Floats) -> None:
        """Put votes to the similarities, take a shortlist, and order it by consistency."""
        width = min(max(self._params.shortlist, ids.shape[1]), similarity.shape[1] - 1)
        look = words.look(rows)
        votes = look.votes()
        votes[np.arange(len(votes)), rows] = 0
        by_words(look, votes, similarity, width, self._params.rare, self._params.always, ids, score)


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

    def best(self, rows: Ids) -> Floats:
        """Float32 (len(rows), n): the largest product over the forms."""
        sums = [part[rows] @ part.T for part in self._parts]
        best: Floats | None = None
        for form in self._patterns:
            total = sums[0] * form[0]
            for sign, part in zip(form[1:], sums[1:], strict=True):
                (np.add if sign > 0 else np.subtract)(total, part, out=total)
            best = total if best is None else np.maximum(best, total, out=best)
        if best is None:
            raise UsageError("At least one form is needed.")
        return best


def nearest_pairs(
    vectors: Vectors, signs: Signs, words: WordIndex | None = None, params: NeighbourParams | None = None
) -> Pairs:
    """Each pair of which one is among the `first` nearest of the other; `score` is the better of both directions."""
    params = params or NeighbourParams()
    rows = np.arange(len(vectors))
    found = Neighbours(vectors, signs, words, params).nearest(rows, params.first)
    return _pairs(rows, found.ids, found.score)


def _pairs(rows: Ids, ids: Ids, scores: Floats) -> Pairs:
    row, rank = np.nonzero(ids >= 0)
    one, two, score = rows[row], ids[row, rank], scores[row, rank]
    a, b = np.minimum(one, two), np.maximum(one, two)
    order = np.lexsort((-score, b, a))
    a, b, score = a[order], b[order], score[order]
    first = np.ones(len(a), np.bool_)
    first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    return Pairs(a[first], b[first], score[first])


class NeighbourRounds:
    """Candidates in rounds: few for each image, and more for those whose candidates turn out to be copies.

        rounds = NeighbourRounds(Neighbours(vectors, signs, WordIndex(spots)))
        while len(pairs := rounds.next()):
            rounds.report(verify(pairs))  # True for a copy, or for what is known to be one without a look

    So a group of any size is found whole, while an image without copies costs `first` looks. Every pair comes at most
    once over all rounds. Which pairs come depends on vectors and answers alone, not on order or threads.
    """

    def __init__(self, neighbours: FindsNearest, params: NeighbourParams | None = None) -> None:
        self._params = params or NeighbourParams()
        self._neighbours = neighbours
        self._open = self._rows = np.arange(len(neighbours))
        self._found = self._neighbours.nearest(self._rows, self._params.shortlist)
        self._done = 0
        self._asked: Ids = np.empty(0, np.int64)
        self._copies: Ids = np.empty(0, np.int64)
        self._pairs: Pairs | None = None

    def next(self) -> Pairs:
        """The candidates of the next round, none when all is done. Raises UsageError before `report` of the last."""
        if self._pairs is not None:
            raise UsageError("Report on the last round of candidates first.")
        while len(self._open) and self._done < self._params.limit:
            ids, scores = self._lists(self._upto())
            pairs = self._unasked(_pairs(self._open, ids, scores))
            if len(pairs):
                self._pairs = pairs
                return pairs
            self._close()
        return Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))

    def _upto(self) -> int:
        return min(self._params.limit, self._done + (self._params.step if self._done else self._params.first))

    def _lists(self, upto: int) -> tuple[Ids, Floats]:
        """The first candidates of the open rows; lists are made longer only for rows that get so far."""
        if upto > self._found.ids.shape[1] and self._found.ids.shape[1] < len(self._neighbours) - 1:
            self._rows = self._open
            self._found = self._neighbours.nearest(self._rows, 2 * upto)
        at = np.searchsorted(self._rows, self._open)
        return self._found.ids[at, :upto], self._found.score[at, :upto]

    def report(self, copies: NDArray[np.bool_]) -> None:
        """Say of each pair of the last round whether it is a copy."""
        if self._pairs is None or len(copies) != len(self._pairs):
            raise UsageError("Report one answer for each pair of the last round.")
        keys = self._keys(self._pairs.a, self._pairs.b)
        self._asked = np.union1d(self._asked, keys)
        self._copies = np.union1d(self._copies, keys[np.asarray(copies, bool)])
        self._pairs = None
        self._close()

    def _keys(self, one: Ids, two: Ids) -> Ids:
        keys = np.minimum(one, two) * len(self._neighbours) + np.maximum(one, two)
        return np.asarray(keys, np.int64)

    def _unasked(self, pairs: Pairs) -> Pairs:
        fresh = ~np.isin(self._keys(pairs.a, pairs.b), self._asked)
        return Pairs(pairs.a[fresh], pairs.b[fresh], pairs.score[fresh])

    def _close(self) -> None:
        """Keep open only the rows of whose last candidates enough were copies."""
        upto = self._upto()
        last = self._lists(upto)[0][:, self._done :]
        self._done = upto
        if not last.shape[1]:
            self._open = self._open[:0]
            return
        copies = np.isin(self._keys(self._open[:, None], last), self._copies).sum(1)
        self._open = self._open[(copies >= self._params.keep_going * last.shape[1]) & (last[:, -1] >= 0)]
