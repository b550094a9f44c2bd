"""One real file for every format and mode, drawn in code, with the pixels that decoding must give."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
WIDTH, HEIGHT = 72, 48


@dataclass(frozen=True, slots=True)
class Sample:
    """A file, the RGB pixels it shows, and how near to them a decoder must come: `psnr` in dB, None for equal.

    `info` are the fields of `ImageInfo` that are checked.
    """

    name: str
    suffix: str
    data: bytes
    pixels: Pixels
    psnr: float | None
    info: dict[str, Any]


def scene(width: int = WIDTH, height: int = HEIGHT, seed: int = 0) -> Pixels:
    """A picture with gradients, edges and a little texture: uint8 (height, width, 3), no two corners alike."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    y, x = y / height, x / width
    red = 60 + 150 * x
    green = 40 + 160 * y
    blue = 120 + 80 * np.sin(6 * x + 3 * y)
    picture = np.stack([red, green, blue], axis=-1)
    picture[(x - 0.3) ** 2 + (y - 0.35) ** 2 < 0.03] = (220, 40, 50)
    picture[(x > 0.6) & (x < 0.85) & (y > 0.5) & (y < 0.8)] = (20, 60, 190)
    picture[y > 0.92] = (10, 10, 12)
    picture += rng.normal(0, 2, (height, width, 1))
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)


def save(image: Image.Image, name: str, **options: Any) -> bytes:
    """The bytes of an image file."""
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def grey(pixels: Pixels) -> Pixels:
    """One channel, uint8 (h, w)."""
    return np.asarray(Image.fromarray(pixels).convert("L"))


def three(channel: Pixels) -> Pixels:
    """A channel as RGB."""
    return np.repeat(channel[..., None], 3, axis=2)


