"""PDQ is held to the reference implementation, package `pdqhash`."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from sosie.fingerprints.luma import centred_luma
from sosie.fingerprints.pdq import pdq, pdq_reduction, pdq_variants

PHOTOS = Path(__file__).parents[2].parent / "shared" / "data" / "public" / "images"
TOLERANCE = 10


def scenery(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    """Smooth coloured blotches with some edges: what a photo is to PDQ."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (9, 11, 3), np.uint8)
    image = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(6):
        corner = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(image, corner, int(rng.integers(5, 80)), rng.integers(0, 256, 3).tolist(), -1)
    return np.asarray(image, np.uint8)


def variants(pixels: NDArray[np.uint8], size: tuple[int, int] | None = None) -> tuple[NDArray[np.uint8], int]:
    codes, quality = pdq_variants(pdq_reduction(centred_luma(pixels), size)[None])
    return codes[0], int(quality[0])


def distances(
    pixels: NDArray[np.uint8], of: NDArray[np.uint8], size: tuple[int, int] | None = None
) -> tuple[list[int], int, int]:
    """Bits between our hashes of `pixels` and the reference's of `of`, and both qualities."""
    expected, expected_quality = pdqhash.compute_dihedral(np.ascontiguousarray(of))
    codes, quality = variants(pixels, size)
    bits = np.unpackbits(codes, axis=1)
    return [int((bits[k] != expected[k]).sum()) for k in range(8)], quality, expected_quality


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), height=st.integers(64, 700), width=st.integers(64, 700))
def test_all_orientations_are_those_of_the_reference(seed: int, height: int, width: int) -> None:
    pixels = scenery(seed, height, width)
    apart, quality, expected_quality = distances(pixels, pixels)
    assert abs(quality - expected_quality) <= 2
    if expected_quality >= 50:
        assert max(apart) <= TOLERANCE


def test_an_orientation_is_the_hash_of_the_turned_image() -> None:
    pixels = scenery(3, 256, 384)
    codes, _ = variants(pixels)
    turned = pixels, np.rot90(pixels), np.rot90(pixels, 2), np.rot90(pixels, 3), pixels[::-1], pixels[:, ::-1]
    for code, image in zip(codes, turned, strict=False):
        direct, _ = pdq(np.ascontiguousarray(image))
        assert int(np.bitwise_count(code ^ direct).sum()) <= 40  # the 64 rows that are kept lie off centre


def test_half_of_the_bits_are_set() -> None:
    codes, _ = variants(scenery(4, 300, 500))
    assert np.array_equal(np.unpackbits(codes, axis=1).sum(axis=1), [128] * 8)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_flat_image_has_no_quality(value: int) -> None:
    _, quality = pdq(np.full((200, 300, 3), value, np.uint8))
    assert quality == 0


@pytest.mark.parametrize(("height", "width"), [(1, 1), (4, 300), (300, 4)])
def test_an_image_too_small_to_hash_has_an_empty_hash_and_no_quality(height: int, width: int) -> None:
    code, quality = pdq(scenery(5, 300, 300)[:height, :width])
    assert not code.any()
    assert quality == 0


def photos(count: int) -> list[Path]:
    found = sorted(PHOTOS.glob("*.jpg")) if PHOTOS.is_dir() else []
    if not found:
        pytest.skip("the shared photos are not here")
    return found[:: max(len(found) // count, 1)]


def test_photos_hash_like_the_reference() -> None:
    for path in photos(60):
        pixels = np.asarray(Image.open(path).convert("RGB"))
        apart, quality, expected_quality = distances(pixels, pixels)
        assert abs(quality - expected_quality) <= 3, path.name
        assert expected_quality < 50 or max(apart) <= TOLERANCE, path.name


def test_photos_decoded_at_a_smaller_scale_hash_like_the_reference_at_full_size() -> None:
    compared = 0
    for path in photos(120):
        with Image.open(path) as image:
            size = image.size
            full = np.asarray(image.convert("RGB"))
        with Image.open(path) as image:
            image.draft("RGB", (256, 256))
            pixels = np.asarray(image.convert("RGB"))
        if pixels.shape == full.shape:
            continue
        compared += 1
        apart, quality, expected_quality = distances(pixels, full, size)
        assert abs(quality - expected_quality) <= 5, path.name
        assert expected_quality < 50 or max(apart) <= TOLERANCE, path.name
    assert compared
