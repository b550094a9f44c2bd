"""JPEG, the bulk of every catalogue: its header, read cheaply, and its pixels, decoded outside the GIL."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from sosie.errors import UnreadableImage
from sosie.imaging.exif import orientation
from sosie.imaging.picture import ImageInfo

_FRAMES = frozenset((0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF))
_PROGRESSIVE = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_NEEDED = frozenset((0xDB, 0xC4, 0xDD, 0xEE, 0xCC)) | _FRAMES
"""Segments that decoding needs: tables, restart interval, Adobe's colour transform, the frame."""

_MAX_SCANS = 200
_MAX_SCANNED_PIXELS = 2_500_000_000
"""Scans times pixels: what a progressive file of a few bytes can make the decoder do."""


@dataclass(slots=True)
class JpegHeader:
    """What stands before the pixels: size as stored, components, and what `ImageInfo` wants to know."""

    width: int = 0
    height: int = 0
    components: int = 0
    bits: int = 8
    progressive: bool = False
    orientation: int = 1
    quality: int | None = None
    metadata: bool = False
    segments: list[tuple[int, int]] = field(default_factory=list)
    scan: int = 0
    """Offset of the first scan, where the pixels begin."""

    def info(self) -> ImageInfo:
        """What this file is, after its rotation."""
        turned = self.orientation >= 5
        return ImageInfo(
            format="JPEG",
            width=self.height if turned else self.width,
            height=self.width if turned else self.height,
            quality=self.quality,
            metadata=self.metadata,
        )


def read_header(data: bytes) -> JpegHeader:
    """The header of a JPEG file. Raises `UnreadableImage` when it ends before the pixels begin."""
    header, at = JpegHeader(), 2
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 4 > len(data):
            raise UnreadableImage("is cut off")
        code = data[at + 1]
        if code == 0xFF:
            at += 1
        elif code == 0 or code == 1 or 0xD0 <= code <= 0xD8:
            at += 2
        elif code == 0xD9:
            raise UnreadableImage("is damaged (it has no pixels)")
        else:
            end = at + 2 + (data[at + 2] << 8 | data[at + 3])
            if code == 0xDA:
                header.scan = at
                return _checked(header)
            _read_segment(header, code, data, at + 4, end)
            if code in _NEEDED:
                header.segments.append((at, end))
            at = end


def _read_segment(header: JpegHeader, code: int, data: bytes, start: int, end: int) -> None:
    if code in _FRAMES and end - start >= 6:
        header.bits, header.components = data[start], data[start + 5]
        header.height = data[start + 1] << 8 | data[start + 2]
        header.width = data[start + 3] << 8 | data[start + 4]
        header.progressive = code in _PROGRESSIVE
    elif code == 0xDB and header.quality is None:
        header.quality = _quality(data[start:end])
    elif code == 0xE1:
        if data.startswith(b"Exif\0\0", start):
            header.metadata = True
            header.orientation = orientation(data[start + 6 : end])
        elif data.startswith(b"http://ns.adobe.com/", start):
            header.metadata = True
    elif code == 0xED:
        header.metadata = True


def _checked(header: JpegHeader) -> JpegHeader:
    if not header.components:
        raise UnreadableImage("is damaged (its header lacks the size)")
    if header.bits != 8:
        raise UnreadableImage(f"is a JPEG with {header.bits} bits a channel, which cannot be read")
    return header


def _quality(tables: bytes) -> int | None:
    """Quality (1 to 100) whose standard luminance table (ITU T.81, annex K.1, scaled as libjpeg does) is nearest."""
    if len(tables) < 65:
        return None
    if tables[0] >> 4:
        total = sum(tables[1:129])  # Entries of 16 bits: high bytes are 0 in all but the lowest qualities.
        total += 255 * sum(tables[1:129:2])
    else:
        total = sum(tables[1:65])
    sums = _standard_sums()
    at = bisect_left(sums, -total)
    if at and (at == len(sums) or abs(sums[at - 1] + total) < abs(sums[at] + total)):
        at -= 1
    return min(at + 1, 100)


