"""The directories of a TIFF, walked before a decoder sees them: pages, loops, and tags that lie about their size."""

from __future__ import annotations

from typing import Literal

from sosie.errors import NotAnImage, UnreadableImage
from sosie.imaging.facts import Facts
from sosie.imaging.failures import check_size, cut_off

_MAX_PAGES = 10_000
_MAX_TAGS = 4_096
_MAX_OVERHANG = 4_096
"""Pixels by which a tile may reach over the picture's edge: decoders reserve memory for whole tiles."""
_UNIT = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_YCBCR = 6
_JPEG_COMPRESSION = frozenset((6, 7))
_LOSSY_COMPRESSION = _JPEG_COMPRESSION | {33003, 33005, 34712, 50001}

_STRIPS, _TILES = 273, 324


class Tags(dict[int, int]):
    """First value of each tag of one directory; `counts` has how many values each tag has."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[int, int] = {}


class _Reader:
    """Numbers of a TIFF at an offset, in its byte order; 0 beyond its end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
        self.big = self.number(2, 2) == 43

    def number(self, at: int, size: int) -> int:
        return int.from_bytes(self.data[at : at + size], self.order)


def examine_tiff(data: bytes, max_pixels: int) -> Facts:
    """Facts of a TIFF's first page. Pages that are smaller copies of another (thumbnails) are not counted."""
    reader = _Reader(data)
    at = reader.number(8, 8) if reader.big else reader.number(4, 4)
    first, at = _directory(reader, at)
    if 50706 in first or (330 in first and first.get(254, 0) & 1):
        raise NotAnImage(
            "is a camera raw file, which cannot be read", next_step="Export it as JPEG to have it compared."
        )
    check_size(first.get(256, 0), first.get(257, 0), max_pixels)
    _check_parts(first, len(data))
    return Facts(
        data,
        first.get(256, 0),
        first.get(257, 0),
        frames=1 + _further_pages(reader, at),
        bits=first.get(258, 1),
        lossless=first.get(259, 1) not in _LOSSY_COMPRESSION,
        metadata=any(tag in first for tag in (700, 33723, 34377, 34665)),
    )


def _check_parts(tags: Tags, size: int) -> None:
    """Raise `UnreadableImage` where strips or tiles of the picture are missing: decoders would leave them black."""
    width, height = max(1, tags.get(256, 1)), max(1, tags.get(257, 1))
    across, down = tags.get(322, 0), tags.get(323, 0)
    samples = max(1, tags.get(277, 1))
    if _TILES in tags and across and down:
        if max(across - width, down - height) > _MAX_OVERHANG:
            raise UnreadableImage("is damaged (its tiles are larger than the picture)")
        have, want = tags.counts[_TILES], -(-width // across) * -(-height // down)
    else:
        have, want = tags.counts.get(_STRIPS, 0), -(-height // max(1, min(height, tags.get(278, height))))
    if have < want * (samples if tags.get(284, 1) == 2 else 1):
        raise UnreadableImage("is damaged (parts of the picture are missing)")
    needed = height * ((width * samples * tags.get(258, 1) + 7) // 8)
    if tags.get(259, 1) == 1 and tags.get(262, 0) != _YCBCR and needed > size:
        raise cut_off(size, needed)


def _further_pages(reader: _Reader, at: int) -> int:
    seen: set[int] = set()
    pages = 0
    while at and at not in seen and pages < _MAX_PAGES and at + 6 <= len(reader.data):
        seen.add(at)
        tags, at = _directory(reader, at)
        pages += not tags.get(254, 0) & 1
    return pages


def _directory(reader: _Reader, at: int) -> tuple[Tags, int]:
    """The tags of the directory at an offset, and the offset of the next one.

    Raises `UnreadableImage` where its tags claim more data than the file has: decoders would copy it once a tag.
    """
    lead, entry, inline = (8, 20, 8) if reader.big else (2, 12, 4)
    size = len(reader.data)
    count = reader.number(at, lead)
    end = at + lead + entry * count
    if at < 8 or end > size:
        raise UnreadableImage("is cut off or damaged (its table of contents lies beyond its end)")
    if count > _MAX_TAGS:
        raise UnreadableImage(f"is damaged (its table of contents has {count:,} entries)")
    tags = Tags()
    claimed = 0
    for i in range(at + lead, end, entry):
        tag, kind, values = reader.number(i, 2), reader.number(i + 2, 2), reader.number(i + 4, inline)
        unit = _UNIT.get(kind, 0)
        where = i + 4 + inline
        if unit * values > inline:
            claimed += unit * values
            where = reader.number(where, inline)
        tags.counts.setdefault(tag, values)
        tags.setdefault(tag, reader.number(where, unit) if unit and where + unit <= size else 0)
    if claimed > size:
        raise UnreadableImage("is cut off or damaged (its table of contents claims more data than it has)")
    return tags, reader.number(end, inline)
