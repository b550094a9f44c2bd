"""Which copies join an image to a group: those that other members confirm."""

from __future__ import annotations

import pytest

from sosie.pipeline.assemble import components
from sosie.pipeline.contents import Contents
from sosie.store.catalogue import Content
from sosie.types import Edge, Evidence, ImageRef, Relation


def groups_with(*links: Edge) -> list[list[int]]:
    """The groups of seven contents, of which the first six are copies of each other."""
    rows = [Content(bytes([n]) * 32, 100, "PNG", 64, 64, 1, 8, False, True, None, False, 1.0, 64) for n in range(7)]
    family = [edge(a, b, "copy", 0.99) for a in range(6) for b in range(a + 1, 6)]
    return components(Contents(rows, [[ImageRef(str(n))] for n in range(7)]), [*family, *links])


def edge(a: int, b: int, relation: Relation, score: float) -> Edge:
    return Edge(a, b, relation, score, Evidence())


ALL, WITHOUT = [list(range(7))], [list(range(6))]


@pytest.mark.parametrize(
    ("score", "relation", "other", "found"),
    [
        (0.97, "copy", 0.3, ALL),
        (0.7, "copy", 0.3, ALL),
        (0.97, "scene", 0.6, ALL),
        (0.7, "scene", 0.6, WITHOUT),
    ],
)
def test_doubtful_copies_confirm_every_copy_and_other_views_a_sure_one(
    score: float, relation: Relation, other: float, found: list[list[int]]
) -> None:
    assert groups_with(edge(2, 6, "copy", score)) == WITHOUT
    assert groups_with(edge(2, 6, "copy", score), edge(4, 6, relation, other)) == found
