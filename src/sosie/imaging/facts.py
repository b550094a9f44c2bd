"""What a file says of itself before any pixel is decoded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What the container says: `data` is what to decode, without parts that no pixel needs.

    `width` and `height` are 0 where only the decoder can say them (it does so without decoding pixels).
    """

    data: bytes
    width: int = 0
    height: int = 0
    frames: int = 1
    bits: int = 8
    lossless: bool = True
    metadata: bool = False
    orientation: int = 1
    quality: int | None = None
