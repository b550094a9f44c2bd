"""The generator of edits: reproducible, and right about where every pixel went."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from training.draw import KINDS, draw
from training.edits import EDITS, MOVES, Edited, apply

Pixels = NDArray[np.uint8]
DOT = (130.0, 84.0)


def dotted(longest: int = 300) -> Pixels:
    """A dark picture with one bright dot at DOT."""
    pixels = np.full((longest * 2 // 3, longest, 3), 30, np.uint8)
    cv2.circle(pixels, (int(DOT[0]), int(DOT[1])), 6, (255, 255, 255), -1, cv2.LINE_AA)
    return pixels


@lru_cache
def some_pictures() -> tuple[Pixels, list[Pixels]]:
    return draw("scene", 1, longest=160), [draw("product", s, longest=120) for s in (2, 3, 4)]


def dark(seed: int) -> Pixels:
    return np.full((180 + seed, 260, 3), 20, np.uint8)


def whereabouts(edited: Edited, source: int = 0) -> NDArray[np.float64]:
    [placement] = [p for p in edited.placements if p.source == source]
    place = placement.matrix @ np.array([*DOT, 1.0])
    return np.asarray(place[:2] / place[2], np.float64)


@pytest.mark.parametrize("name", EDITS)
def test_the_same_seed_makes_the_same_edit_and_another_seed_another(name: str) -> None:
    picture, others = some_pictures()
    before = picture.copy()
    one, two = (apply(name, picture, seed=5, others=others) for _ in range(2))
    assert np.array_equal(one.pixels, two.pixels)
    assert one.pixels.dtype == np.uint8
    assert one.pixels.shape[2] == 3
    assert any(not np.array_equal(apply(name, picture, seed=s, others=others).pixels, picture) for s in (5, 6))
    assert np.array_equal(picture, before)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", [*MOVES, "collage", "inset", "corner_inset", "poster", "story"])
def test_a_dot_is_where_the_truth_says(name: str, seed: int) -> None:
    edited = apply(name, dotted(), seed=seed, others=[dark(1), dark(2), dark(3)])
    x, y = whereabouts(edited)
    height, width = edited.pixels.shape[:2]
    if not (4 <= x < width - 4 and 4 <= y < height - 4):
        pytest.skip("the dot was cut away")
    around = edited.pixels[int(y) - 3 : int(y) + 5, int(x) - 3 : int(x) + 5].astype(float).mean(2)
    level = np.percentile(edited.pixels.astype(float).mean(2), 50)
    assert around.max() > 100 or around.max() > level + 60


def test_a_page_of_several_pictures_names_all_of_them() -> None:
    picture, others = some_pictures()
    sources = {p.source for p in apply("collage", picture, seed=3, others=others).placements}
    assert 0 in sources
    assert len(sources) >= 2


def test_one_style_lays_the_same_banner_over_two_pictures() -> None:
    one, two = (draw("scene", s, longest=160)[:100, :100] for s in (1, 2))
    laid = [apply("banner", np.ascontiguousarray(p), seed=n, style=9).pixels for n, p in enumerate((one, two))]
    same = (np.abs(laid[0].astype(int) - laid[1]).max(2) == 0).mean()
    assert same > (np.abs(one.astype(int) - two).max(2) == 0).mean() + 0.05


def test_an_unknown_edit_is_refused() -> None:
    with pytest.raises(KeyError):
        apply("vanish", dotted(), seed=1)


@pytest.mark.parametrize("kind", KINDS)
def test_drawings_come_from_their_seed_alone(kind: str) -> None:
    assert np.array_equal(draw(kind, 3, longest=96), draw(kind, 3, longest=96))
    assert not np.array_equal(draw(kind, 3, longest=96), draw(kind, 4, longest=96))


@pytest.mark.parametrize("look", [1, 2])
def test_another_look_changes_the_article_and_leaves_the_ground(look: int) -> None:
    plain, variant = draw("product", 7, longest=160), draw("product", 7, look=look, longest=160)
    changed = np.abs(plain.astype(int) - variant).max(2) > 12
    assert 0.02 < changed.mean() < 0.6
    assert not changed[:5].any()
    assert not changed[-5:].any()


def test_banners_of_one_template_share_their_logo() -> None:
    one, two = (draw("banner", seed, template=3, longest=200) for seed in (1, 2))
    assert one.shape == two.shape
    corner = np.abs(one[:25, :40].astype(int) - two[:25, :40])
    assert corner.mean() < 3 < np.abs(one.astype(int) - two).mean()