def ramp(width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """An alpha channel from clear to opaque."""
    across: Pixels = np.linspace(0, 255, width).astype(np.uint8)
    return np.tile(across, (height, 1))


def on_white(pixels: Pixels, alpha: Pixels) -> Pixels:
    """The pixels laid on white."""
    share = alpha[..., None].astype(np.int64)
    return ((pixels * share + 255 * (255 - share) + 127) // 255).astype(np.uint8)


def deep(pixels: Pixels) -> NDArray[np.uint16]:
    """16 bit values whose high byte is the pixel and whose low byte is something else."""
    values: NDArray[np.uint16] = pixels.astype(np.uint16)
    return (values * np.uint16(256)) + (values * np.uint16(7) + np.uint16(13)) % np.uint16(256)


def exif(orientation: int) -> bytes:
    """An EXIF block with an orientation, as Pillow writes it."""
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


def unturned(pixels: Pixels, orientation: int) -> Pixels:
    """What a camera stores so that the orientation tag brings back `pixels`."""
    undo: dict[int, Callable[[Pixels], Pixels]] = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: np.rot90(p, 1),
        7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
        8: lambda p: np.rot90(p, -1),
    }
    return np.ascontiguousarray(undo[orientation](pixels))


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG chunk with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, depth: int, colour: int, rows: bytes, extra: bytes = b"") -> bytes:
    """A PNG of unfiltered rows (each led by its filter byte)."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + extra + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def deep_png(values: NDArray[np.uint16]) -> bytes:
    """A 16 bit PNG of (h, w), (h, w, 3) or (h, w, 4) values."""
    height, width = values.shape[:2]
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[values.reshape(height, width, -1).shape[2]]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return png(width, height, 16, colour, rows)


def tiff(values: NDArray[Any], photometric: int, extra: tuple[tuple[int, int, int], ...] = ()) -> bytes:
    """An uncompressed little-endian TIFF of (h, w) or (h, w, channels) values of 8, 16 or 32 bits."""
    height, width = values.shape[:2]
    channels = values.size // (height * width)
    body = values.astype(values.dtype.newbyteorder("<")).tobytes()
    bits = values.dtype.itemsize * 8
    at_bits = 8 + len(body)
    bits_entry = (258, 3, channels, bits if channels == 1 else at_bits)
    kind = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        bits_entry,
        (259, 3, 1, 1),
        (262, 3, 1, photometric),
        (273, 4, 1, 8),
        (277, 3, 1, channels),
        (278, 4, 1, height),
        (279, 4, 1, len(body)),
        (339, 3, 1, kind),
        *((tag, type_, 1, value) for tag, type_, value in extra),
    ]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *e) for e in sorted(entries))
    table = struct.pack("<4H", *[bits] * 4)
    return b"II*\0" + struct.pack("<I", at_bits + len(table)) + body + table + directory + b"\0\0\0\0"


def icon_bitmap(pixels: Pixels, alpha: Pixels) -> bytes:
    """An icon with one 32 bit bitmap (no PNG inside), stored bottom up with its mask."""
    height, width = alpha.shape
    colours = np.dstack([pixels[..., ::-1], alpha])[::-1].tobytes()
    mask = b"\0" * (((width + 31) // 32) * 4 * height)
    header = struct.pack("<IiiHHIIiiII", 40, width, 2 * height, 1, 32, 0, len(colours) + len(mask), 0, 0, 0, 0)
    picture = header + colours + mask
    directory = b"\0\0\1\0\1\0" + struct.pack("<BBBBHHII", width, height, 0, 0, 1, 32, len(picture), 22)
    return bytes(directory + picture)


def heif(image: Image.Image, **options: Any) -> bytes:
    """A HEIC file."""
    file = io.BytesIO()
    pillow_heif.from_pillow(image).save(file, **options)
    return bytes(file.getvalue())


def _sample(name: str, data: bytes, pixels: Pixels, psnr: float | None = None, **info: Any) -> Sample:
    return Sample(name, name.split()[0].lower(), data, pixels, psnr, info)


def jpegs() -> list[Sample]:
    """JPEGs: baseline, progressive, arithmetic-free odd samplings, grey, CMYK (inverted by Adobe's rule), rotated."""
    pixels, image = scene(), Image.fromarray(scene())
    cmyk = image.convert("CMYK")
    plain = save(cmyk, "JPEG", quality=95)
    found = [
        _sample("jpg baseline", save(image, "JPEG", quality=90), pixels, 24, format="JPEG", quality=90, lossless=False),
        _sample("jpg 444", save(image, "JPEG", quality=95, subsampling=0), pixels, 35, quality=95),
        _sample("jpg progressive", save(image, "JPEG", quality=80, progressive=True), pixels, 24, quality=80),
        _sample("jpg restarts", save(image, "JPEG", quality=90, restart_marker_rows=1), pixels, 24),
        _sample("jpg grey", save(image.convert("L"), "JPEG", quality=95), three(grey(pixels)), 35),
        _sample("jpg cmyk", plain, np.asarray(cmyk.convert("RGB")), 30, format="JPEG"),
        _sample("jpg exif", save(image, "JPEG", quality=90, exif=exif(1)), pixels, 24, metadata=True),
        _sample("jpg padded", save(image, "JPEG", quality=90)[:-2] + b"\0" * 40 + b"\xff\xd9", pixels, 24),
        _sample("jpg no end mark", save(image, "JPEG", quality=90)[:-2], pixels, 24),
    ]
    for orientation in range(1, 9):
        stored = Image.fromarray(unturned(pixels, orientation))
        data = save(stored, "JPEG", quality=95, subsampling=0, exif=exif(orientation))
        found.append(_sample(f"jpg turned {orientation}", data, pixels, 35, width=WIDTH, height=HEIGHT))
    return found


def pngs() -> list[Sample]:
    """PNGs: every colour type and depth, transparency of every kind, interlaced, animated, rotated."""
    pixels, alpha = scene(), ramp()
    image, palette = Image.fromarray(pixels), Image.fromarray(pixels).quantize(64)
    shown = np.asarray(palette.convert("RGB"))
    clear = np.asarray(palette) == palette.getpixel((0, 0))
    bilevel = Image.fromarray(pixels).convert("1")
    rgba = Image.fromarray(np.dstack([pixels, alpha]))
    la = Image.merge("LA", [image.convert("L"), Image.fromarray(alpha)])
    keyed = np.where((pixels == pixels[0, 0]).all(-1)[..., None], 255, pixels).astype(np.uint8)
    return [
        _sample("png rgb", save(image, "PNG"), pixels, format="PNG", bits=8, lossless=True, alpha=False, frames=1),
        _sample("png rgba", save(rgba, "PNG"), on_white(pixels, alpha), alpha=True),
        _sample("png grey", save(image.convert("L"), "PNG"), three(grey(pixels)), alpha=False),
        _sample("png grey alpha", save(la, "PNG"), on_white(three(grey(pixels)), alpha), alpha=True),
        _sample("png palette", save(palette, "PNG"), shown, alpha=False),
        _sample(
            "png palette clear",
            save(palette, "PNG", transparency=int(np.asarray(palette)[0, 0])),
            np.where(clear[..., None], 255, shown).astype(np.uint8),
            alpha=True,
        ),
        _sample(
            "png palette alphas",
            save(palette, "PNG", transparency=bytes(range(0, 256, 4))),
            on_white(shown, (np.asarray(palette) * 4).astype(np.uint8)),
            alpha=True,
        ),
        _sample("png colour key", save(image, "PNG", transparency=tuple(pixels[0, 0].tolist())), keyed, alpha=True),
        _sample("png bilevel", save(bilevel, "PNG"), np.asarray(bilevel.convert("RGB")), bits=1),
        _sample("png grey 16", deep_png(deep(grey(pixels))), three(grey(pixels)), bits=16),
        _sample("png rgb 16", deep_png(deep(pixels)), pixels, bits=16),
        _sample("png rgba 16", deep_png(deep(np.dstack([pixels, alpha]))), on_white(pixels, alpha), bits=16),
        _sample("png turned", save(Image.fromarray(unturned(pixels, 6)), "PNG", exif=exif(6)), pixels, metadata=True),
        _sample(
            "png animated",
            save(image, "PNG", save_all=True, append_images=[Image.fromarray(scene(seed=2))], duration=50),
            pixels,
            frames=2,
        ),
    ]


def webs() -> list[Sample]:
    """WebP, AVIF and HEIC: lossy, lossless, with alpha, animated, deep, rotated."""
    pixels, alpha = scene(), ramp()
    image, rgba = Image.fromarray(pixels), Image.fromarray(np.dstack([pixels, alpha]))
    other = Image.fromarray(scene(seed=2))
    shown = on_white(pixels, alpha)
    turned = Image.fromarray(unturned(pixels, 8))
    animation: dict[str, Any] = {"save_all": True, "append_images": [other], "duration": 50}
    return [
        _sample("webp lossy", save(image, "WEBP", quality=95), pixels, 24, format="WEBP", lossless=False),
        _sample("webp lossless", save(image, "WEBP", lossless=True), pixels, lossless=True, frames=1),
        _sample("webp alpha", save(rgba, "WEBP", lossless=True, exact=True), shown, alpha=True),
        _sample("webp turned", save(turned, "WEBP", lossless=True, exif=exif(8)), pixels, metadata=True),
        _sample("webp animated", save(image, "WEBP", lossless=True, **animation), pixels, frames=2),
        _sample("avif lossy", save(image, "AVIF", quality=90), pixels, 24, format="AVIF", bits=8, frames=1),
        _sample("avif alpha", save(rgba, "AVIF", quality=95), shown, 28, alpha=True),
        _sample("avif turned", save(turned, "AVIF", quality=90, exif=exif(8)), pixels, 24, width=WIDTH, height=HEIGHT),
        _sample("avif animated", save(image, "AVIF", quality=90, **animation), pixels, 24, frames=2),
        _sample("heic lossy", heif(image, quality=90), pixels, 24, format="HEIF", bits=8, frames=1),
        _sample("heic alpha", heif(rgba, quality=95), shown, 28, alpha=True),
        _sample("heic turned", heif(turned, quality=90, exif=exif(8)), pixels, 24, width=WIDTH, height=HEIGHT),
    ]


def gifs_and_bitmaps() -> list[Sample]:
    """GIF, BMP, PPM, ICO and JPEG 2000."""
    pixels, alpha = scene(), ramp()
    image, palette = Image.fromarray(pixels), Image.fromarray(pixels).quantize(64)
    shown = np.asarray(palette.convert("RGB"))
    clear = np.asarray(palette) == np.asarray(palette)[0, 0]
    bilevel, rgba = image.convert("1"), Image.fromarray(np.dstack([pixels, alpha]))
    small, small_alpha = scene(48, 48), ramp(48, 48)
    icon = Image.fromarray(np.dstack([small, small_alpha]))
    plain = "P3\n# a comment\n{} {}\n255\n{}\n".format(WIDTH, HEIGHT, " ".join(map(str, pixels.ravel())))
    deep_ppm = b"P6 %d %d 65535\n" % (WIDTH, HEIGHT) + deep(pixels).astype(">u2").tobytes()
    deep_pgm = b"P5 %d %d 65535\n" % (WIDTH, HEIGHT) + deep(grey(pixels)).astype(">u2").tobytes()
    second = [Image.fromarray(scene(seed=2)).quantize(64)]
    return [
        _sample("gif palette", save(palette, "GIF"), shown, format="GIF", frames=1, lossless=True),
        _sample(
            "gif clear",
            save(palette, "GIF", transparency=int(np.asarray(palette)[0, 0])),
            np.where(clear[..., None], 255, shown).astype(np.uint8),
            alpha=True,
        ),
        _sample("gif animated", save(palette, "GIF", save_all=True, append_images=second), shown, frames=2),
        _sample("bmp rgb", save(image, "BMP"), pixels, format="BMP", lossless=True),
        _sample("bmp palette", save(palette, "BMP"), shown),
        _sample("bmp bilevel", save(bilevel, "BMP"), np.asarray(bilevel.convert("RGB")), bits=1),
        _sample("ppm rgb", save(image, "PPM"), pixels, format="PPM", lossless=True),
        _sample("ppm grey", save(image.convert("L"), "PPM"), three(grey(pixels))),
        _sample("ppm bilevel", save(bilevel, "PPM"), np.asarray(bilevel.convert("RGB")), bits=1),
        _sample("ppm text", plain.encode(), pixels),
        _sample("ppm rgb 16", deep_ppm, pixels, 48, bits=16),
        _sample("ppm grey 16", deep_pgm, three(grey(pixels)), bits=16),
        _sample("ico png", save(icon, "ICO", sizes=[(48, 48)]), on_white(small, small_alpha), format="ICO", alpha=True),
        _sample("ico bitmap", icon_bitmap(small, small_alpha), on_white(small, small_alpha), format="ICO", width=48),
        _sample("jp2 lossless", save(image, "JPEG2000"), pixels, format="JPEG2000", lossless=True),
        _sample(
            "jp2 lossy", save(image, "JPEG2000", irreversible=True, quality_layers=[10]), pixels, 24, lossless=False
        ),
        _sample("jp2 alpha", save(rgba, "JPEG2000"), on_white(pixels, alpha), alpha=True),
        _sample("jp2 stream", save(image, "JPEG2000", no_jp2=True), pixels, format="JPEG2000"),
        _sample("jp2 tiles", save(image, "JPEG2000", tile_size=(32, 32)), pixels),
        _sample(
            "jp2 grey 16",
            save(Image.fromarray(deep(grey(pixels))), "JPEG2000"),
            three(grey(pixels)),
            bits=16,
        ),
    ]


def tiffs() -> list[Sample]:
    """TIFF: every depth and colour model, compressions, pages, rotation."""
    pixels, alpha = scene(), ramp()
    image, other = Image.fromarray(pixels), Image.fromarray(scene(seed=2))
    level = grey(pixels)
    cmyk, rgba = image.convert("CMYK"), Image.fromarray(np.dstack([pixels, alpha]))
    bilevel, palette = image.convert("1"), image.quantize(64)
    turned = Image.fromarray(unturned(pixels, 6))
    return [
        _sample("tif rgb", save(image, "TIFF"), pixels, format="TIFF", bits=8, frames=1, lossless=True),
        _sample("tif lzw", save(image, "TIFF", compression="tiff_lzw"), pixels),
        _sample("tif deflate", save(image, "TIFF", compression="tiff_adobe_deflate"), pixels),
        _sample("tif jpeg", save(image, "TIFF", compression="jpeg", quality=95), pixels, 24, lossless=False),
        _sample("tif fax", save(bilevel, "TIFF", compression="group4"), np.asarray(bilevel.convert("RGB")), bits=1),
        _sample("tif grey", save(image.convert("L"), "TIFF"), three(level)),
        _sample("tif white is zero", tiff(255 - level, 0), three(level)),
        _sample("tif palette", save(palette, "TIFF"), np.asarray(palette.convert("RGB"))),
        _sample("tif rgba", save(rgba, "TIFF"), on_white(pixels, alpha), alpha=True),
        _sample("tif cmyk", save(cmyk, "TIFF"), np.asarray(cmyk.convert("RGB"))),
        _sample("tif grey 16", tiff(deep(level), 1), three(level), bits=16),
        _sample("tif grey 16 white is zero", tiff(65535 - deep(level), 0), three(level), bits=16),
        _sample("tif rgb 16", tiff(deep(pixels), 2), pixels, bits=16),
        _sample("tif grey 32", tiff(deep(level).astype(np.int32), 1), three(level), bits=32),
        _sample("tif float", tiff((level / 255).astype(np.float32), 1), three(level), bits=32),
        _sample("tif turned", save(turned, "TIFF", tiffinfo={274: 6}), pixels, width=WIDTH, height=HEIGHT),
        _sample("tif pages", save(image, "TIFF", save_all=True, append_images=[other]), pixels, frames=2),
        _sample("tif big", save(image, "TIFF", big_tiff=True), pixels, frames=1),
    ]


@cache
def samples() -> tuple[Sample, ...]:
    """Every sample, in a fixed order."""
    return (*jpegs(), *pngs(), *webs(), *gifs_and_bitmaps(), *tiffs())
