"""The picture of two aligned images."""

from __future__ import annotations

import numpy as np

from sosie.imaging.comparison import comparison
from training.draw import draw

RED = (220, 0, 40)


def _marks(page: np.ndarray, panel: int, width: int) -> np.ndarray:
    left = 16 + panel * (width + 16)
    marked: np.ndarray = np.asarray((page[36:, left : left + width] == RED).all(axis=2))
    return marked


def test_what_was_laid_over_is_marked_and_nothing_else() -> None:
    picture = draw("scene", 3, longest=320)
    edited = (picture * 0.8).astype(np.uint8)
    edited[40:90, 60:140] = (250, 240, 0)
    page = comparison(picture, edited, np.eye(3))
    rows, columns = np.nonzero(_marks(page, 2, picture.shape[1]))
    assert len(rows)
    assert rows.min() >= 30
    assert rows.max() <= 100
    assert columns.min() >= 50
    assert columns.max() <= 150


def test_a_mirrored_copy_laid_onto_its_original_shows_no_difference() -> None:
    picture = draw("scene", 5, longest=300)
    mirror = np.array([[-1.0, 0, picture.shape[1] - 1], [0, 1, 0], [0, 0, 1]])
    page = comparison(picture, np.ascontiguousarray(picture[:, ::-1]), mirror)
    assert not _marks(page, 2, picture.shape[1]).any()


def test_strangers_stand_side_by_side() -> None:
    one, other = draw("product", 1, longest=200), draw("product", 2, longest=200)
    page = comparison(one, other, None)
    assert page.shape[1] == one.shape[1] + other.shape[1] + 3 * 16


def test_pictures_of_almost_one_brightness_are_laid_over_each_other_without_a_warning() -> None:
    blank = np.full((600, 600, 3), 254, np.uint8)
    blank[280:320, 280:320] = 255
    page = comparison(blank, np.ascontiguousarray(blank[::-1]), np.eye(3))
    assert not _marks(page, 2, 600).any()
