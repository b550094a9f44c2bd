"""Measurements: the same in either order and every time, and true to what was done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from sosie.features import FORMS
from sosie.imaging.picture import ImageInfo
from sosie.matching.verification import describe, judge, measure, prepare, verify
from sosie.matching.verification.correspondences import similarities
from sosie.matching.verification.geometry import project
from sosie.matching.verification.verdict import numbers_of
from tests.matching.verification.pictures import Pixels, collage, crop, features, photo, turned, with_banner


def info(pixels: Pixels) -> ImageInfo:
    return ImageInfo(format="PNG", width=pixels.shape[1], height=pixels.shape[0])


def test_a_pair_measures_the_same_in_either_order() -> None:
    a, b = features(photo(1)), features(crop(photo(1), 0.1, 0.0, 0.8, 0.9))
    forward, backward = measure(a, b), measure(b, a)
    assert forward is not None
    assert backward is not None
    assert judge(forward) == judge(backward)
    assert numbers_of(forward) == pytest.approx(numbers_of(backward), abs=1e-6)
    assert forward.overlap == backward.overlap[::-1]
    assert forward.transform @ backward.transform == pytest.approx(np.eye(3), abs=1e-6)


def test_threads_do_not_change_what_is_measured() -> None:
    pictures = {n: features(p) for n, p in enumerate([photo(1), turned(photo(1), 8), with_banner(photo(1)), photo(2)])}
    pairs = [(a, b) for a in pictures for b in pictures if a < b] * 3

    def scores(chunk: list[tuple[int, int]]) -> list[tuple[object, float]]:
        return [(v.verdict.relation, v.verdict.score) for v in verify(chunk, pictures.__getitem__)]

    alone = scores(pairs)
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(scores, [pairs, pairs[::-1], pairs])) == [alone, alone[::-1], alone]


def test_the_four_forms_come_from_one_product() -> None:
    a, b = features(photo(1)), features(photo(2))
    table = similarities(prepare(a), prepare(b))
    roots = [
        np.sqrt(d / np.maximum(d.sum(axis=1, keepdims=True), 1e-6))
        for d in (a.descriptors.astype(np.float64), b.descriptors.astype(np.float64))
    ]
    for form in range(4):
        assert table[form] == pytest.approx(roots[0][:, FORMS[form]] @ roots[1].T, abs=2e-3)


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_transform_leads_to_where_a_pixel_went(mirrored: bool) -> None:
    original = photo(3)
    edited = crop(original, 0.2, 0.1, 0.9, 0.8)
    if mirrored:
        edited = np.ascontiguousarray(edited[:, ::-1])
    found = measure(features(original), features(edited))
    assert found is not None
    evidence = describe(found, info(original), info(edited))
    assert evidence.transform is not None
    place = np.array([[180.0, 130.0]])
    x, y = 180.0 - 0.2 * 360, 130.0 - 0.1 * 280
    expected = [edited.shape[1] - 1 - x if mirrored else x, y]
    assert project(np.array(evidence.transform), place)[0] == pytest.approx(expected, abs=0.8)


def kinds(a: Pixels, b: Pixels) -> dict[str, float]:
    found = measure(features(a), features(b))
    assert found is not None
    return {edit.kind: edit.value for edit in describe(found, info(a), info(b)).edits}


def test_a_mirrored_crop_is_described_as_such() -> None:
    original = photo(4)
    edited = np.ascontiguousarray(crop(original, 0.1, 0.1, 0.7, 0.9)[:, ::-1])
    assert {"mirror", "crop"} <= kinds(original, edited).keys()


def test_a_turn_is_described_with_its_degrees() -> None:
    assert kinds(photo(4), turned(photo(4), 12))["rotate"] == pytest.approx(-12, abs=0.5)


def test_a_smaller_copy_is_described_with_its_factor() -> None:
    half = cv2.resize(photo(4), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert kinds(photo(4), np.asarray(half, np.uint8)) == {"resize": pytest.approx(0.5, abs=0.01)}


def test_a_negative_is_described_as_inverted() -> None:
    assert "invert" in kinds(photo(4), 255 - photo(4))


def test_a_darker_copy_is_described_as_darker() -> None:
    assert "darken" in kinds(photo(4), (photo(4) * 0.6).astype(np.uint8))


def test_a_banner_is_described_with_the_area_that_it_covers() -> None:
    original = photo(4)
    found = measure(features(original), features(with_banner(original)))
    assert found is not None
    (overlay,) = [e for e in describe(found, info(original), info(original)).edits if e.kind == "overlay"]
    left, top, right, bottom = overlay.rectangles[0]
    assert (left, right, bottom) == pytest.approx((0.0, 1.0, 1.0), abs=0.06)
    assert top == pytest.approx(0.74, abs=0.06)


def test_a_picture_in_a_collage_is_described_with_its_place() -> None:
    a, b = photo(1), collage(photo(1), photo(2))
    found = measure(features(a), features(b))
    assert found is not None
    evidence = describe(found, info(a), info(b), inner=judge(found).inner)
    assert evidence.inside == pytest.approx((0.0, 0.0, 0.5, 1.0), abs=0.02)


def test_every_measurement_is_a_plain_number() -> None:
    found = measure(features(photo(1)), features(with_banner(photo(1))))
    assert found is not None
    assert all(type(value) is float and np.isfinite(value) for value in numbers_of(found).values())
