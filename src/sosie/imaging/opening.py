"""Everything that is no JPEG, opened with Pillow or libheif behind our own checks."""

from __future__ import annotations

import io
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import assert_never

import numpy as np
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    IcoImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from sosie.errors import TooLarge, UnreadableImage
from sosie.imaging import containers
from sosie.imaging.completeness import check_gif, check_png
from sosie.imaging.exif import orientation
from sosie.imaging.facts import Facts
from sosie.imaging.failures import check_size, cut_off
from sosie.imaging.icon import largest_picture
from sosie.imaging.picture import ImageInfo
from sosie.imaging.signature import Format
from sosie.imaging.tiff import examine_tiff

_RAW_BITS = {"L": 8, "P": 8, "P;4": 4, "BGR": 24, "RGB": 24, "BGRX": 32, "BGRA": 32, "BGR;16": 16, "BGR;15": 16}
"""Bits a pixel of Pillow's raw modes in BMP and PPM; 1 for those not named."""

_SLOW_CODECS = {"ppm_plain": "pixels written as text", "bmp_rle": "run lengths"}
_SLOW_BYTES = 10 << 20
"""Codecs that Pillow runs in Python, and what they may be given: about three seconds of work."""

_DEFLATE, _LZW = 1_100, 3_000
"""More bytes (of PNG) and pixels (of GIF) than one byte of a file can unpack to."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An image with its pixels loaded, in its own mode and not yet rotated; `info` is of the rotated one."""

    info: ImageInfo
    image: Image.Image
    orientation: int


def open_image(data: bytes, name: Format, max_pixels: int) -> Opened:
    """The first frame of an image file at full size. Its size is checked before any pixel is decoded."""
    _quieten()
    if name == "ICO":
        return _open_icon(data, max_pixels)
    facts = _examined(data, name, max_pixels)
    if name == "HEIF":
        return _open_heif(facts, max_pixels)
    with _pillow_limit_lifted(facts.width * facts.height):
        image = _plugin(facts.data, name)
        check_size(image.width, image.height, max_pixels)
        _check_length(image, name, facts)
        frame = image.tile[0].extents if image.tile else None
        image.load()
        if name == "PNG":
            check_png(image, facts.data)
        elif isinstance(image, GifImagePlugin.GifImageFile) and frame:
            check_gif(image, facts.data, frame)
    facts = _with_decoder_facts(facts, image, name)
    return _opened(_positive(image), name, facts)


def _positive(image: Image.Image) -> Image.Image:
    """The image with 0 for black: Pillow leaves 16 bit TIFFs whose 0 is white as they are."""
    if isinstance(image, TiffImagePlugin.TiffImageFile) and image.mode.startswith("I;16"):
        photometric = image.tag_v2.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION)
        if photometric == 0:
            return Image.fromarray(65535 - np.asarray(image).astype(np.uint16))
    return image


def _examined(data: bytes, name: Format, max_pixels: int) -> Facts:
    """The facts of a file, its size checked where the container says it."""
    match name:
        case "PNG":
            facts = containers.examine_png(data)
        case "GIF":
            facts = containers.examine_gif(data)
        case "WEBP":
            facts = containers.examine_webp(data)
        case "TIFF":
            facts = examine_tiff(data, max_pixels)
        case "JPEG2000":
            facts = containers.examine_jpeg2000(data, max_pixels)
        case "AVIF" | "HEIF":
            facts = containers.examine_boxes(data)
        case _:
            facts = Facts(data)
    if facts.width or facts.height:
        check_size(facts.width, facts.height, max_pixels)
    return facts


