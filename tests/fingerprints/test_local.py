"""The local-feature fingerprint, through its public door."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sosie.errors import SosieError
from sosie.features import FORMS, WORD_FORMS, Features, Form, Spots
from sosie.fingerprints.local import FEATURES, SPOTS, VLAD, LocalFingerprinter, extract, signs, vectors
from sosie.fingerprints.local.vlad import codebook
from sosie.fingerprints.local.words import wordbook
from sosie.imaging.picture import ImageInfo, Picture
from training.draw import draw

Pixels = NDArray[np.uint8]


def picture(pixels: Pixels) -> Picture:
    return Picture(ImageInfo("PNG", pixels.shape[1], pixels.shape[0]), pixels)


def in_form(pixels: Pixels, form: int) -> Pixels:
    pixels = pixels[:, ::-1] if form & 1 else pixels
    return np.ascontiguousarray(255 - pixels if form & 2 else pixels)


def cosine(a: NDArray[np.int8], b: NDArray[np.int8]) -> float:
    one, two = a.astype(float), b.astype(float)
    return float(one @ two / np.linalg.norm(one) / np.linalg.norm(two))


def test_a_picture_gets_one_row_in_each_space() -> None:
    fingerprinter = LocalFingerprinter()
    [rows] = fingerprinter.compute([picture(draw("scene", 1, longest=240))])
    assert [space.name for space in fingerprinter.spaces] == ["features", "vlad256", "spots"]
    assert fingerprinter.spaces == (FEATURES, VLAD, SPOTS)
    features, vector, spots = rows
    count = len(Features.from_bytes(features).points)
    assert 50 <= count <= 150
    assert len(vector) == VLAD.dims == 256
    assert len(Spots.from_bytes([spots]).rows) == count


@pytest.mark.parametrize("kind", ["product", "scene", "banner"])
def test_equal_pictures_get_equal_bytes_in_any_thread(kind: str) -> None:
    fingerprinter, pixels = LocalFingerprinter(), draw(kind, 3, longest=240)
    [expected] = fingerprinter.compute([picture(pixels)])
    with ThreadPoolExecutor(4) as pool:
        for rows in pool.map(lambda _: fingerprinter.compute([picture(pixels)])[0], range(8)):
            assert rows == expected


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 2), (7, 5), (600, 40), (200, 200)])
def test_plain_pictures_of_any_size_have_no_features_and_a_zero_vector(shape: tuple[int, int]) -> None:
    pixels = np.full((*shape, 3), 200, np.uint8)
    [(features, vector, spots)] = LocalFingerprinter().compute([picture(pixels)])
    assert len(Features.from_bytes(features).points) == 0
    assert not any(vector)
    assert spots == b""


def test_pictures_are_not_changed() -> None:
    pixels = draw("product", 8, longest=240)
    before = pixels.copy()
    LocalFingerprinter().compute([picture(pixels)])
    assert np.array_equal(pixels, before)


def test_points_lie_in_the_frame_where_the_picture_has_them() -> None:
    pixels = np.full((400, 600, 3), 255, np.uint8)
    cv2.circle(pixels, (450, 100), 20, (0, 0, 0), -1, cv2.LINE_AA)
    features = extract(pixels)
    assert features.size == (200, 133)
    middle = features.points[:, :2][features.points[:, 2] > 6]
    assert np.abs(np.median(middle, axis=0) - [149.5, 33.1]).max() < 1


def test_a_small_picture_is_enlarged_to_the_frame_of_its_original() -> None:
    large = draw("scene", 11)
    small = cv2.resize(large, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    assert max(extract(np.asarray(small, np.uint8)).size) == 200
    rows = [vector for _, vector, _ in LocalFingerprinter().compute([picture(large), picture(np.asarray(small))])]
    assert cosine(*vectors(rows)) > 0.3


@pytest.mark.parametrize("form", [1, 2, 3])
@pytest.mark.parametrize("kind", ["scene", "product"])
def test_forms_of_features_are_those_of_the_mirrored_and_inverted_picture(kind: str, form: Form) -> None:
    pixels = draw(kind, 21, longest=240)
    derived, real = extract(pixels).form(form), extract(in_form(pixels, form))
    place = np.abs(derived.points[:, None, :2] - real.points[None, :, :2]).max(2)
    turn = np.abs((derived.points[:, None, 3] - real.points[None, :, 3] + 180) % 360 - 180)
    same = (place < 0.5) & (turn < 5) & (np.abs(derived.points[:, None, 2] / real.points[None, :, 2] - 1) < 0.05)
    at, other = np.nonzero(same)
    assert same.any(0).mean() > 0.75
    apart = np.abs(derived.descriptors[at].astype(int) - real.descriptors[other])
    assert np.median(apart.mean(1)) < 1.5


@pytest.mark.parametrize("form", [0, 1, 2, 3])
def test_the_vector_of_a_form_is_the_vector_with_other_signs(form: Form) -> None:
    descriptors = extract(draw("scene", 31, longest=240)).descriptors
    book = codebook()
    assert np.allclose(book.vector(descriptors[:, FORMS[form]]), book.vector(descriptors) * signs()[form], atol=1e-4)


@pytest.mark.parametrize("form", [1, 2, 3])
def test_the_vector_of_a_mirrored_or_inverted_picture_is_near_to_the_other_signs(form: int) -> None:
    pixels = draw("scene", 32, longest=240)
    pictures = [picture(pixels), picture(in_form(pixels, form))]
    plain, other = vectors([vector for _, vector, _ in LocalFingerprinter().compute(pictures)])
    assert cosine(plain * signs()[form], other) > 0.8 > cosine(plain, other)


@pytest.mark.parametrize("form", [1, 2, 3])
def test_the_word_of_a_form_is_the_word_with_bits_turned(form: int) -> None:
    descriptors = extract(draw("scene", 33, longest=240)).descriptors
    book = wordbook()
    derived = book.words(descriptors) ^ WORD_FORMS[form]
    assert (book.words(descriptors[:, FORMS[form]]) == derived).mean() > 0.97
    assert (derived[:, 0] != derived[:, 1]).all()


def test_rows_of_another_length_are_no_vectors() -> None:
    with pytest.raises(SosieError, match="no vectors"):
        vectors([bytes(255)])
