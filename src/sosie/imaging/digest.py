"""A digest of what is seen: equal for equal pixels, whatever format, metadata or rotation tag they come with."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sosie.imaging.containers import examine_png
from sosie.imaging.decode import DEFAULT, DecodeParams
from sosie.imaging.failures import check_size, plain_reasons
from sosie.imaging.picture import Picture
from sosie.imaging.signature import recognise

if TYPE_CHECKING:
    from sosie.imaging.opening import Opened

Samples = NDArray[np.unsignedinteger[Any]]
"""uint8 or uint16 (h, w, 3 or 4)."""


def pixel_digest(data: bytes, params: DecodeParams = DEFAULT, picture: Picture | None = None) -> str | None:
    """SHA-256 (hex) of the full-size pixels after rotation, None for animations and files of several pages.

    Canonical form: width, height, channels, depth, then rows of RGB, with alpha unless all of it is opaque and with
    the colour of fully transparent pixels set to black. Grey equals RGB of equal channels; 16 bit data keep their
    depth and so never equal 8 bit data. `picture`, where the caller has decoded the same bytes already, saves decoding
    them again when it was not shrunk. Raises as `decode` does.
    """
    if picture is not None:
        info = picture.info
        if info.frames > 1:
            return None
        if info.bits <= 8 and not info.alpha and picture.pixels.shape[:2] == (info.height, info.width):
            return _digest(picture.pixels, 8)
    with plain_reasons():
        name = recognise(data)
        if name == "JPEG":
            return _digest(_jpeg_pixels(data, params), 8)
        from sosie.imaging import opening, raster

        opened = opening.open_image(data, name, params.max_pixels)
        if opened.info.frames > 1:
            return None
        deep = _deep_pixels(opened, data) if opened.info.bits == 16 else None
        pixels: Samples = _eight_bit_pixels(opened) if deep is None else deep
        return _digest(raster.oriented(pixels, opened.orientation), max(8, opened.info.bits))


def _digest(pixels: Samples, bits: int) -> str:
    height, width, channels = pixels.shape
    digest = hashlib.sha256(f"pixels 1: {width} x {height} x {channels}, {bits} bits\n".encode())
    digest.update(np.ascontiguousarray(pixels.astype(pixels.dtype.newbyteorder("<"), copy=False)).data)
    return digest.hexdigest()


def _jpeg_pixels(data: bytes, params: DecodeParams) -> NDArray[np.uint8]:
    from sosie.imaging import jpeg, raster

    header = jpeg.read_header(data)
    check_size(header.width, header.height, params.max_pixels)
    jpeg.check_scans(data, header)
    pixels = jpeg.read_pixels(data, header)
    if header.components == 4:
        from PIL import Image

        pixels = raster.flat_rgb(Image.fromarray(pixels, "CMYK"))
    return raster.oriented(pixels, header.orientation)


def _eight_bit_pixels(opened: Opened) -> NDArray[np.uint8]:
    from sosie.imaging import raster

    image = raster.eight_bits(opened.image, opened.info.bits)
    if image.mode not in ("LA", "RGBA"):
        return np.array(image.convert("RGB"))
    if image.getchannel("A").getextrema() == (255, 255):
        return np.array(image.convert("RGB"))
    pixels = np.array(image.convert("RGBA"))
    pixels[pixels[..., 3] == 0] = 0
    return pixels


def _deep_pixels(opened: Opened, data: bytes) -> Samples | None:
    """uint16 (h, w, 3 or 4) of 16 bit data; None where only 8 of their bits can be had."""
    mode = opened.image.mode
    if mode.startswith("I;16") or (mode == "I" and opened.info.format in ("PPM", "TIFF")):
        grey = np.asarray(opened.image).astype(np.uint16)
        return np.repeat(grey[..., None], 3, axis=2)
    if opened.info.format not in ("PNG", "TIFF", "PPM"):
        return None
    if opened.info.format == "PNG":
        data = examine_png(data).data  # Without the rotation tag, which is for us to apply.
    return _sixteen_bit_colours(data)


def _sixteen_bit_colours(data: bytes) -> Samples | None:
    """Colour pixels at full depth, by OpenCV: Pillow has no mode for them."""
    import cv2

    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16 or pixels.ndim != 3:
        return None
    deep: NDArray[np.uint16] = pixels[..., [2, 1, 0, 3][: pixels.shape[2]]].astype(np.uint16)
    if deep.shape[2] == 4:
        if (deep[..., 3] == 65535).all():
            return deep[..., :3]
        deep[deep[..., 3] == 0] = 0
    return deep
