"""What strangers share counts for nothing; the rest decides."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sosie.matching.verification import measure, prepare
from sosie.matching.verification.commonplace import MANY, common_places
from tests.matching.verification.pictures import Pixels, features, photo


def with_logo(picture: Pixels) -> Pixels:
    """The same large logo over the lower half of any picture."""
    height, width = picture.shape[:2]
    logo = cv2.resize(photo(900), (width, height // 2), interpolation=cv2.INTER_AREA)
    page = picture.copy()
    page[height - height // 2 :] = logo
    return page


@pytest.fixture(scope="module")
def shared() -> tuple[list[Pixels], dict[int, np.ndarray]]:
    """Four pictures with one logo, and how many strangers hold each of their keypoints."""
    pages = [with_logo(photo(seed)) for seed in (31, 32, 33, 34)]
    images = [prepare(features(page)) for page in pages]
    counts = {number: np.zeros(len(image.places), np.intp) for number, image in enumerate(images)}
    for a in range(4):
        for b in range(a + 1, 4):
            found = measure(images[a], images[b])
            assert found is not None
            for number, rows in zip((a, b), found.followed, strict=True):
                counts[number][np.unique(rows)] += 1
    return pages, counts


def test_keypoints_of_a_logo_are_held_by_many_strangers(shared: tuple[list[Pixels], dict[int, np.ndarray]]) -> None:
    pages, counts = shared
    image = prepare(features(pages[0]))
    common = common_places(image, counts[0])
    below = image.places.imag > image.size[1] / 2
    assert common[below].mean() > 0.5
    assert common[~below].mean() < 0.1


def test_without_the_logo_nothing_of_two_strangers_agrees(shared: tuple[list[Pixels], dict[int, np.ndarray]]) -> None:
    pages, counts = shared
    one, other = features(pages[0]), features(pages[1])
    plain, weighed = measure(one, other), measure(one, other, strangers=(counts[0], counts[1]))
    assert plain is not None
    assert weighed is not None
    assert weighed.inliers < 0.3 * plain.inliers
    assert weighed.agreement < 0.5 * plain.agreement


def test_without_the_logo_a_picture_and_its_page_agree_more(
    shared: tuple[list[Pixels], dict[int, np.ndarray]],
) -> None:
    pages, counts = shared
    one, other = features(photo(31)), features(pages[0])
    none = np.zeros(len(one.points), np.intp)
    plain, weighed = measure(one, other), measure(one, other, strangers=(none, counts[0]))
    assert plain is not None
    assert weighed is not None
    assert weighed.agreement > plain.agreement + 0.1
    assert weighed.hole < plain.hole


def test_counts_below_many_leave_a_pair_as_it_is() -> None:
    one, other = features(photo(5)), features(with_logo(photo(5)))
    counts = tuple(np.full(len(each.points), MANY - 1, np.intp) for each in (one, other))
    plain, weighed = measure(one, other), measure(one, other, strangers=(counts[0], counts[1]))
    assert plain is not None
    assert weighed is not None
    assert (weighed.inliers, weighed.agreement, weighed.overlap) == (plain.inliers, plain.agreement, plain.overlap)


def test_a_pair_of_which_every_common_keypoint_belongs_to_the_design_is_no_pair() -> None:
    one, other = features(photo(5)), features(photo(5)[:, :300])
    plain = measure(one, other)
    assert plain is not None
    counts = [np.zeros(len(each.points), np.intp) for each in (one, other)]
    for side, rows in zip(counts, plain.followed, strict=True):
        side[rows[: len(rows) // 2]] = MANY
    assert measure(one, other, strangers=(counts[0], counts[1])) is not None
    corner = [each.points[:, 0] < 40 for each in (one, other)]
    held = [np.where(near, 0, MANY) for near in corner]
    for side, rows in zip(held, plain.followed, strict=True):
        side[rows] = MANY
    assert measure(one, other, strangers=(held[0], held[1])) is None
