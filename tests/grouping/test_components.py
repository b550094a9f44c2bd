"""Groups from edges, and what keeps images apart."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sosie.grouping import connected
from sosie.types import Pairs


def pairs(*rows: tuple[int, int, float]) -> Pairs:
    a, b, score = zip(*rows, strict=True) if rows else ((), (), ())
    return Pairs(np.array(a, np.int64), np.array(b, np.int64), np.array(score, np.float32))


def plain(count: int, edges: list[tuple[int, int, float]]) -> list[int]:
    """Labels by repeated painting."""
    labels = list(range(count))
    for _ in range(count):
        for a, b, _score in edges:
            labels[a] = labels[b] = min(labels[a], labels[b])
    return labels


def test_chains_are_one_group_labelled_by_its_smallest_row() -> None:
    assert connected(5, pairs((3, 4, 1), (1, 3, 0.9))).tolist() == [0, 1, 2, 1, 1]


def test_no_rows_and_no_edges_are_no_groups() -> None:
    assert connected(0, pairs()).tolist() == []
    assert connected(2, pairs()).tolist() == [0, 1]


def test_the_weakest_link_gives_way_where_two_images_must_stay_apart() -> None:
    edges = pairs((0, 1, 0.9), (1, 2, 0.8), (2, 3, 0.95))
    assert connected(4, edges, pairs((0, 3, 1))).tolist() == [0, 0, 2, 2]


def test_what_is_kept_apart_stays_so_through_other_members() -> None:
    edges = pairs((0, 1, 1), (2, 3, 1), (1, 2, 0.5), (0, 3, 0.4))
    assert connected(4, edges, pairs((0, 2, 1))).tolist() == [0, 0, 2, 2]


def test_one_edge_between_two_groups_does_not_weld_them_but_two_between_different_images_do() -> None:
    groups = ((0, 1, 0.9), (2, 3, 0.9))
    assert connected(4, pairs(*groups, (1, 2, 0.8))).tolist() == [0, 0, 2, 2]
    assert connected(4, pairs(*groups, (0, 2, 0.8), (1, 3, 0.7))).tolist() == [0, 0, 0, 0]


def test_a_page_that_shows_two_pictures_does_not_weld_their_groups() -> None:
    page = ((0, 4, 0.89), (1, 4, 0.88), (2, 4, 0.87), (3, 4, 0.86))
    assert connected(5, pairs((0, 1, 0.9), (2, 3, 0.9), *page)).tolist() == [0, 0, 2, 2, 0]


def test_a_single_image_joins_by_one_edge_and_identical_ones_always() -> None:
    assert connected(3, pairs((0, 1, 0.9), (1, 2, 0.6))).tolist() == [0, 0, 0]
    assert connected(4, pairs((0, 1, 0.9), (2, 3, 0.9), (1, 2, 1.0))).tolist() == [0, 0, 0, 0]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, float]], list[tuple[int, int, float]]]:
    count = draw(st.integers(2, 9))
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda p: p[0] < p[1])
    scored = st.builds(lambda p, s: (*p, s), pair, st.sampled_from([0.25, 0.5, 1.0]))
    unique = st.lists(scored, max_size=14, unique_by=lambda row: row[:2])
    return count, draw(unique), draw(unique)


@given(graphs())
def test_with_one_witness_and_no_foes_these_are_the_connected_components(
    graph: tuple[int, list[tuple[int, int, float]], list[tuple[int, int, float]]],
) -> None:
    count, edges, _ = graph
    assert connected(count, pairs(*edges), witnesses=1).tolist() == plain(count, edges)


@given(graphs(), st.randoms())
def test_foes_never_meet_and_the_order_of_edges_does_not_matter(
    graph: tuple[int, list[tuple[int, int, float]], list[tuple[int, int, float]]], random: object
) -> None:
    count, edges, foes = graph
    labels = connected(count, pairs(*edges), pairs(*foes)).tolist()
    assert all(labels[a] != labels[b] for a, b, _ in foes)
    assert all(labels[label] == label <= row for row, label in enumerate(labels))
    assert connected(count, pairs(*edges[::-1]), pairs(*foes[::-1])).tolist() == labels
