"""The nearest of very many images: each is compared with what stands in cells near one of its forms, and with those
that share its rarest words.

Cells are those of `sosie.matching.similar.cells` in whole numbers: every image is at home in the cell whose centre is
nearest, and each of its forms visits the nearest few. Centres, products and scores are exact, so what is found does
not depend on the machine, nor on which images are asked together.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sosie.matching.neighbours import Floats, Ids, Nearest, NeighbourParams, Signs, Vectors
from sosie.matching.ranking import by_few_words
from sosie.matching.votes import Votes, best_of
from sosie.matching.words import WordIndex

Number = TypeVar("Number", bound=np.generic)

_LEAST = np.float32(0.15)
"""Similarity that strangers reach by the dozen where there are very many: less is no reason for a look."""
_ROUNDS = 5
_SAMPLE_A_CELL = 32
_BLOCK = 512
_ASKED = 32
_SCORE_BITS = 24
_WIDE = 4
"""Times as many images as a shortlist has are taken by similarity alone, and by votes alone: one with some of both may
be among the best by their sum."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far to look for each image: `visitors` cells for each of its forms, and `hits` spots that share a word.

    Without visitors all are compared with all, and only what is evident counts: `EVIDENT`.
    """

    visitors: int = 12
    hits: int = 16_384

    @property
    def further(self) -> Reach:
        """Twice as far."""
        return Reach(2 * self.visitors, 2 * self.hits)


EVIDENT = Reach(0, 0)
"""All with all, for twice the evidence that makes a candidate worth a look: by what it gives the recall is measured.
Nearly all candidates with less are strangers, of which one is as good as another."""


@dataclass(frozen=True, slots=True)
class Cells:
    """`centres`: int16 (cells, d). `home`: int32 (n,), the cell of each image, -1 for those without features."""

    centres: NDArray[np.int16]
    home: NDArray[np.int32]


def cells_of(vectors: Vectors, unit: float = 400.0) -> Cells:
    """Cut the vectors, int8 (n, d) of length `unit`, into about 2 sqrt(n) cells by k-means on a sample."""
    rows = np.flatnonzero(vectors.any(axis=1))
    home = np.full(len(vectors), -1, np.int32)
    count = min(int(2 * len(rows) ** 0.5), len(rows))
    if not count:
        return Cells(np.zeros((0, vectors.shape[1]), np.int16), home)
    draw = np.random.default_rng(0)
    sample = vectors[np.sort(draw.choice(rows, min(len(rows), count * _SAMPLE_A_CELL), replace=False))]
    centres = sample[np.sort(draw.choice(len(sample), count, replace=False))].astype(np.int16)
    for _ in range(_ROUNDS):
        nearest = np.concatenate(list(_homes(sample, centres)))
        order = np.argsort(nearest, kind="stable")
        filled, begins = np.unique(nearest[order], return_index=True)
        sums = np.add.reduceat(sample[order].astype(np.int64), begins).astype(np.float64)
        length = np.sqrt((sums**2).sum(axis=1, keepdims=True))
        centres[filled] = np.rint(sums * (unit / np.maximum(length, 1)))
    home[rows] = np.concatenate(list(_homes(vectors[rows], centres)))
    return Cells(centres, home)


def _homes(vectors: Vectors, centres: NDArray[np.int16]) -> Iterator[NDArray[np.int64]]:
    """The nearest centre of each vector, the first of equal ones, block by block."""
    across = centres.astype(np.float32).T
    for start in range(0, len(vectors), 8 * _BLOCK):
        yield np.argmax(vectors[start : start + 8 * _BLOCK].astype(np.float32) @ across, axis=1)


class CellNeighbours:
    """Finds the nearest as `Neighbours` does with words, among those that cells and rare words suggest.

    `reach` says how far to look; `signs`, `params` are those of `Neighbours`. Memory: two copies of the vectors.
    """

    def __init__(
        self,
        vectors: Vectors,
        signs: Signs,
        words: WordIndex,
        cells: Cells,
        reach: Reach,
        params: NeighbourParams | None = None,
    ) -> None:
        self._vectors, self._signs, self._words = vectors, signs.astype(np.float32), words
        self._params, self._reach = params or NeighbourParams(), reach
        self._centres = cells.centres.astype(np.float32).T
        self._blank = cells.home < 0
        self._rows = np.argsort(cells.home, kind="stable")
        self._by_cell = vectors[self._rows]
        self._begins = np.searchsorted(cells.home[self._rows], np.arange(len(cells.centres) + 1))

    def __len__(self) -> int:
        return len(self._blank)

    def nearest(self, rows: Ids, count: int) -> Nearest:
        """The `count` nearest others of each row, as far as they were looked at."""
        count = min(count, max(len(self) - 1, 0))
        ids, score = np.full((len(rows), count), -1, np.int64), np.zeros((len(rows), count), np.float32)
        told = np.flatnonzero(~self._blank[rows])

        def look(start: int) -> None:
            asked = told[start : start + _BLOCK]
            near = self._near(rows[asked], _WIDE * max(count, self._params.shortlist))
            for first in range(0, len(asked), _ASKED):
                some = slice(first, first + _ASKED)
                ids[asked[some]], score[asked[some]] = self._best(rows[asked[some]], near[some], count)

        with ThreadPoolExecutor(self._params.workers or os.cpu_count() or 1, "sosie-look") as pool:
            list(pool.map(look, range(0, len(told) if count else 0, _BLOCK)))
        return Nearest(ids, score)

    def _near(self, rows: Ids, width: int) -> Ids:
        """Int64 (rows, width): the most similar images in the cells that the forms of each row visit; -1 for none."""
        forms = self._forms(rows).reshape(-1, self._vectors.shape[1])
        visited = self._visited(forms)
        guest = np.repeat(np.arange(len(forms)), visited.shape[1])
        order = np.argsort(visited.ravel(), kind="stable")
        cells, begins = np.unique(visited.ravel()[order], return_index=True)
        found = [
            self._in_cell(cell, forms, guest[part])
            for cell, part in zip(cells.tolist(), np.split(order, begins[1:]), strict=True)
        ]
        return _most_similar(np.concatenate(found), rows, width, len(self))

    def _forms(self, rows: Ids) -> Floats:
        """Float32 (rows, forms, d): the vectors in all forms."""
        return np.asarray(self._vectors[rows].astype(np.float32)[:, None] * self._signs, np.float32)

    def _visited(self, forms: Floats) -> Ids:
        """Int64 (forms, visitors): the nearest cells of each; of equally near ones the first."""
        near = (forms @ self._centres).astype(np.int64)
        near = near * near.shape[1] - np.arange(near.shape[1])
        visitors = min(self._reach.visitors, near.shape[1])
        return np.argpartition(-near, visitors - 1, axis=1)[:, :visitors]

    def _in_cell(self, cell: int, forms: Floats, guests: Ids) -> Ids:
        """Pairs of guests and those at home in one cell, each pair and its product as one number."""
        start, stop = self._begins[cell : cell + 2].tolist()
        products = forms[guests] @ self._by_cell[start:stop].astype(np.float32).T
        i, j = np.nonzero(products >= _LEAST * np.float32(self._params.unit**2))
        pair = guests[i] // len(self._signs) * len(self) + self._rows[start + j]
        return np.asarray(pair << _SCORE_BITS | products[i, j].astype(np.int64), np.int64)

    def _best(self, rows: Ids, near: Ids, count: int) -> tuple[Ids, Floats]:
        """The best of those that are near and those with the most votes."""
        look = self._words.look(rows, self._reach.hits)
        votes = Votes.of(look, rows)
        among = np.sort(np.concatenate((near, votes.best(near.shape[1])), axis=1), axis=1)
        among[:, 1:][among[:, 1:] == among[:, :-1]] = -1
        among[(among == rows[:, None]) | self._blank[among]] = -1
        among.sort(axis=1)
        params = self._params
        ids, score = by_few_words(
            look,
            among,
            votes.of_images(among),
            votes.most,
            self._similarity(rows, among),
            params.rare,
            params.always,
            max(count, params.shortlist),
        )
        return _widened(ids, -1, count), _widened(score, 0, count)

    def _similarity(self, rows: Ids, among: Ids) -> Floats:
        """Float32, like `among`: the similarity of each in the form that fits best."""
        others = self._vectors[among].astype(np.float32).transpose(0, 2, 1)
        best = (self._forms(rows) @ others).max(axis=1)
        return np.asarray(best / np.float32(self._params.unit**2), np.float32)


def _widened(columns: NDArray[Number], blank: float, width: int) -> NDArray[Number]:
    """The first columns, and blank ones where there are fewer."""
    wide = np.full((len(columns), width), blank, columns.dtype)
    wide[:, : columns.shape[1]] = columns[:, :width]
    return wide


def _most_similar(packed: Ids, rows: Ids, width: int, images: int) -> Ids:
    """The images with the largest products of each row; of equal ones the first, in no order."""
    packed = np.sort(packed)
    pair = packed >> _SCORE_BITS
    last = np.append(pair[1:] != pair[:-1], np.ones(min(len(pair), 1), np.bool_))
    pair, product = pair[last], packed[last] & ((1 << _SCORE_BITS) - 1)
    row, image = np.divmod(pair, images)
    others = image != rows[row]
    row, image, product = row[others], image[others], product[others]
    found = np.full((len(rows), width), -1, np.int64)
    bounds = np.searchsorted(row, np.arange(len(rows) + 1)).tolist()
    for number, (start, stop) in enumerate(pairwise(bounds)):
        chosen = start + best_of(product[start:stop], width)
        found[number, : len(chosen)] = image[chosen]
    return found