def _check_length(image: ImageFile.ImageFile, name: Format, facts: Facts) -> None:
    """Raise `UnreadableImage` where the file is too short to hold the pixels, before memory is reserved for them."""
    have = len(facts.data)
    codec = image.tile[0].codec_name if image.tile else ""
    if codec in _SLOW_CODECS and have > _SLOW_BYTES:
        raise TooLarge(f"is {have >> 20:,} MB of {_SLOW_CODECS[codec]}, over the limit of {_SLOW_BYTES >> 20} for that")
    if name in ("BMP", "PPM") and codec == "raw":
        args = image.tile[0].args
        bits = _RAW_BITS.get(args[0] if isinstance(args, tuple) else str(args), 1)
        if (needed := image.tile[0].offset + image.height * (image.width * bits // 8)) > have:
            raise cut_off(have, needed)
    pixels = image.width * image.height
    if name == "PNG" and pixels * facts.data[24] // 8 > have * _DEFLATE:
        raise UnreadableImage("is cut off")
    if name == "GIF" and pixels > have * _LZW:
        raise UnreadableImage("is cut off")


def _plugin(data: bytes, name: Format) -> ImageFile.ImageFile:
    """Pillow's reader of exactly this format: its sniffing, which tries all formats it knows, is not used."""
    file = io.BytesIO(data)
    match name:
        case "PNG":
            return PngImagePlugin.PngImageFile(file)
        case "GIF":
            return GifImagePlugin.GifImageFile(file)
        case "WEBP":
            return WebPImagePlugin.WebPImageFile(file)
        case "AVIF":
            return AvifImagePlugin.AvifImageFile(file)
        case "BMP":
            return BmpImagePlugin.BmpImageFile(file)
        case "TIFF":
            return TiffImagePlugin.TiffImageFile(file)
        case "PPM":
            return PpmImagePlugin.PpmImageFile(file)
        case "JPEG2000":
            return Jpeg2KImagePlugin.Jpeg2KImageFile(file)
        case "JPEG" | "HEIF" | "ICO":
            raise ValueError(f"{name} has its own reader")
    assert_never(name)


def _with_decoder_facts(facts: Facts, image: Image.Image, name: Format) -> Facts:
    """The facts together with what only the decoder knows."""
    if any(key in image.info for key in ("exif", "xmp")):
        facts = replace(facts, metadata=True)
    if name == "AVIF":
        frames = int(getattr(image, "n_frames", 1))
        turn = orientation(image.info.get("exif", b""))
        return replace(facts, frames=max(1, frames), bits=_av1_bits(facts.data), orientation=turn)
    if name == "PPM":
        return replace(facts, bits=_ppm_bits(facts.data))
    if name == "BMP" and image.mode == "1":
        return replace(facts, bits=1)
    return facts


def _av1_bits(data: bytes) -> int:
    """Bits a channel by the AV1 configuration box (AV1-ISOBMFF 2.3.3)."""
    at = data.find(b"av1C")
    flags = data[at + 6] if 0 <= at < len(data) - 6 else 0
    return 8 if not flags & 0x40 else 12 if flags & 0x20 else 10


def _ppm_bits(data: bytes) -> int:
    if data[1:2] in b"14":
        return 1
    numbers = re.sub(rb"#[^\r\n]*", b"", data[2:4096]).split(maxsplit=3)
    return 16 if int(numbers[2]) > 255 else 8


def _opened(image: Image.Image, name: str, facts: Facts) -> Opened:
    width, height = image.size
    if facts.orientation >= 5:
        width, height = height, width
    info = ImageInfo(
        format=name,
        width=width,
        height=height,
        frames=facts.frames,
        bits=facts.bits,
        alpha=image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info,
        lossless=facts.lossless,
        quality=facts.quality,
        metadata=facts.metadata,
    )
    return Opened(info, image, facts.orientation)


def _open_icon(data: bytes, max_pixels: int) -> Opened:
    picture, width, height = largest_picture(data)
    check_size(width, height, max_pixels)
    if picture.startswith(b"\x89PNG"):
        opened = open_image(picture, "PNG", max_pixels)
        return replace(opened, info=replace(opened.info, format="ICO"))
    with _pillow_limit_lifted(2 * width * height):
        image = IcoImagePlugin.IcoFile(io.BytesIO(picture)).frame(0)
        image.load()
    return _opened(image, "ICO", Facts(picture))


def _open_heif(facts: Facts, max_pixels: int) -> Opened:
    import pillow_heif

    heif = pillow_heif.open_heif(io.BytesIO(facts.data), convert_hdr_to_8bit=True)
    check_size(heif.size[0], heif.size[1], max_pixels)
    first = heif[heif.primary_index]
    image = first.to_pillow()
    check_size(image.width, image.height, max_pixels)
    facts = replace(
        facts,
        frames=len(heif),
        bits=int(first.info.get("bit_depth", 8)),
        metadata=bool(first.info.get("exif") or first.info.get("xmp")),
    )
    return _opened(image, "HEIF", facts)


_FILTER_MODULE = r"PIL\."


def _quieten() -> None:
    """Keep Pillow's warnings on odd metadata to itself. Not `catch_warnings`, which is not safe in threads."""
    for kind, _, category, module, _ in warnings.filters[:4]:
        if kind == "ignore" and category is UserWarning and getattr(module, "pattern", None) == _FILTER_MODULE:
            return
    warnings.filterwarnings("ignore", category=UserWarning, module=_FILTER_MODULE)


class _Lift:
    lock = threading.Lock()
    users = 0
    saved: int | None = None


@contextmanager
def _pillow_limit_lifted(pixels: int) -> Iterator[None]:
    """Pillow's own limit, which is global, lifted while images above it (and within ours) are decoded in any thread."""
    with _Lift.lock:
        limit = _Lift.saved if _Lift.users else Image.MAX_IMAGE_PIXELS
        lift = limit is not None and pixels > limit
        if lift:
            _Lift.saved, Image.MAX_IMAGE_PIXELS = limit, None
            _Lift.users += 1
    try:
        yield
    finally:
        if lift:
            with _Lift.lock:
                _Lift.users -= 1
                if not _Lift.users:
                    Image.MAX_IMAGE_PIXELS = _Lift.saved
