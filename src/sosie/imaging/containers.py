"""The containers of PNG, GIF, WebP, AVIF, HEIF and JPEG 2000, walked before a decoder sees them."""

from __future__ import annotations

import zlib
from dataclasses import replace

from sosie.errors import UnreadableImage
from sosie.imaging.exif import orientation
from sosie.imaging.facts import Facts
from sosie.imaging.failures import check_size, cut_off
from sosie.imaging.vp8 import webp_quality

_MAX_FRAMES = 100_000
_MAX_CHUNKS = 200_000
_VP8_HEADER = 200
"""Bytes of a lossy WebP's picture that hold how strongly it was compressed."""


_PNG_NEEDED = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"))


def examine_png(data: bytes) -> Facts:
    """Facts of a PNG; `data` keeps the chunks of the still picture only (no texts, profiles, animation frames)."""
    parts, at, facts = [data[:8]], 8, Facts(data)
    for _ in range(_MAX_CHUNKS):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + size
        if at + 12 > len(data) or end > len(data):
            break
        if kind in _PNG_NEEDED:
            if zlib.crc32(memoryview(data)[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
                raise UnreadableImage("is damaged (a checksum is wrong)")
            if kind != b"tRNS" or facts.bits == 8:  # Deep colour keys are in no use and Pillow reads them as 8 bits.
                parts.append(data[at:end])
        facts = _png_chunk(facts, kind, data[at + 8 : min(end - 4, at + 8 + 65_536)])
        at = end
        if kind == b"IEND":
            break
    else:
        raise UnreadableImage("is damaged (it has more parts than any real image)")
    if not facts.width:
        raise UnreadableImage("is cut off" if at + 12 > len(data) else "is damaged (its header lacks the size)")
    if parts[-1][4:8] != b"IEND":
        if at + 8 <= len(data) and data[at + 4 : at + 8] == b"IDAT":
            raise UnreadableImage("is cut off")
        parts.append(b"\0\0\0\0IEND\xae\x42\x60\x82")
    return replace(facts, data=b"".join(parts))


def _png_chunk(facts: Facts, kind: bytes, body: bytes) -> Facts:
    if kind == b"IHDR" and len(body) >= 13:
        width, height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
        return replace(facts, width=width, height=height, bits=1 if body[8] == 1 and body[9] == 0 else max(8, body[8]))
    if kind == b"acTL":
        return replace(facts, frames=max(1, min(int.from_bytes(body[:4], "big"), _MAX_FRAMES)))
    if kind == b"eXIf":
        return replace(facts, metadata=True, orientation=orientation(body))
    if kind == b"iTXt" and body.startswith(b"XML:com.adobe.xmp"):
        return replace(facts, metadata=True)
    return facts


def png_is_complete(data: bytes, needed: int) -> bool:
    """Whether the compressed stream of an examined PNG holds at least `needed` bytes."""
    inflate, at, got = zlib.decompressobj(), 8, 0
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IDAT":
            rest = data[at + 8 : at + 8 + size]
            while rest and got < needed:
                got += len(inflate.decompress(rest, 1 << 20))
                rest = inflate.unconsumed_tail
        at += 12 + size
    return got >= needed


def examine_gif(data: bytes) -> Facts:
    """Facts of a GIF: its frames are counted by their headers, at most 100,000."""
    flags = data[10] if len(data) > 12 else 0
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    at, frames, metadata, size = 13 + _colours(flags), 0, False, len(data)
    while at < size and frames < _MAX_FRAMES:
        kind = data[at]
        if kind == 0x21:
            metadata = metadata or data.startswith(b"XMP DataXMP", at + 3)
            at = _after_blocks(data, at + 2)
        elif kind == 0x2C and at + 10 < size:
            if not frames:  # The first frame can be larger than the screen it lies on.
                x, y, w, h = (int.from_bytes(data[i : i + 2], "little") for i in range(at + 1, at + 9, 2))
                width, height = max(width, x + w), max(height, y + h)
            frames += 1
            at = _after_blocks(data, at + 11 + _colours(data[at + 9]))
        elif kind == 0x3B:
            break
        else:
            at += 1
    if not frames:
        raise UnreadableImage("is cut off or damaged (it has no picture)")
    return Facts(data, width, height, frames=frames, metadata=metadata)


def _colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    """The offset after a chain of GIF's sub-blocks, each led by its length."""
    size = len(data)
    while at < size and data[at]:
        at += data[at] + 1
    return at + 1


def examine_webp(data: bytes) -> Facts:
    """Facts of a WebP: the canvas, before the decoder reserves memory for it."""
    want = int.from_bytes(data[4:8], "little") + 8
    if want > len(data):
        raise cut_off(len(data), want)
    facts = Facts(data, lossless=False)
    at, frames = 12, 0
    while at + 8 <= want and frames < _MAX_FRAMES:
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        frames += kind == b"ANMF"
        body = data[at + 8 : at + 8 + min(size, 65_536)]
        facts = _webp_chunk(facts, kind, body)
        at += 8 + size + (size & 1)
    return replace(facts, frames=max(1, frames))


def _webp_chunk(facts: Facts, kind: bytes, body: bytes) -> Facts:
    width, height = facts.width, facts.height
    match kind:
        case b"VP8X":
            width, height = 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
        case b"VP8 ":
            width = max(width, int.from_bytes(body[6:8], "little") & 0x3FFF)
            height = max(height, int.from_bytes(body[8:10], "little") & 0x3FFF)
            return replace(facts, width=width, height=height, quality=webp_quality(body[:_VP8_HEADER]))
        case b"VP8L":
            bits = int.from_bytes(body[1:5], "little")
            width, height = max(width, (bits & 0x3FFF) + 1), max(height, (bits >> 14 & 0x3FFF) + 1)
            return replace(facts, width=width, height=height, lossless=True)
        case b"EXIF":
            return replace(facts, metadata=True, orientation=orientation(body))
        case b"XMP ":
            return replace(facts, metadata=True)
        case b"ANMF":
            facts = replace(facts, lossless=body[16:20] == b"VP8L")
            if body[16:20] == b"VP8 " and facts.quality is None:
                return replace(facts, quality=webp_quality(body[24 : 24 + _VP8_HEADER]))
            return facts
    return replace(facts, width=width, height=height)


def examine_boxes(data: bytes) -> Facts:
    """Facts of AVIF and HEIF: whether all boxes are there. Size and depth are for the decoder to say."""
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size == 0:
            break
        if size < 8:
            raise UnreadableImage("is damaged")
        at += size
        if at > len(data):
            raise cut_off(len(data), at)
    return Facts(data, lossless=False)


def examine_jpeg2000(data: bytes, max_pixels: int) -> Facts:
    """Facts of a JPEG 2000: the larger of what its header box and its code stream say (ISO 15444-1, A.5 and I.5)."""
    at = data.find(b"\xff\x4f\xff\x51")
    if at < 0 or at + 43 > len(data):
        raise UnreadableImage("is cut off or damaged (it has no picture)")
    right, bottom, left, top = (int.from_bytes(data[i : i + 4], "big") for i in range(at + 8, at + 24, 4))
    width, height = right - left, bottom - top
    components, depth = int.from_bytes(data[at + 40 : at + 42], "big"), (data[at + 42] & 0x7F) + 1
    box = data.find(b"ihdr", 0, at)
    if box >= 0:
        height = max(height, int.from_bytes(data[box + 4 : box + 8], "big"))
        width = max(width, int.from_bytes(data[box + 8 : box + 12], "big"))
    if not 1 <= components <= 4:
        raise UnreadableImage(f"is a JPEG 2000 with {components} channels, which cannot be read")
    check_size(width, height, max_pixels)
    _check_tiles(data, at)
    style = data.find(b"\xff\x52", at)
    reversible = 0 <= style < len(data) - 13 and data[style + 13] == 1
    return Facts(data, width, height, bits=max(8, depth), lossless=reversible)


def _check_tiles(data: bytes, stream: int) -> None:
    """Raise `UnreadableImage` where tiles of a JPEG 2000 code stream are missing: decoders leave them black."""
    right, bottom, _, _, across, down, left, top = (
        int.from_bytes(data[i : i + 4], "big") for i in range(stream + 8, stream + 40, 4)
    )
    if not across or not down or right <= left or bottom <= top:
        raise UnreadableImage("is damaged")
    want = -(-(right - left) // across) * -(-(bottom - top) // down)
    at, tiles = stream + 2, set()
    while at + 12 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xD9:
        if data[at + 1] != 0x90:  # A segment of the main header; tile parts begin with SOT (A.4.2).
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            continue
        tiles.add(data[at + 4 : at + 6])
        length = int.from_bytes(data[at + 6 : at + 10], "big")
        if length < 14:  # 0: the last tile part, which reaches to the end.
            break
        at += length
    if len(tiles) < want:
        raise UnreadableImage("is cut off or damaged (parts of the picture are missing)")
