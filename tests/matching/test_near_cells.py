"""Candidates by cells and rare words: as the search among all finds them, whoever is asked about together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sosie.features import Spots
from sosie.matching.asking import Asked, recall_of
from sosie.matching.near_cells import EVIDENT, CellNeighbours, Reach, cells_of
from sosie.matching.neighbours import Ids, Nearest, NeighbourParams, Neighbours
from sosie.matching.votes import Votes
from sosie.matching.words import WordIndex
from tests.matching.spots import moved, some_rows, spots_of

SIGNS = np.repeat([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]], 4, axis=1).astype(np.int8)
PARAMS = NeighbourParams(unit=200.0, workers=2)


@dataclass(frozen=True)
class Crowd:
    """Strangers; every fifth image is the one before it in another form, moved, with some spots lost; the last of all
    has no features."""

    vectors: NDArray[np.int8]
    spots: Spots

    @property
    def copies(self) -> Ids:
        return np.arange(4, len(self.vectors) - 1, 5)


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    draw = np.random.default_rng(4)
    wide = draw.normal(size=(601, 16))
    wide[4::5] = wide[3:-1:5] * SIGNS[draw.integers(0, 4, len(wide[4::5]))] + 0.5 * draw.normal(size=wide[4::5].shape)
    vectors = np.clip(np.rint(wide * (200 / np.linalg.norm(wide, axis=1, keepdims=True))), -127, 127).astype(np.int8)
    vectors[-1] = 0
    rows = [some_rows(30, draw, words=4000) for _ in range(len(vectors) - 1)]
    for copy in range(4, len(rows), 5):
        rows[copy] = moved(rows[copy - 1], int(draw.integers(256)), 0, (5, -8), int(draw.integers(4)))[6:]
    return Crowd(vectors, spots_of([*rows, some_rows(0, draw)]))


def by_cells(crowd: Crowd, reach: Reach) -> CellNeighbours:
    words = WordIndex(crowd.spots)
    return CellNeighbours(crowd.vectors, SIGNS, words, cells_of(crowd.vectors, 200.0), reach, PARAMS)


def all_with_all(crowd: Crowd) -> Neighbours:
    return Neighbours(crowd.vectors, SIGNS, WordIndex(crowd.spots), PARAMS)


def test_copies_are_the_nearest_by_cells_as_among_all(crowd: Crowd) -> None:
    found = by_cells(crowd, Reach(6, 2000)).nearest(crowd.copies, 3)
    assert (found.ids[:, 0] == crowd.copies - 1).mean() > 0.99
    assert (all_with_all(crowd).nearest(crowd.copies, 3).ids[:, 0] == crowd.copies - 1).mean() > 0.99


def test_an_image_looked_at_by_cells_has_the_score_that_it_has_among_all(crowd: Crowd) -> None:
    rows = np.arange(len(crowd.vectors))
    exact, found = all_with_all(crowd).nearest(rows, 5), by_cells(crowd, Reach(1000, 1_000_000)).nearest(rows, 5)
    assert recall_of(found, exact) > 0.99
    same = (exact.ids == found.ids) & (exact.ids >= 0)
    assert same.mean() > 0.15
    assert np.allclose(exact.score[same], found.score[same], atol=1e-5)


def test_what_is_found_of_an_image_does_not_depend_on_the_others_asked_about(crowd: Crowd) -> None:
    neighbours = by_cells(crowd, Reach(4, 300))
    rows = np.arange(len(crowd.vectors))
    whole = neighbours.nearest(rows, 8)
    order = np.random.default_rng(0).permutation(len(rows))
    shuffled = neighbours.nearest(order, 8)
    assert np.array_equal(whole.ids[order], shuffled.ids)
    assert np.array_equal(whole.score[order], shuffled.score)
    for row in (0, 4, 333, 600):
        assert np.array_equal(neighbours.nearest(np.array([row]), 8).ids[0], whole.ids[row])


def test_an_image_without_features_is_near_to_none(crowd: Crowd) -> None:
    found = by_cells(crowd, Reach()).nearest(np.arange(len(crowd.vectors)), 12)
    last = len(crowd.vectors) - 1
    assert (found.ids[last] == -1).all()
    assert not (found.ids == last).any()
    assert not (found.ids == np.arange(last + 1)[:, None]).any()


def test_images_without_any_features_need_no_cells() -> None:
    cells = cells_of(np.zeros((3, 16), np.int8))
    assert len(cells.centres) == 0
    assert cells.home.tolist() == [-1, -1, -1]


def test_every_image_is_at_home_in_the_nearest_cell(crowd: Crowd) -> None:
    cells = cells_of(crowd.vectors, 200.0)
    products = crowd.vectors[:-1].astype(np.int64) @ cells.centres.T.astype(np.int64)
    assert np.array_equal(cells.home[:-1], products.argmax(axis=1))
    assert len(np.unique(cells.home)) > 20


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), images=st.integers(2, 8), words=st.sampled_from([6, 200, 1 << 18]))
def test_votes_of_few_images_are_those_of_all(seed: int, images: int, words: int) -> None:
    rng = np.random.default_rng(seed)
    index = WordIndex(spots_of([some_rows(int(rng.integers(0, 12)), rng, words) for _ in range(images)]))
    rows = np.arange(images)
    look = index.look(rows)
    every = look.votes()
    every[rows, rows] = 0
    votes = Votes.of(look, rows)
    assert np.array_equal(votes.of_images(np.tile(rows, (images, 1))), every)
    assert np.array_equal(votes.most, every.max(axis=1))
    for row, best in enumerate(votes.best(3)):
        wanted = sorted(every[row][every[row] > 0].tolist(), reverse=True)[:3]
        assert sorted(every[row][best[best >= 0]].tolist(), reverse=True) == wanted


def test_the_rarest_words_are_chosen_for_each_image_by_itself(crowd: Crowd) -> None:
    index = WordIndex(crowd.spots)
    rows = np.array([7, 19, 222])
    together = index.look(rows, most=40)
    assert 0 < len(together.entry) <= 120 < len(index.look(rows).entry)
    alone = np.concatenate([index.look(rows[n : n + 1], most=40).votes() for n in range(3)])
    assert np.array_equal(together.votes(), alone)


class Teller:
    """Notes how far it is asked to look; finds what it should only from 40 visitors on."""

    def __init__(self) -> None:
        self.asked: list[Reach | None] = []

    def __call__(self, rows: Ids, count: int, reach: Reach | None) -> Nearest:
        self.asked.append(reach)
        right = reach is None or reach == EVIDENT or reach.visitors >= 40
        ids = np.repeat(rows[:, None] + (1 if right else 2), count, axis=1)
        return Nearest(ids, np.ones(ids.shape, np.float32))


def test_few_images_are_searched_among_all() -> None:
    teller = Teller()
    asked = Asked(100, teller, exact_up_to=100)
    asked.nearest(np.arange(3), 2)
    assert teller.asked == [None]
    assert (asked.recall, asked.note) == (1.0, "")


def test_while_the_recall_is_too_low_cells_are_searched_further() -> None:
    teller = Teller()
    asked = Asked(100, teller, exact_up_to=99)
    assert [reach.visitors for reach in teller.asked if reach] == [0, 12, 24, 48]
    assert asked.recall == 1.0
    asked.nearest(np.arange(3), 2)
    assert teller.asked[-1] == Reach(48, 65_536)
    assert "100.00% of a sample" in asked.note
