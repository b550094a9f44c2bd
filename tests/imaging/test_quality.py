"""Real pixels: enlarged copies rank below their originals, smaller and recompressed ones as they should."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import simplejpeg
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sosie.errors import UsageError
from sosie.imaging import ImageInfo, Picture, decode, effective_pixels, thumbnail
from sosie.imaging.quality import detail
from sosie.imaging.thumbnails import encode_jpeg, encode_webp
from sosie.imaging.vp8 import webp_quality

Pixels = NDArray[np.uint8]
TRAIN = Path(__file__).parents[2].parent / "shared" / "data" / "train" / "images"


def _real(pixels: Pixels) -> float:
    return effective_pixels(Picture(ImageInfo("PNG", pixels.shape[1], pixels.shape[0]), pixels))


def _resized(pixels: Pixels, scale: float, interpolation: int) -> Pixels:
    resized: Pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=interpolation)
    return resized


def _as_jpeg(pixels: Pixels, quality: int) -> Pixels:
    file = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality, colorsubsampling="420")
    decoded: Pixels = simplejpeg.decode_jpeg(file)
    return decoded


def _textures(count: int) -> list[Pixels]:
    """Pictures whose amplitudes fall with frequency, as those of photos do."""
    found = []
    for seed in range(count):
        noise = np.fft.rfft2(np.random.default_rng(seed).normal(size=(240, 320)))
        fy, fx = np.fft.fftfreq(240)[:, None], np.fft.rfftfreq(320)[None]
        field = np.fft.irfft2(noise / np.hypot(np.hypot(fx, fy), 1 / 320))
        level = np.clip(128 + 45 * field / field.std(), 0, 255).astype(np.uint8)
        found.append(np.repeat(level[..., None], 3, axis=2))
    return found


def _share_below(pictures: list[Pixels], edit: Callable[[Pixels], Pixels]) -> float:
    return float(np.mean([_real(edit(p)) < _real(p) for p in pictures]))


@pytest.mark.parametrize("scale", [1.5, 2.0, 3.0])
@pytest.mark.parametrize("interpolation", [cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4])
def test_an_enlarged_texture_has_fewer_real_pixels_than_its_original(scale: float, interpolation: int) -> None:
    assert _share_below(_textures(10), lambda p: _resized(p, scale, interpolation)) == 1.0


def test_a_smaller_copy_has_fewer_real_pixels() -> None:
    assert _share_below(_textures(10), lambda p: _resized(p, 0.75, cv2.INTER_AREA)) == 1.0


def test_recompression_and_a_mild_blur_do_not_halve_the_real_pixels() -> None:
    for texture in _textures(10):
        assert _real(_as_jpeg(texture, 60)) >= 0.5 * _real(texture)
        assert _real(cv2.GaussianBlur(texture, (0, 0), 0.4).astype(np.uint8)) >= 0.5 * _real(texture)


@pytest.mark.skipif(not TRAIN.exists(), reason="the photos are not on this machine")
def test_enlarged_photos_rank_below_their_originals() -> None:
    files = sorted(f for f in TRAIN.rglob("*") if f.suffix in (".jpg", ".png", ".webp"))[::25]
    photos = [decode(f.read_bytes()).pixels for f in files]
    shares = []
    for interpolation in (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4):
        for scale in (1.5, 2.0, 3.0):

            def enlarged(p: Pixels, by: float = scale, how: int = interpolation) -> Pixels:
                return _as_jpeg(_resized(p, by, how), 90)

            shares.append(_share_below(photos, enlarged))
    assert np.mean(shares) > 0.95
    assert np.mean([_real(_as_jpeg(p, 60)) >= 0.5 * _real(p) for p in photos]) > 0.95


def test_pictures_that_show_nothing_are_taken_at_their_word() -> None:
    assert detail(np.full((64, 64, 3), 200, np.uint8)) == 1.0
    assert detail(np.zeros((3, 5, 3), np.uint8)) == 1.0
    assert 0 < detail(np.random.default_rng(0).integers(0, 255, (20, 5000, 3), dtype=np.uint8)) <= 1


def test_a_thumbnail_fits_its_side_and_keeps_the_proportions() -> None:
    picture = Picture(ImageInfo("PNG", 320, 240), _textures(1)[0])
    assert thumbnail(picture, 80).shape == (60, 80, 3)
    assert thumbnail(picture, 1000) is picture.pixels
    assert thumbnail(Picture(ImageInfo("PNG", 500, 2), np.zeros((2, 500, 3), np.uint8)), 50).shape == (1, 50, 3)
    with pytest.raises(UsageError, match="0 pixels wide"):
        thumbnail(picture, 0)


def test_thumbnails_are_written_as_webp_and_jpeg() -> None:
    small = thumbnail(Picture(ImageInfo("PNG", 320, 240), _textures(1)[0]), 80)
    for file, name in ((encode_webp(small), "WEBP"), (encode_jpeg(small), "JPEG")):
        shown = decode(file)
        assert shown.info.format == name
        assert shown.pixels.shape == small.shape
        assert np.abs(shown.pixels.astype(int) - small).mean() < 6


def test_a_lossy_webp_says_how_strongly_it_was_compressed() -> None:
    asked = (10, 30, 50, 75, 90, 100)
    for pixels in _textures(2):
        told = [decode(encode_webp(pixels, quality)).info.quality or 0 for quality in asked]
        assert told == sorted(set(told))


@pytest.mark.parametrize("quality", [40, 80])
def test_a_webp_and_a_jpeg_of_equal_quality_have_lost_about_as_much(quality: int) -> None:
    pixels = _textures(1)[0]
    as_webp = decode(encode_webp(pixels, quality))
    told = as_webp.info.quality
    assert told is not None
    loss, better, worse = (
        float(np.mean((other.astype(float) - pixels) ** 2))
        for other in (as_webp.pixels, _as_jpeg(pixels, min(told + 12, 100)), _as_jpeg(pixels, told - 12))
    )
    assert better < loss < worse


@given(st.binary(min_size=30, max_size=200))
def test_bytes_that_are_no_picture_have_some_quality_or_none(data: bytes) -> None:
    assert webp_quality(b"\x10\x02\x00\x9d\x01\x2a" + data) in {None, *range(1, 101)}
