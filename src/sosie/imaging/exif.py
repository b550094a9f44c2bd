"""The one thing that pixels need of EXIF: the orientation."""

from __future__ import annotations

from typing import Literal

_ORIENTATION = 0x0112


def orientation(block: bytes) -> int:
    """The EXIF orientation (1 to 8) in a TIFF-structured block, 1 where there is none or it is damaged.

    Reads the first directory only, as the standard says (CIPA DC-008, 4.6.4), and accepts the "Exif" prefix of JPEG.
    """
    if block[:6] == b"Exif\0\0":
        block = block[6:]
    order: Literal["little", "big"] = "little" if block[:2] == b"II" else "big"
    start = int.from_bytes(block[4:8], order)
    count = int.from_bytes(block[start : start + 2], order)
    for at in range(start + 2, min(start + 2 + 12 * count, len(block) - 11), 12):
        if int.from_bytes(block[at : at + 2], order) == _ORIENTATION:
            value = int.from_bytes(block[at + 8 : at + 10], order)
            return value if 1 <= value <= 8 else 1
    return 1
