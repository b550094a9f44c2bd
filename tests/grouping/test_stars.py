"""Groups of what looks alike never chain."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sosie.grouping.stars import Stars, cliques, stars
from sosie.types import Pairs


def pairs_of(scores: dict[tuple[int, int], float]) -> Pairs:
    ends = sorted(scores)
    return Pairs(
        np.array([a for a, _ in ends], np.int64),
        np.array([b for _, b in ends], np.int64),
        np.array([scores[end] for end in ends], np.float32),
    )


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, dict[tuple[int, int], float]]:
    count = draw(st.integers(1, 14))
    every = [(a, b) for a in range(count) for b in range(a + 1, count)]
    chosen = draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    return count, {pair: draw(st.integers(88, 100)) / 100 for pair in chosen}


def linked(scores: dict[tuple[int, int], float], a: int, b: int) -> bool:
    return (min(a, b), max(a, b)) in scores


@settings(deadline=None)
@given(graphs())
def test_every_member_of_a_star_reaches_its_centre(graph: tuple[int, dict[tuple[int, int], float]]) -> None:
    count, scores = graph
    found = stars(count, pairs_of(scores))
    assert all(found.labels[row] == row or linked(scores, row, int(found.labels[row])) for row in range(count))
    assert all(found.labels[centre] == centre for centre in found.labels)


@settings(deadline=None)
@given(graphs())
def test_every_two_members_of_a_clique_reach_each_other(graph: tuple[int, dict[tuple[int, int], float]]) -> None:
    count, scores = graph
    for members in cliques(count, pairs_of(scores)).groups().values():
        assert all(linked(scores, a, b) for at, a in enumerate(members) for b in members[at + 1 :])


@settings(deadline=None)
@given(graphs())
def test_no_two_cliques_could_be_one(graph: tuple[int, dict[tuple[int, int], float]]) -> None:
    count, scores = graph
    found = cliques(count, pairs_of(scores))
    groups = [[row for row in range(count) if found.labels[row] == centre] for centre in set(found.labels.tolist())]
    for at, one in enumerate(groups):
        for other in groups[at + 1 :]:
            assert not all(linked(scores, a, b) for a in one for b in other)


def test_a_chain_becomes_two_groups() -> None:
    chain = {(0, 1): 0.9, (1, 2): 0.95, (2, 3): 0.9, (3, 4): 0.9}
    assert stars(5, pairs_of(chain)).groups() == {1: [0, 1, 2], 3: [3, 4]}
    assert cliques(5, pairs_of(chain)).groups() == {1: [1, 2], 3: [3, 4]}


def test_who_is_most_like_all_others_is_the_centre() -> None:
    scores = {(0, 1): 0.95, (0, 2): 0.95, (0, 3): 0.95, (1, 2): 0.9}
    assert stars(4, pairs_of(scores)).groups() == {0: [0, 1, 2, 3]}


def test_nothing_gives_no_groups() -> None:
    assert isinstance(stars(0, pairs_of({})), Stars)
    assert stars(3, pairs_of({})).groups() == cliques(3, pairs_of({})).groups() == {}
