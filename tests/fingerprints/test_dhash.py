"""dHash is held, bit for bit, to the `imagehash` package, in all eight orientations."""

from __future__ import annotations

import imagehash
import numpy as np
import PIL
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from sosie.fingerprints.base import INVERSE, ORIENTATIONS, FakeFingerprinter, builtin_hashes
from sosie.fingerprints.dhash import DHASH64, dhash, dhash_reduction, dhash_variants
from sosie.fingerprints.hashes import HashFingerprinter, read_rows
from sosie.fingerprints.luma import centred_luma
from sosie.fingerprints.pdq import PDQ256, pdq_reduction
from sosie.imaging.picture import ImageInfo, Picture

TRANSPOSES = (
    None,
    Image.Transpose.ROTATE_90,
    Image.Transpose.ROTATE_180,
    Image.Transpose.ROTATE_270,
    Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.FLIP_LEFT_RIGHT,
    Image.Transpose.TRANSPOSE,
    Image.Transpose.TRANSVERSE,
)


def reference(image: Image.Image) -> NDArray[np.uint8]:
    return np.packbits(imagehash.dhash(image).hash.ravel())


def comparable(height: int, width: int) -> bool:
    """Whether the installed Pillow resizes as Pillow 13 does: before, tall images went across first too."""
    return int(PIL.__version__.split(".")[0]) >= 13 or (height - 8 <= 2 * (width - 9) and width - 8 <= 2 * (height - 9))


