"""All pairs that look alike: exact while that is quick, by cells beyond, with the recall measured on a sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sosie.errors import UsageError
from sosie.matching.similar.cells import Cells, centres_of, join_cells, settle
from sosie.matching.similar.exact import exact_for, join_exact
from sosie.matching.similar.found import Found, among_best
from sosie.types import Pairs

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarParams:
    """How pairs of similar vectors are found.

    `threshold`: the least cosine. `exact_up_to`: so many vectors are compared all with all. `visitors`, `margin`:
    how many further cells a vector visits, and how far from its home. `sample`: rows that are also joined exactly
    to measure the recall, and `recall` under which the join is done again with twice the visitors and a greater
    margin, at most `tries` times. `most`: pairs kept in all, and `nearest` those of one row when there are more.
    `threads`: of the comparison of all with all.
    """

    threshold: float
    exact_up_to: int = 100_000
    visitors: int = 8
    margin: float = 0.08
    sample: int = 2000
    recall: float = 0.995
    tries: int = 3
    nearest: int = 64
    most: int = 20_000_000
    threads: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise UsageError("The similarity threshold must be more than 0 and at most 1.")


@dataclass(frozen=True, slots=True)
class Joined:
    """`pairs` with their canonical similarity; `recall` as measured (1 when all were compared with all); `thinned`
    when there were too many pairs and only the nearest of each row and a spanning forest are kept."""

    pairs: Pairs
    recall: float
    thinned: bool
    method: str


class Joins(Protocol):
    """Who does the two joins; each puts what it finds into `found` and tells of the rows done."""

    def exact(
        self, vectors: NDArray[np.float16], params: SimilarParams, found: Found, told: Told | None = None
    ) -> None:
        """Compare all with all."""
        ...

    def by_cells(
        self,
        vectors: NDArray[np.float16],
        cells: Cells,
        params: SimilarParams,
        found: Found,
        told: Told | None = None,
    ) -> None:
        """Compare what meets in a cell."""
        ...


class _Here:
    """The joins in this process."""

    def exact(
        self, vectors: NDArray[np.float16], params: SimilarParams, found: Found, told: Told | None = None
    ) -> None:
        join_exact(vectors, params.threshold, found, told, params.threads)

    def by_cells(
        self,
        vectors: NDArray[np.float16],
        cells: Cells,
        params: SimilarParams,
        found: Found,
        told: Told | None = None,
    ) -> None:
        join_cells(vectors, cells, params.threshold, found, told)


def similar_pairs(
    vectors: NDArray[np.float16], params: SimilarParams, told: Told | None = None, joins: Joins | None = None
) -> Joined:
    """Give the pairs of rows whose canonical similarity is at or above the threshold.

    `vectors`: float16 (n, d), unit length up to their precision; rows of zeros are similar to none. `told` hears of
    the rows done and may raise to stop; `joins` does the joins elsewhere. The result depends on vectors and params
    alone.
    """
    joins = joins or _Here()
    if len(vectors) <= params.exact_up_to:
        found = found_of(vectors, params)
        joins.exact(vectors, params, found, told)
        return Joined(found.pairs(), 1.0, found.thinned, "exact")
    return _by_cells(vectors, params, told, joins)


def _by_cells(vectors: NDArray[np.float16], params: SimilarParams, told: Told | None, joins: Joins) -> Joined:
    centres = centres_of(vectors, max(2, int(2 * len(vectors) ** 0.5)))
    sampled = np.random.default_rng(1).choice(len(vectors), min(params.sample, len(vectors)), replace=False)
    truth = _audit_pairs(vectors, np.sort(sampled).astype(np.int64), params)
    visitors, margin = params.visitors, params.margin
    for attempt in range(params.tries):
        found = found_of(vectors, params)
        joins.by_cells(vectors, settle(vectors, centres, visitors, margin), params, found, told)
        pairs = found.pairs()
        recall = _recall(pairs, truth, len(vectors))
        if recall >= params.recall or attempt == params.tries - 1:
            break
        visitors, margin = visitors * 2, margin * 1.5
    return Joined(pairs, recall, found.thinned, f"cells ({visitors} visitors, margin {margin:.2f})")


def _audit_pairs(vectors: NDArray[np.float16], rows: NDArray[np.int64], params: SimilarParams) -> Pairs:
    """All pairs of the sampled rows, or of each its nearest: those that are kept however many there are."""
    truth = found_of(vectors, params)
    exact_for(rows, vectors, params.threshold, truth)
    pairs = truth.pairs()
    kept = np.zeros(len(pairs), bool)
    for one, other in ((pairs.a, pairs.b), (pairs.b, pairs.a)):
        kept |= among_best(one, other, pairs.score, params.nearest) & np.isin(one, rows)
    return Pairs(pairs.a[kept], pairs.b[kept], pairs.score[kept])


def _recall(pairs: Pairs, truth: Pairs, count: int) -> float:
    if not len(truth):
        return 1.0
    return float(np.isin(truth.a * count + truth.b, pairs.a * count + pairs.b).mean())


def found_of(vectors: NDArray[np.float16], params: SimilarParams) -> Found:
    """Give what collects the pairs of a join with these params."""
    return Found(vectors, params.threshold, nearest=params.nearest, most=params.most)
