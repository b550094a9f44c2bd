"""From the bytes of a file to a picture: safe, fast, every format, and a plain reason where it cannot be."""

from __future__ import annotations

from dataclasses import dataclass

from sosie.imaging.failures import check_size, plain_reasons
from sosie.imaging.picture import Picture
from sosie.imaging.signature import recognise


@dataclass(frozen=True, kw_only=True, slots=True)
class DecodeParams:
    """Limits of decoding: `max_pixels` of the full-size image, checked before any pixel is decoded;
    `min_side`, the shorter side that is wanted: larger images are shrunk by 2, 4, 8 ... while they keep it.
    """

    max_pixels: int = 200_000_000
    min_side: int = 180


DEFAULT = DecodeParams()


def decode(data: bytes, params: DecodeParams = DEFAULT) -> Picture:
    """The picture in the bytes of a file, and what the file says of itself.

    JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP, TIFF, PPM, ICO and JPEG 2000, told apart by their bytes. `pixels` has its
    full size unless both sides can be halved (once or more) with the shorter one still at least `min_side`.
    Raises `NotAnImage`, `TooLarge` and otherwise `UnreadableImage`, never anything else.
    """
    with plain_reasons():
        name = recognise(data)
        if name == "JPEG":
            return _decode_jpeg(data, params)
        from sosie.imaging import opening, raster

        opened = opening.open_image(data, name, params.max_pixels)
        factor = raster.reduction(*opened.image.size, params.min_side)
        pixels = raster.flat_rgb(raster.eight_bits(opened.image, opened.info.bits), factor)
        return Picture(opened.info, raster.oriented(pixels, opened.orientation))


def _decode_jpeg(data: bytes, params: DecodeParams) -> Picture:
    from sosie.imaging import jpeg, raster

    header = jpeg.read_header(data)
    check_size(header.width, header.height, params.max_pixels)
    jpeg.check_scans(data, header)
    factor = raster.reduction(header.width, header.height, params.min_side)
    pixels = jpeg.read_pixels(data, header, min(factor, 8))
    if header.components == 4 or factor > 8:
        from PIL import Image

        stored = Image.fromarray(pixels, "CMYK" if header.components == 4 else "RGB")
        pixels = raster.flat_rgb(stored, max(1, factor // 8))
    return Picture(header.info(), raster.oriented(pixels, header.orientation))
