"""What verification calls pairs of pictures."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from sosie.features import Features
from sosie.matching.verification import Verdict, judge, measure
from tests.matching.verification.pictures import (
    Pixels,
    collage,
    crop,
    features,
    photo,
    product,
    recompressed,
    turned,
    with_banner,
)


def verdict(a: Pixels, b: Pixels) -> Verdict:
    return judge(measure(features(a), features(b)))


EDITS: dict[str, Callable[[Pixels], Pixels]] = {
    "itself": lambda p: p,
    "a strong compression": lambda p: recompressed(p, 15),
    "half the size": lambda p: cv2.resize(p, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
    "a crop": lambda p: crop(p, 0.1, 0.2, 0.8, 0.95),
    "a crop to a quarter": lambda p: crop(p, 0.3, 0.3, 0.8, 0.8),
    "a mirror": lambda p: np.ascontiguousarray(p[:, ::-1]),
    "upside down": lambda p: np.ascontiguousarray(p[::-1]),
    "a quarter turn": lambda p: np.ascontiguousarray(np.rot90(p)),
    "a turn by 17 degrees": lambda p: turned(p, 17),
    "a squeeze": lambda p: cv2.resize(p, (270, 280), interpolation=cv2.INTER_AREA),
    "the negative": lambda p: 255 - p,
    "grey": lambda p: np.repeat(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2),
    "darker": lambda p: (p * 0.55).astype(np.uint8),
    "a blur": lambda p: cv2.GaussianBlur(p, (0, 0), 2.0),
    "a banner over it": with_banner,
    "a mirrored crop": lambda p: np.ascontiguousarray(crop(p, 0.2, 0.1, 0.9, 0.8)[:, ::-1]),
    "a white border": lambda p: cv2.copyMakeBorder(p, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(255, 255, 255)),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_a_picture_is_its_copy(edit: str) -> None:
    original = photo(1)
    found = verdict(original, np.asarray(EDITS[edit](original), np.uint8))
    assert found.relation == "copy", (edit, found)
    assert found.score > 0.6


@pytest.mark.parametrize("seed", range(2, 12))
def test_different_pictures_are_strangers(seed: int) -> None:
    assert verdict(photo(1), photo(seed)).relation is None


@pytest.mark.parametrize("seed", range(2, 8))
def test_the_same_banner_makes_no_copies_of_different_pictures(seed: int) -> None:
    found = verdict(with_banner(photo(1)), with_banner(photo(seed)))
    assert found.relation in (None, "scene")


def test_a_picture_in_a_collage_is_contained_and_not_a_copy() -> None:
    found = verdict(photo(1), collage(photo(1), photo(2)))
    assert (found.relation, found.inner) == ("contains", "a")


def test_a_collage_contains_its_member_whatever_the_order() -> None:
    found = verdict(collage(photo(1), photo(2)), photo(2))
    assert (found.relation, found.inner) == ("contains", "b")


@pytest.mark.parametrize("colour", [(30, 60, 200), (30, 150, 60), (200, 190, 40), (25, 25, 30)])
def test_a_shirt_in_another_colour_is_a_variant(colour: tuple[int, int, int]) -> None:
    assert verdict(product((200, 30, 40)), product(colour)).relation == "variant"


def test_a_shirt_in_the_same_colour_is_a_copy() -> None:
    assert verdict(product((200, 30, 40)), recompressed(product((200, 30, 40)), 60)).relation == "copy"


def test_another_view_of_the_same_things_is_no_copy() -> None:
    original = photo(1)
    height, width = original.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    moved = cv2.remap(original, x + 5 * np.sin(y / 31), y + 5 * np.cos(x / 37), cv2.INTER_LINEAR)
    noise = np.random.default_rng(0).normal(0, 4, moved.shape)
    view = np.clip(moved * np.linspace(0.75, 1.05, width)[None, :, None] + noise, 0, 255).astype(np.uint8)
    assert verdict(original, view).relation in (None, "scene")


def test_plain_pictures_without_keypoints_are_nothing_to_each_other() -> None:
    grey, white = np.full((200, 200, 3), 128, np.uint8), np.full((200, 200, 3), 255, np.uint8)
    assert verdict(grey, white).relation is None
    assert verdict(grey, grey).relation is None


def icon(kind: int) -> Pixels:
    page = np.full((240, 240, 3), 255, np.uint8)
    if kind == 0:
        cv2.circle(page, (120, 120), 70, (200, 30, 60), -1, cv2.LINE_AA)
    elif kind == 1:
        cv2.rectangle(page, (60, 60), (180, 180), (200, 30, 60), -1)
    else:
        cv2.fillPoly(page, [np.array([[120, 40], [200, 190], [40, 190]], np.int32)], (200, 30, 60), cv2.LINE_AA)
    return page


def without_keypoints(pixels: Pixels) -> Features:
    found = features(pixels)
    return Features(found.thumbnail, found.points[:0], found.descriptors[:0])


def test_an_icon_without_keypoints_is_found_by_its_frame() -> None:
    turned_icon = recompressed(np.ascontiguousarray(np.rot90(icon(2))), 70)
    found = judge(measure(without_keypoints(icon(2)), without_keypoints(turned_icon)))
    assert found.relation == "copy"


def test_icons_of_other_shapes_are_no_copies() -> None:
    for a, b in ((0, 1), (0, 2), (1, 2)):
        found = judge(measure(without_keypoints(icon(a)), without_keypoints(icon(b))))
        assert found.relation is None
