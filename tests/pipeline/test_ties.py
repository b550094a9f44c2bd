"""What is known while verifying spares work: on implied pairs, between groups told apart, and inside proved groups."""

from __future__ import annotations

import numpy as np

from sosie.pipeline.ties import Ties, clusters
from sosie.types import Edge, Edit, Evidence, Matrix, Relation

SHIFT: Matrix = ((1.0, 0.0, 5.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def edge(a: int, b: int, score: float = 0.99, *kinds: str, relation: Relation = "copy") -> Edge:
    edits = tuple(Edit(kind, kind) for kind in kinds)  # type: ignore[arg-type]
    return Edge(a, b, relation, score, Evidence(agreement=0.98, transform=SHIFT, edits=edits))


def test_two_strong_copies_imply_a_third_pair_with_the_way_between_them() -> None:
    ties = Ties(3)
    ties.note(edge(0, 1))
    ties.note(edge(0, 2, 0.97, "border"))
    there, back = ties.chain(1, 2), ties.chain(2, 1)
    assert there is not None
    assert back is not None
    assert np.allclose(there.matrix, np.eye(3))
    assert np.allclose(there.matrix @ back.matrix, np.eye(3))
    assert (there.score, there.framed) == (0.97, True)
    assert ties.chain(0, 1) is None


def test_weak_and_recoloured_copies_and_other_relations_imply_nothing() -> None:
    for weak in (edge(0, 2, 0.9), edge(0, 2, 0.99, "recolour"), edge(0, 2, relation="variant")):
        ties = Ties(3)
        ties.note(edge(0, 1))
        ties.note(weak)
        assert ties.chain(1, 2) is None


def test_links_among_some_rows_are_told_by_position() -> None:
    ties = Ties(6)
    for a, b in ((1, 3), (3, 5), (0, 5)):
        ties.note(edge(a, b))
    assert [(a, b) for a, b, _ in ties.links([5, 3, 1])] == [(1, 0), (2, 1)]


def test_two_groups_are_told_apart_by_a_few_pairs_and_single_images_by_all() -> None:
    ties = Ties(13)
    for row in range(1, 6):
        ties.note(edge(0, row))
        ties.note(edge(6, 6 + row))
    strangers = ties.strangers()
    across = [(a, b) for a in range(6) for b in range(6, 12)]
    assert sum(strangers.ask(a, b) for a, b in across) == 6
    assert all(strangers.ask(12, row) for row in range(12))
    for a, b in across[:6]:
        ties.refuse(a, b)
    assert not any(ties.strangers().ask(a, b) for a, b in across)
    assert all(ties.strangers().ask(a, b) for a in range(6) for b in range(6) if a < b)


def test_what_was_refused_counts_for_the_groups_that_images_join_later() -> None:
    ties = Ties(4)
    for a, b in ((0, 2), (0, 3), (1, 2), (1, 3)):
        ties.refuse(a, b)
    ties.note(edge(0, 1))
    assert ties.strangers().ask(0, 2)
    ties.note(edge(2, 3))
    assert not ties.strangers().ask(0, 2)


def test_clusters_share_no_image_and_hold_every_pair_in_order() -> None:
    rng = np.random.default_rng(3)
    pairs = [(int(a), int(b)) for a, b in np.sort(rng.integers(0, 400, (500, 2))) if a != b]
    parts, between = clusters(pairs)
    members = [{row for pair in part for row in pair} for part in parts]
    assert sum(map(len, members)) == len(set().union(*members))
    assert max(map(len, members)) <= 64
    assert all(part == [pair for pair in pairs if set(pair) <= rows] for part, rows in zip(parts, members, strict=True))
    assert between == [pair for pair in pairs if not any(set(pair) <= rows for rows in members)]
