"""Candidates: equal to the plain search, independent of blocks and order, and as many as copies need."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sosie.errors import UsageError
from sosie.matching.neighbours import NeighbourParams, NeighbourRounds, Neighbours, nearest_pairs

Vectors = NDArray[np.int8]
SIGNS = np.repeat([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]], 4, axis=1).astype(np.int8)


def some_vectors(count: int, seed: int, largest: int = 100) -> Vectors:
    return np.random.default_rng(seed).integers(-largest, largest + 1, (count, 16)).astype(np.int8)


def rounds_of(vectors: Vectors, params: NeighbourParams | None = None) -> NeighbourRounds:
    return NeighbourRounds(Neighbours(vectors, SIGNS, params=params), params)


def plain_nearest(vectors: Vectors, row: int, count: int, params: NeighbourParams) -> list[tuple[int, float]]:
    """Every product with every form, sorted."""
    wide = vectors.astype(np.int64)
    best = (wide @ (wide[row] * SIGNS.astype(np.int64)).T).max(1) / params.unit**2
    order = sorted((-float(best[i]), i) for i in range(len(vectors)) if i != row and wide[i].any())
    if not wide[row].any():
        return []
    ranked = list(enumerate(order[:count]))
    return [(i, -score) for rank, (score, i) in ranked if rank < params.always or -score >= params.floor]


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(2, 40),
    seed=st.integers(0, 1000),
    largest=st.sampled_from([1, 3, 100]),
    k=st.integers(1, 12),
    floor=st.sampled_from([-1.0, 0.05, 0.3]),
    block=st.sampled_from([1, 700, 32_000_000]),
)
def test_the_nearest_are_those_of_the_plain_search(
    count: int, seed: int, largest: int, k: int, floor: float, block: int
) -> None:
    vectors = some_vectors(count, seed, largest)
    params = NeighbourParams(floor=floor, block=block, unit=200.0)
    found = Neighbours(vectors, SIGNS, params=params).nearest(np.arange(count), k)
    for row in range(count):
        expected = plain_nearest(vectors, row, k, params)
        kept = found.ids[row] >= 0
        assert found.ids[row][kept].tolist() == [i for i, _ in expected]
        assert np.allclose(found.score[row][kept], [score for _, score in expected], atol=1e-6)


def test_each_pair_comes_once_sorted_and_with_its_similarity() -> None:
    vectors = some_vectors(60, 1)
    pairs = nearest_pairs(vectors, SIGNS)
    keys = pairs.a * 60 + pairs.b
    assert (pairs.a < pairs.b).all()
    assert (np.diff(keys) > 0).all()


def test_pairs_do_not_depend_on_the_order_of_images() -> None:
    vectors = some_vectors(80, 2)
    order = np.random.default_rng(0).permutation(80)
    straight, shuffled = nearest_pairs(vectors, SIGNS), nearest_pairs(vectors[order], SIGNS)
    ends = np.sort(np.stack([order[shuffled.a], order[shuffled.b]]), axis=0)
    assert set(zip(straight.a.tolist(), straight.b.tolist(), strict=True)) == set(map(tuple, ends.T.tolist()))


def test_a_mirrored_vector_is_as_near_as_the_vector_itself() -> None:
    vectors = some_vectors(50, 3)
    vectors[10], vectors[20], vectors[30] = vectors[5] * SIGNS[1], vectors[5] * SIGNS[2], vectors[5] * SIGNS[3]
    found = Neighbours(vectors, SIGNS).nearest(np.array([5]), 3)
    assert found.ids.tolist() == [[10, 20, 30]]


def test_images_without_features_have_no_neighbours() -> None:
    vectors = some_vectors(10, 4)
    vectors[[2, 5]] = 0
    pairs = nearest_pairs(vectors, SIGNS, params=NeighbourParams(floor=-1.0))
    assert not np.isin([2, 5], np.concatenate([pairs.a, pairs.b])).any()


@pytest.mark.parametrize("count", [0, 1])
def test_no_image_and_one_image_have_no_pairs(count: int) -> None:
    vectors = some_vectors(count, 5)
    assert len(nearest_pairs(vectors, SIGNS)) == 0
    assert len(rounds_of(vectors).next()) == 0


def family(size: int, strangers: int) -> tuple[Vectors, NDArray[np.bool_]]:
    """Vectors of which the first `size` are of one picture."""
    rng = np.random.default_rng(6)
    one = rng.integers(-60, 60, 16)
    rows = [one + rng.integers(-40, 41, 16) for _ in range(size)]
    vectors = np.concatenate([np.stack(rows), rng.integers(-60, 60, (strangers, 16))]).astype(np.int8)
    return vectors, np.arange(size + strangers) < size


def test_rounds_find_a_group_of_forty_whole_and_ask_little_of_strangers() -> None:
    vectors, member = family(40, 300)
    rounds, asked, found = rounds_of(vectors), np.zeros(340, int), set()
    while len(pairs := rounds.next()):
        copies = member[pairs.a] & member[pairs.b]
        np.add.at(asked, pairs.a, 1)
        np.add.at(asked, pairs.b, 1)
        found |= set(zip(pairs.a[copies].tolist(), pairs.b[copies].tolist(), strict=True))
        rounds.report(copies)
    reached, frontier = {0}, [0]
    while frontier:
        here = frontier.pop()
        fresh = {a + b - here for a, b in found if here in (a, b)} - reached
        reached |= fresh
        frontier += fresh
    assert reached == set(range(40))
    assert len(found) > 400
    assert np.median(asked[40:]) < 40


def test_no_pair_comes_twice_and_rounds_end_when_nothing_more_is_confirmed() -> None:
    vectors = some_vectors(100, 7)
    rounds = rounds_of(vectors, NeighbourParams(first=3, step=3))
    first = rounds.next()
    assert len(first) == len(nearest_pairs(vectors, SIGNS, params=NeighbourParams(first=3)))
    rounds.report(np.ones(len(first), np.bool_))
    seen = set(zip(first.a.tolist(), first.b.tolist(), strict=True))
    second = rounds.next()
    assert len(second)
    assert seen.isdisjoint(zip(second.a.tolist(), second.b.tolist(), strict=True))
    seen |= set(zip(second.a.tolist(), second.b.tolist(), strict=True))
    rounds.report(np.zeros(len(second), np.bool_))
    while len(pairs := rounds.next()):
        assert seen.isdisjoint(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True))
        seen |= set(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True))
        rounds.report(np.zeros(len(pairs), np.bool_))
    assert len(seen) < 100 * 99 // 4


def test_rounds_that_are_always_confirmed_end_with_every_pair() -> None:
    vectors = some_vectors(90, 8)
    params = NeighbourParams(first=2, step=30, floor=-1.0, shortlist=5)
    rounds, count = rounds_of(vectors, params), 0
    while len(pairs := rounds.next()):
        count += len(pairs)
        rounds.report(np.ones(len(pairs), np.bool_))
    assert count == 90 * 89 // 2


def test_a_round_wants_its_report_first() -> None:
    rounds = rounds_of(some_vectors(5, 9))
    pairs = rounds.next()
    with pytest.raises(UsageError, match="Report"):
        rounds.next()
    with pytest.raises(UsageError, match="one answer for each"):
        rounds.report(np.zeros(len(pairs) + 1, np.bool_))


def test_products_that_might_not_be_exact_are_refused() -> None:
    with pytest.raises(UsageError, match="too long"):
        Neighbours(np.full((2, 2048), 127, np.int8), np.ones((1, 2048), np.int8))
    with pytest.raises(UsageError, match="same width"):
        Neighbours(some_vectors(2, 0), np.ones((1, 8), np.int8))
    with pytest.raises(UsageError, match="first and step"):
        NeighbourParams(first=0)