def noise(seed: int, height: int, width: int, cell: int = 1) -> NDArray[np.uint8]:
    """Coloured noise; with cells over 1, blotches that look more like a photo."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (-(-height // cell), -(-width // cell), 3), np.uint8)
    return np.ascontiguousarray(small.repeat(cell, axis=0).repeat(cell, axis=1)[:height, :width])


def variants(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    grey = centred_luma(pixels)
    codes, qualities = dhash_variants(dhash_reduction(grey)[None], pdq_reduction(grey)[None])
    return codes[0], int(qualities[0])


def picture(pixels: NDArray[np.uint8]) -> Picture:
    return Picture(ImageInfo("PNG", pixels.shape[1], pixels.shape[0]), pixels)


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.integers(1, 400),
    width=st.integers(1, 400),
    cell=st.sampled_from([1, 2, 7, 40, 400]),
)
def test_the_hash_of_any_image_is_that_of_imagehash(seed: int, height: int, width: int, cell: int) -> None:
    assume(comparable(height, width))
    pixels = noise(seed, height, width, cell)
    assert np.array_equal(dhash(pixels), reference(Image.fromarray(pixels)))


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), height=st.integers(1, 300), width=st.integers(1, 300))
def test_flips_and_half_turns_have_the_exact_hash_of_the_turned_image(seed: int, height: int, width: int) -> None:
    assume(comparable(height, width))
    image = Image.fromarray(noise(seed, height, width, 5))
    codes, _ = variants(np.asarray(image))
    for index in (0, 2, 4, 5):
        transpose = TRANSPOSES[index]
        assert np.array_equal(codes[index], reference(image if transpose is None else image.transpose(transpose)))


def test_quarter_turns_have_nearly_the_hash_of_the_turned_image() -> None:
    distances = []
    for seed in range(20):
        image = Image.fromarray(noise(seed, 300 + 9 * seed, 420, 60))
        codes, _ = variants(np.asarray(image))
        for index in (1, 3, 6, 7):
            transpose = TRANSPOSES[index]
            assert transpose is not None
            turned = reference(image.transpose(transpose))
            distances.append(int(np.bitwise_count(codes[index] ^ turned).sum()))
    assert np.mean(distances) <= 2
    assert max(distances) <= 6


@pytest.mark.parametrize(("height", "width"), [(2, 7000), (7000, 2), (9, 8), (8, 9), (1, 1), (480, 640)])
def test_extreme_sides_hash_like_imagehash(height: int, width: int) -> None:
    if not comparable(height, width):
        pytest.skip("Pillow before 13 resizes tall images in another order")
    pixels = noise(1, height, width, 3)
    assert np.array_equal(dhash(pixels), reference(Image.fromarray(pixels)))


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_grey_values_are_those_of_pillow(seed: int) -> None:
    pixels = noise(seed, 256, 256)
    expected = np.asarray(Image.fromarray(pixels).convert("L"))
    assert np.array_equal(centred_luma(pixels) + np.int16(128), expected)


def test_grey_values_halfway_between_two_are_rounded_up_as_in_pillow() -> None:
    red, green, blue = np.meshgrid(*[np.arange(256)] * 3, indexing="ij")
    halfway = (19595 * red + 38470 * green + 7471 * blue) % 65536 == 32768
    pixels = np.stack((red[halfway], green[halfway], blue[halfway]), axis=1).astype(np.uint8)[None]
    assert pixels.shape[1] > 100
    assert np.array_equal(centred_luma(pixels) + np.int16(128), np.asarray(Image.fromarray(pixels).convert("L")))


def test_undoing_an_orientation_gives_the_image_back() -> None:
    image = Image.fromarray(noise(2, 6, 9))
    for index, transpose in enumerate(TRANSPOSES):
        undo = TRANSPOSES[INVERSE[index]]
        turned = image if transpose is None else image.transpose(transpose)
        assert (turned if undo is None else turned.transpose(undo)).tobytes() == image.tobytes(), ORIENTATIONS[index]


@pytest.mark.parametrize("value", [0, 97, 255])
def test_a_flat_image_says_nothing(value: int) -> None:
    _, quality = variants(np.full((300, 200, 3), value, np.uint8))
    assert quality == 0


def test_an_image_that_is_flat_along_one_direction_says_nothing() -> None:
    stripes = noise(3, 1, 300, 30).repeat(200, axis=0)
    _, quality = variants(stripes)
    assert quality == 0


def test_a_picture_with_contrast_says_much() -> None:
    _, quality = variants(noise(4, 300, 400, 50))
    assert quality > 60


def test_rows_of_both_hashes_can_be_read_back() -> None:
    pictures = [picture(noise(seed, 90 + seed, 120, 9)) for seed in range(3)]
    hashes = HashFingerprinter()
    rows = hashes.compute(pictures)
    assert hashes.spaces == (DHASH64, PDQ256)
    codes, qualities = read_rows(DHASH64, [row[0] for row in rows])
    assert codes.shape == (3, 8, 8)
    assert qualities.shape == (3,)
    assert np.array_equal(codes[1, 0], reference(Image.fromarray(pictures[1].pixels)))
    codes, qualities = read_rows(PDQ256, [row[1] for row in rows])
    assert codes.shape == (3, 8, 32)


def test_one_hash_alone_gives_the_rows_that_both_give() -> None:
    pictures = [picture(noise(seed, 70, 64, 9)) for seed in range(2)]
    hashes = builtin_hashes()
    both = hashes["hash"].compute(pictures)
    assert hashes["dhash64"].compute(pictures) == [row[:1] for row in both]
    assert hashes["pdq256"].compute(pictures) == [row[1:] for row in both]


def test_rows_do_not_depend_on_what_else_is_in_the_batch() -> None:
    pictures = [picture(noise(seed, 100 + 31 * seed, 150, 11)) for seed in range(5)]
    hashes = HashFingerprinter()
    assert hashes.compute(pictures) == [hashes.compute([one])[0] for one in pictures]


def test_no_pictures_give_no_rows() -> None:
    assert HashFingerprinter().compute([]) == []


def test_pixels_that_are_a_view_hash_like_a_copy_of_them() -> None:
    pixels = noise(5, 200, 300, 9)
    view = pixels[20:150:1, 30:260]
    assert np.array_equal(dhash(view), dhash(view.copy()))


def test_the_fake_tells_other_pixels_apart_and_knows_equal_ones() -> None:
    fake = FakeFingerprinter(dims=128)
    one, other = picture(noise(1, 4, 4)), picture(noise(2, 4, 4))
    rows = fake.compute([one, other, one])
    assert rows[0] == rows[2] != rows[1]
    assert len(rows[0][0]) * 8 == fake.spaces[0].dims
