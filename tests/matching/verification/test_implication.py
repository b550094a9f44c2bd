"""What two copies of one picture imply is confirmed only where shapes and colours are seen to agree."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sosie.imaging.picture import ImageInfo
from sosie.matching.verification import full_size, implied, measure, prepare, to_thumbnails
from tests.matching.verification.pictures import Pixels, crop, features, photo, product, turned


def transform(a: Pixels, b: Pixels) -> NDArray[np.float64]:
    found = measure(features(a), features(b))
    assert found is not None
    return found.transform


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_crop_and_a_turned_copy_are_found_by_way_of_their_original(mirrored: bool) -> None:
    original = photo(1)
    one, other = crop(original, 0.1, 0.05, 0.85, 0.9), turned(original, 12)
    other = np.ascontiguousarray(other[:, ::-1]) if mirrored else other
    way = transform(original, other) @ transform(one, original)
    found, measured = (
        implied(prepare(features(one)), prepare(features(other)), way, framed=False),
        measure(features(one), features(other)),
    )
    assert found is not None
    assert measured is not None
    assert found.form == measured.form
    assert found.agreement == pytest.approx(measured.agreement, abs=0.05)
    assert found.overlap == pytest.approx(measured.overlap, abs=0.12)
    assert found.inliers >= measured.inliers / 2
    assert np.abs(found.transform - measured.transform).max() < 1.0


def test_equal_frames_overlap_in_full() -> None:
    found = implied(prepare(features(photo(1))), prepare(features(photo(1))), np.eye(3))
    assert found is not None
    assert found.overlap == pytest.approx((1.0, 1.0), abs=1e-6)


def test_a_wrong_way_other_colours_and_other_pictures_confirm_nothing() -> None:
    one = prepare(features(photo(1)))
    aside = np.array([[1.0, 0, 9], [0, 1, 4], [0, 0, 1]])
    assert implied(one, one, aside) is None
    assert implied(one, prepare(features(photo(2))), np.eye(3)) is None
    blue, red = (prepare(features(product(colour))) for colour in ((40, 60, 170), (170, 60, 40)))
    assert implied(blue, red, np.eye(3)) is None


def test_a_picture_that_stands_on_a_page_is_left_to_the_judge() -> None:
    small = photo(1)
    page = np.full((560, 720, 3), 245, np.uint8)
    page[60:340, 40:400] = small
    small_to_page = transform(small, page)
    assert implied(prepare(features(small)), prepare(features(page)), small_to_page, framed=True) is None


def test_a_matrix_at_full_size_comes_back_from_thumbnails() -> None:
    one, other = photo(1), cv2.resize(photo(1), (700, 500))
    found = measure(features(one), features(other))
    assert found is not None
    info_a, info_b = (ImageInfo("PNG", pixels.shape[1], pixels.shape[0]) for pixels in (one, other))
    matrix = np.array(full_size(found, info_a, info_b))
    back = to_thumbnails(matrix, (info_a, found.size_a), (info_b, found.size_b))
    assert back / back[2, 2] == pytest.approx(found.transform / found.transform[2, 2], abs=1e-9)
