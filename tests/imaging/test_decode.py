"""Decoding: every format and mode gives the pixels that were put in."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sosie.imaging import DecodeParams, decode
from tests.corpus.samples import Sample, samples, save, scene


def _psnr(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    error = float(np.mean((a.astype(np.float64) - b.astype(np.float64)) ** 2))
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


@pytest.mark.parametrize("sample", samples(), ids=lambda s: s.name)
def test_every_format_and_mode_gives_the_pixels_that_were_put_in(sample: Sample) -> None:
    picture = decode(sample.data)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape == sample.pixels.shape
    assert picture.pixels.flags.c_contiguous
    if sample.psnr is None:
        np.testing.assert_array_equal(picture.pixels, sample.pixels)
    else:
        assert _psnr(picture.pixels, sample.pixels) >= sample.psnr
    assert {key: getattr(picture.info, key) for key in sample.info} == sample.info
    assert (picture.info.height, picture.info.width) == picture.pixels.shape[:2]


@pytest.mark.parametrize("options", [{}, {"subsampling": 0}, {"progressive": True}, {"quality": 30}], ids=str)
def test_a_jpeg_that_is_not_shrunk_is_decoded_exactly_as_pillow_decodes_it(options: dict[str, int]) -> None:
    data = save(Image.fromarray(scene(640, 480)), "JPEG", **options)
    whole = decode(data, DecodeParams(min_side=480)).pixels
    np.testing.assert_array_equal(whole, np.asarray(Image.open(io.BytesIO(data))))


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_large_image_is_shrunk_by_a_power_of_two_and_keeps_its_shorter_side(name: str) -> None:
    data = save(Image.fromarray(scene(1500, 1030)), name)
    picture = decode(data)
    assert (picture.info.width, picture.info.height) == (1500, 1030)
    assert picture.pixels.shape == (258, 375, 3)
    assert _psnr(picture.pixels, np.asarray(Image.fromarray(scene(1500, 1030)).reduce(4))) > 30
    assert decode(data, DecodeParams(min_side=600)).pixels.shape == (1030, 1500, 3)
