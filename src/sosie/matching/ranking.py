"""The order of candidates: similarity of vectors, votes of shared words, and how many of those lie alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sosie.matching.words import Look

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]

_VOTES = 2.0
_CONSISTENCY = 0.2
_SIMILARITY = np.float32(4.0)
"""Weights of votes (as a share of the best's) and of consistency beside the similarity of vectors (at most 1) in the
order of candidates, and of the similarity beside the consistency in what is worth a look."""


def by_words(
    look: Look, votes: Floats, similarity: Floats, width: int, rare: float, always: int, ids: Ids, score: Floats
) -> None:
    """Put the best images of each asked one into `ids` and `score`: a shortlist of `width`, ordered by consistency.

    `votes`, `similarity`: float32 (asked, images); the votes are changed. Those after the first `always` are dropped
    unless they reach `rare`.
    """
    votes *= np.float32(_VOTES) / np.maximum(votes.max(1, keepdims=True), 1)
    short, base = best_columns(similarity + votes, width)
    by_consistency(look, short, base, np.take_along_axis(similarity, short, 1), rare, always, ids, score)


def by_few_words(
    look: Look,
    among: Ids,
    votes: Floats,
    most: Floats,
    similarity: Floats,
    rare: float,
    always: int,
    width: int,
    count: int | None = None,
) -> tuple[Ids, Floats]:
    """Give the best of the images `among` for each asked one, as `by_words` does of all, in their order: `count` of a
    shortlist of `width`, by default all of it.

    `among`: int64 (asked, k), ascending, -1 for none. `votes`, `similarity`: float32, like `among`. `most`: float32
    (asked,), the most votes that any image has.
    """
    whole = similarity + votes * (np.float32(_VOTES) / np.maximum(most[:, None], np.float32(1)))
    whole[among < 0] = -np.inf
    column, base = best_columns(whole.astype(np.float32), min(width, among.shape[1]))
    short = np.where(column >= 0, np.take_along_axis(among, column, 1), -1)
    count = short.shape[1] if count is None else min(count, short.shape[1])
    ids, score = np.empty_like(short[:, :count]), np.empty_like(base[:, :count])
    by_consistency(look, short, base, np.take_along_axis(similarity, column, 1), rare, always, ids, score)
    return ids, score


def by_consistency(
    look: Look, short: Ids, base: Floats, similarity: Floats, rare: float, always: int, ids: Ids, score: Floats
) -> None:
    """Put the best of a shortlist into `ids` and `score`; `base`: similarity and votes of each."""
    agreed = look.consistency(short)
    total = np.where(short >= 0, base + np.float32(_CONSISTENCY) * agreed, -np.inf)
    order = np.lexsort((short, -total))[:, : ids.shape[1]]
    ids[:], score[:] = np.take_along_axis(short, order, 1), np.take_along_axis(total, order, 1)
    told = agreed / np.float32(look.index.certain) + _SIMILARITY * similarity
    drop(ids, score, np.take_along_axis(told, order, 1) >= rare, always)


def best_columns(scores: Floats, count: int) -> tuple[Ids, Floats]:
    """The best columns of each row of scores, by score and then by id; -1 and 0 where all others are -inf."""
    ids, best = np.full((len(scores), count), -1, np.int64), np.zeros((len(scores), count), np.float32)
    bar = np.partition(scores, scores.shape[1] - count, axis=1)[:, scores.shape[1] - count]
    row, column = np.nonzero((scores >= bar[:, None]) & (scores > -np.inf))
    found = scores[row, column]
    order = np.lexsort((column, -found, row))
    row, column, found = row[order], column[order], found[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    kept = rank < count
    ids[row[kept], rank[kept]] = column[kept]
    best[row[kept], rank[kept]] = found[kept]
    return ids, best


def drop(ids: Ids, score: Floats, kept: NDArray[np.bool_], always: int) -> None:
    """Take out what is neither kept nor among the first, and close the gaps."""
    kept = (kept | (np.arange(ids.shape[1]) < always)) & (ids >= 0)
    order = np.argsort(~kept, axis=1, kind="stable")
    ids[:] = np.take_along_axis(np.where(kept, ids, -1), order, 1)
    score[:] = np.take_along_axis(np.where(kept, score, 0), order, 1)
