"""Shared words: votes like the plain count, and consistency that tells a moved picture from a scrambled one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sosie.features import SPOT, WORD_FORMS
from sosie.matching.neighbours import Nearest, NeighbourParams, Neighbours
from sosie.matching.words import WordIndex
from tests.matching.spots import moved, some_rows, spots_of


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), images=st.integers(2, 8), words=st.sampled_from([6, 200, 1 << 18]))
def test_votes_are_the_squared_rarities_of_shared_words_in_the_best_form(seed: int, images: int, words: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [some_rows(int(rng.integers(0, 12)), rng, words) for _ in range(images)]
    index = WordIndex(spots_of(rows))
    votes = index.look(np.arange(images)).votes()
    held = [set(r["word"].tolist()) for r in rows]
    asked = [words_held | set(r["second"].tolist()) for words_held, r in zip(held, rows, strict=True)]
    for a in range(images):
        for b in range(images):
            shared = [{w ^ int(form) for w in asked[a]} & held[b] for form in WORD_FORMS]
            turned = [{w ^ int(form) for w in both} for both, form in zip(shared, WORD_FORMS, strict=True)]
            assert votes[a, b] == max(sum(int(index.weight[w]) ** 2 for w in both) for both in turned)


@pytest.mark.parametrize("form", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("turn", "octave", "shift"), [(0, 0, (0, 0)), (64, 0, (9, -4)), (20, -1, (30, 20)), (200, 0.5, (0, 5))]
)
def test_a_moved_picture_is_consistent_and_a_scrambled_one_is_not(
    form: int, turn: int, octave: float, shift: tuple[float, float]
) -> None:
    rng = np.random.default_rng(1)
    one = some_rows(40, rng)
    one["x"], one["y"] = one["x"] // 2, one["y"] // 2
    scrambled = some_rows(40, rng)
    scrambled["word"], scrambled["second"] = one["word"], one["second"]
    strangers = [some_rows(40, rng) for _ in range(20)]
    index = WordIndex(spots_of([one, moved(one, turn, octave, shift, form), scrambled, *strangers]))
    like, unlike, strange = index.look(np.array([0])).consistency(np.array([[1, 2, 3]]))[0]
    assert like > 20 * index.certain
    assert unlike < 8 * index.certain
    assert strange < 2 * index.certain


def test_the_answer_does_not_depend_on_who_else_is_asked() -> None:
    rng = np.random.default_rng(2)
    index = WordIndex(spots_of([some_rows(30, rng, 500) for _ in range(12)]))
    candidates = np.array([rng.permutation(12)[:5] for _ in range(12)])
    together = index.look(np.arange(12))
    for row in range(12):
        alone = index.look(np.array([row]))
        assert np.array_equal(alone.votes()[0], together.votes()[row])
        assert np.array_equal(alone.consistency(candidates[row : row + 1])[0], together.consistency(candidates)[row])


def test_words_that_a_whole_collection_shares_are_left_out() -> None:
    rng = np.random.default_rng(3)
    template = some_rows(10, rng)
    images = [np.concatenate([template, some_rows(5, rng)]) for _ in range(400)]
    images[7] = np.concatenate([template, images[3][10:]])
    votes = WordIndex(spots_of(images)).look(np.array([3])).votes()[0]
    votes[3] = 0
    assert votes.argmax() == 7
    assert np.median(votes) == 0


def test_images_without_spots_share_nothing() -> None:
    empty = np.zeros(0, SPOT)
    index = WordIndex(spots_of([empty, empty, some_rows(4, np.random.default_rng(4))]))
    look = index.look(np.array([0, 2]))
    assert look.votes()[0].tolist() == [0, 0, 0]
    assert look.consistency(np.array([[1, 2], [0, -1]])).tolist() == [[0, 0], [0, 0]]


def test_candidates_are_the_same_with_any_number_of_threads_and_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    index = WordIndex(spots_of([some_rows(30, rng, 300) for _ in range(150)]))
    vectors, signs = rng.integers(-90, 90, (150, 16)).astype(np.int8), np.ones((1, 16), np.int8)

    def answer(workers: int) -> Nearest:
        params = NeighbourParams(workers=workers, rare=0.5)
        return Neighbours(vectors, signs, index, params).nearest(np.arange(150), 12)

    expected = answer(1)
    monkeypatch.setattr("sosie.matching.words._BATCH", 500)
    for workers in (1, 4):
        found = answer(workers)
        assert np.array_equal(found.ids, expected.ids)
        assert np.array_equal(found.score, expected.score)
    assert (expected.ids >= 0).sum() > 600
