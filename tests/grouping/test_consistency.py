"""What the neighbours of a pair say of it."""

from __future__ import annotations

from sosie.grouping import lone_copies, outvoted_copies, standing_variants
from sosie.grouping.consistency import Votes, fitted_votes


def test_a_page_that_holds_most_of_a_group_is_no_copy_of_the_rest() -> None:
    group = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    page = [(0, 4), (1, 4)]
    assert outvoted_copies([*group, (2, 4)], page) == {(2, 4)}
    assert outvoted_copies([*group, (2, 4)], []) == set()


def test_a_copy_that_its_neighbours_confirm_stands() -> None:
    group = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3)]
    assert outvoted_copies(group, [(2, 3)]) == set()


def test_two_filters_of_one_photo_are_no_variants_but_two_products_are() -> None:
    enough = fitted_votes().outvoted
    edits = [(end, other) for end in (0, 1) for other in range(2, 2 + enough)]
    assert standing_variants([(0, 1)], edits) == []
    assert standing_variants([(0, 1)], edits[:-1]) == [(0, 1)]


_VOTES = Votes(outvoted=10, others=4, confirmed=0.05)


def test_a_blend_does_not_join_the_copies_of_one_photo_to_the_other_photo() -> None:
    group = [(a, b) for a in range(5) for b in range(a + 1, 5)]
    assert lone_copies([*group, (4, 9)], _VOTES) == {(4, 9)}
    assert lone_copies([*group, (4, 9), (3, 9)], _VOTES) == set()


def test_a_copy_that_further_pairs_confirm_is_not_alone_and_they_are_not_asked_about_themselves() -> None:
    group = [(a, b) for a in range(5) for b in range(a + 1, 5)]
    assert lone_copies([*group, (4, 9)], _VOTES, confirming=[(3, 9)]) == set()
    assert lone_copies([*group, (4, 9)], _VOTES, confirming=[(3, 8), (8, 9)]) == {(4, 9)}


def test_edits_that_only_the_original_confirms_stay_with_it() -> None:
    assert lone_copies([(0, other) for other in range(1, 8)], _VOTES) == set()