@cache
def _standard_sums() -> list[int]:
    """Minus the sum of the standard luminance table at qualities 1 to 100, rising."""
    rows = (
        b"\x10\x0b\x0a\x10\x18\x28\x33\x3d\x0c\x0c\x0e\x13\x1a\x3a\x3c\x37\x0e\x0d\x10\x18\x28\x39\x45\x38"
        b"\x0e\x11\x16\x1d\x33\x57\x50\x3e\x12\x16\x25\x38\x44\x6d\x67\x4d\x18\x23\x37\x40\x51\x68\x71\x5c"
        b"\x31\x40\x4e\x57\x67\x79\x78\x65\x48\x5c\x5f\x62\x70\x64\x67\x63"
    )
    scales = [5000 // q if q < 50 else 200 - 2 * q for q in range(1, 101)]
    return [-sum(min(max((v * s + 50) // 100, 1), 255) for v in rows) for s in scales]


def check_scans(data: bytes, header: JpegHeader) -> None:
    """Raise `UnreadableImage` for a progressive file with so many scans that it can only be meant to exhaust us."""
    if not header.progressive:
        return
    scans = data.count(b"\xff\xda", header.scan)
    if scans > _MAX_SCANS or scans * header.width * header.height > _MAX_SCANNED_PIXELS:
        raise UnreadableImage(f"is built of {scans:,} layers, more than any camera or editor writes")


Colours = Literal["RGB", "CMYK"]


def read_pixels(data: bytes, header: JpegHeader, factor: int = 1) -> NDArray[np.uint8]:
    """Pixels at 1 / `factor` (1, 2, 4, 8) of the stored size, uint8 (h, w, 3) RGB or (h, w, 4) CMYK, not rotated.

    Equal to libjpeg's full decode at factor 1. Anything that libjpeg would only warn of (missing data, codes that
    cannot be) raises `UnreadableImage`; what it warns of and is harmless (stray bytes between segments) does not.
    """
    try:
        return _strict(data, header, factor)
    except ValueError as error:
        return _second_chance(data, header, factor, str(error))


def _strict(data: bytes, header: JpegHeader, factor: int, *, strict: bool = True) -> NDArray[np.uint8]:
    colours: Colours = "CMYK" if header.components == 4 else "RGB"
    if factor == 1:
        pixels = simplejpeg.decode_jpeg(data, colours, strict=strict)
    else:
        height, width = -(-header.height // factor), -(-header.width // factor)
        pixels = simplejpeg.decode_jpeg(
            data, colours, min_height=height, min_width=width, min_factor=factor, strict=strict
        )
    if header.components == 4:
        np.subtract(255, pixels, out=pixels)  # Stored inverted by Adobe, and so by everybody else.
    return pixels  # type: ignore[no-any-return]


def _second_chance(data: bytes, header: JpegHeader, factor: int, complaint: str) -> NDArray[np.uint8]:
    """Decode again what was refused for a harmless reason; say plainly why in all other cases."""
    if complaint.startswith("Premature end of JPEG file") and not header.progressive:
        try:
            return _strict(data + b"\xff\xd9", header, factor)  # Only the end mark is missing, or pixels too.
        except ValueError:
            raise UnreadableImage("is cut off") from None
    if _is_padding(data, complaint):
        return _strict(data, header, factor, strict=False)
    if "premature end" in complaint:
        raise UnreadableImage("is cut off or damaged")
    if complaint.startswith("Premature end"):
        raise UnreadableImage("is cut off")
    if any(mark in complaint for mark in ("Corrupt JPEG data: bad", "resync", "marker 0xd9")):
        raise UnreadableImage("is damaged")
    try:
        return _strict(_without_extras(data, header), header, factor)
    except ValueError:
        raise UnreadableImage("is damaged") from None


def _is_padding(data: bytes, complaint: str) -> bool:
    """Whether the complaint is about nothing but a few or uniform bytes between the last pixel and the end mark."""
    found = re.search(r"(\d+) extraneous bytes before marker 0xd9", complaint)
    if not found:
        return False
    end, count = data.rfind(b"\xff\xd9"), int(found[1])
    return count <= 2 or len(set(data[end - count : end])) <= 1


def _without_extras(data: bytes, header: JpegHeader) -> bytes:
    """The same pixels without the segments and stray bytes that decoding does not need."""
    return b"\xff\xd8" + b"".join(data[start:end] for start, end in header.segments) + data[header.scan :]
