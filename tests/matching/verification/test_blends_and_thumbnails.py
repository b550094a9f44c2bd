"""Pictures that hold little of each other: a blend of two photos, and a thumbnail of a few thousand pixels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sosie.matching.verification import Verdict, judge, measure
from sosie.matching.verification.contour import NO_CONTOUR, contour
from sosie.matching.verification.measurements import enlargement
from tests.matching.verification.pictures import Pixels, features, photo, product, recompressed


def small(pixels: Pixels, longest: int) -> Pixels:
    scale = longest / max(pixels.shape[:2])
    return recompressed(np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)), 75)


def verdict(a: Pixels, b: Pixels) -> Verdict:
    sizes = ((each.shape[1], each.shape[0]) for each in (a, b))
    return judge(measure(features(a), features(b), enlarged=enlargement(*sizes)))


@pytest.mark.parametrize("seed", [2, 3, 4, 5])
def test_a_photo_through_which_a_third_of_another_shines_is_a_copy_of_it(seed: int) -> None:
    blend = cv2.addWeighted(photo(1), 0.65, photo(seed), 0.35, 0)
    assert verdict(photo(1), np.asarray(blend, np.uint8)).relation == "copy"


def test_one_strength_everywhere_explains_a_blend_and_not_a_picture_of_which_half_is_another() -> None:
    blend = np.asarray(cv2.addWeighted(photo(1), 0.6, photo(2), 0.4, 0), np.uint8)
    patched = photo(1).copy()
    patched[:, 180:] = photo(2)[:, 180:]
    even, uneven = (measure(features(photo(1)), features(other)) for other in (blend, patched))
    assert even is not None
    assert uneven is not None
    assert even.through > 0.4 > 2 * uneven.through


def test_two_photos_with_one_photo_shining_through_both_are_no_copies() -> None:
    veiled = [np.asarray(cv2.addWeighted(photo(seed), 0.7, photo(9), 0.3, 0), np.uint8) for seed in (1, 2)]
    assert verdict(*veiled).relation in (None, "scene")


@pytest.mark.parametrize("longest", [60, 70, 90])
@pytest.mark.parametrize("original", [140, 360])
def test_a_thumbnail_is_a_copy_of_its_picture(longest: int, original: int) -> None:
    assert verdict(small(photo(1), original), small(photo(1), longest)).relation == "copy"
    assert verdict(small(photo(2), original), small(photo(1), longest)).relation is None


def test_a_thumbnail_of_the_shirt_in_another_colour_is_a_variant() -> None:
    assert verdict(product((200, 30, 40)), small(product((30, 60, 200)), 90)).relation == "variant"


def test_only_images_smaller_than_their_thumbnails_are_compared_at_their_own_scale() -> None:
    assert enlargement((1200, 800), (200, 90)) == 1.0
    assert enlargement((1200, 800), (50, 100)) == 2.0
    assert enlargement((16, 16), (500, 500)) == 4.0


def test_what_changed_colour_has_an_outline_where_a_product_did_and_none_where_a_banner_lies() -> None:
    shirt = measure(features(product((200, 30, 40))), features(product((30, 60, 200))))
    assert shirt is not None
    assert shirt.colour.contour.step > 0.1
    glazed = photo(1).astype(np.float32)
    glazed[180:] = glazed[180:] * 0.4 + np.array([10, 150, 40]) * 0.6
    banner = measure(features(photo(1)), features(glazed.astype(np.uint8)))
    assert banner is not None
    assert banner.colour.contour.coherent < shirt.colour.contour.coherent


def test_the_outline_is_that_of_the_picture_which_shows_less_of_it() -> None:
    changed = np.zeros((20, 20), np.bool_)
    changed[6:14, 6:14] = True
    plain, square = np.full((20, 20, 3), 90, np.uint8), np.full((20, 20, 3), 90, np.uint8)
    square[changed] = (200, 40, 40)
    everywhere = np.ones_like(changed)
    assert contour(changed, everywhere, (square, square)).step == pytest.approx(110 / 255)
    assert contour(changed, everywhere, (square, plain)).step == 0.0
    assert contour(everywhere, everywhere, (square, square)) == NO_CONTOUR
