"""The pixel digest: equal for what looks equal, whatever the file."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sosie.errors import TooLarge
from sosie.imaging import DecodeParams, decode, pixel_digest
from tests.corpus.samples import (
    deep,
    deep_png,
    exif,
    grey,
    heif,
    png_chunk,
    samples,
    save,
    scene,
    three,
    tiff,
    unturned,
)

PIXELS = scene()
IMAGE = Image.fromarray(PIXELS)
DIGEST = pixel_digest(save(IMAGE, "PNG"))


@pytest.mark.parametrize("name", ["PNG", "BMP", "TIFF", "PPM", "JPEG2000", "WEBP", "ICO"])
def test_the_same_pixels_in_another_format_have_the_same_digest(name: str) -> None:
    options: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True}, "ICO": {"sizes": [(72, 48)]}}
    assert pixel_digest(save(IMAGE, name, **options.get(name, {}))) == DIGEST


def test_jpegs_that_differ_in_metadata_only_have_the_same_digest() -> None:
    plain = save(IMAGE, "JPEG", quality=90)
    tagged = save(IMAGE, "JPEG", quality=90, exif=exif(1), comment=b"from the shop", dpi=(300, 300))
    assert plain != tagged
    assert pixel_digest(plain) == pixel_digest(tagged)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_turned_by_its_tag_has_the_digest_of_the_turned_pixels(orientation: int) -> None:
    stored = Image.fromarray(unturned(PIXELS, orientation))
    turned = save(stored, "JPEG", quality=90, exif=exif(orientation))
    assert pixel_digest(turned) == pixel_digest(save(Image.fromarray(decode(turned).pixels), "PNG"))


def test_grey_equals_rgb_of_equal_channels_and_opaque_alpha_equals_none() -> None:
    level = grey(PIXELS)
    assert pixel_digest(save(Image.fromarray(level), "PNG")) == pixel_digest(save(Image.fromarray(three(level)), "PNG"))
    opaque = IMAGE.convert("RGBA")
    assert pixel_digest(save(opaque, "PNG")) == DIGEST
    palette = IMAGE.quantize(32)
    assert pixel_digest(save(palette, "GIF")) == pixel_digest(save(palette.convert("RGB"), "BMP"))


def test_alpha_counts_but_the_colour_of_clear_pixels_does_not() -> None:
    alpha = np.full(PIXELS.shape[:2], 255, np.uint8)
    alpha[:10] = 0
    clear = np.dstack([PIXELS, alpha])
    digest = pixel_digest(save(Image.fromarray(clear), "PNG"))
    assert digest != DIGEST
    clear[:10, :, :3] = 99
    assert pixel_digest(save(Image.fromarray(clear), "PNG")) == digest
    assert pixel_digest(save(Image.fromarray(clear), "WEBP", lossless=True)) == digest


def test_sixteen_bits_keep_their_depth() -> None:
    values = deep(PIXELS)
    finer = values.copy()
    finer[0, 0, 0] ^= 1
    digest = pixel_digest(deep_png(values))
    assert digest == pixel_digest(tiff(values, 2))
    assert digest not in (DIGEST, pixel_digest(deep_png(finer)))
    level = deep(grey(PIXELS))
    digest = pixel_digest(deep_png(level))
    assert digest == pixel_digest(tiff(level, 1))
    assert digest == pixel_digest(deep_png(np.repeat(level[..., None], 3, axis=2)))


@pytest.mark.parametrize("orientation", [2, 3, 6, 8])
def test_deep_pixels_are_turned_as_their_tag_says(orientation: int) -> None:
    upright, stored = deep_png(deep(PIXELS)), deep(unturned(PIXELS, orientation))
    tagged = tiff(stored, 2, extra=((274, 3, orientation),))
    assert pixel_digest(tagged) == pixel_digest(upright)
    chunk = png_chunk(b"eXIf", exif(orientation).removeprefix(b"Exif\0\0"))
    at = deep_png(stored).index(b"IDAT") - 4
    assert pixel_digest(deep_png(stored)[:at] + chunk + deep_png(stored)[at:]) == pixel_digest(upright)


def test_one_pixel_or_another_shape_changes_the_digest() -> None:
    other = PIXELS.copy()
    other[5, 5, 1] ^= 1
    assert pixel_digest(save(Image.fromarray(other), "PNG")) != DIGEST
    assert pixel_digest(save(Image.fromarray(PIXELS.reshape(24, 144, 3)), "PNG")) != DIGEST


@pytest.mark.parametrize("name", ["gif animated", "webp animated", "avif animated", "png animated", "tif pages"])
def test_animations_and_files_of_several_pages_have_no_digest(name: str) -> None:
    data = next(s.data for s in samples() if s.name == name)
    assert pixel_digest(data) is None
    assert pixel_digest(data, picture=decode(data)) is None


def test_a_picture_that_is_decoded_already_gives_the_same_digest() -> None:
    for sample in samples():
        assert pixel_digest(sample.data, picture=decode(sample.data)) == pixel_digest(sample.data), sample.name
    large = save(Image.fromarray(scene(1200, 1030)), "JPEG")
    assert pixel_digest(large, picture=decode(large)) == pixel_digest(large)


def test_a_picture_saves_decoding_only_where_it_is_whole() -> None:
    picture = decode(save(IMAGE, "PNG"))
    assert pixel_digest(b"not looked at", picture=picture) == DIGEST
    assert pixel_digest(b"not looked at", picture=replace(picture, info=replace(picture.info, frames=2))) is None


def test_heic_and_avif_have_digests_and_the_pixel_limit_holds() -> None:
    assert pixel_digest(heif(IMAGE)) == pixel_digest(heif(IMAGE))
    file = io.BytesIO()
    IMAGE.save(file, "AVIF")
    assert pixel_digest(file.getvalue()) != DIGEST
    with pytest.raises(TooLarge):
        pixel_digest(save(IMAGE, "JPEG"), DecodeParams(max_pixels=100))
