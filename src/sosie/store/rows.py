"""The nouns of the catalogue: light to import, for processes that read files and write nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """What is known of a URI: the state of its file when it was read, and the content or the reason why not."""

    uri: bytes
    state: str
    sha256: bytes | None
    reason: str | None
    reader: str


@dataclass(frozen=True, slots=True)
class Content:
    """One sequence of bytes and what image it is."""

    sha256: bytes
    size: int
    format: str
    width: int
    height: int
    frames: int
    bits: int
    alpha: bool
    lossless: bool
    quality: int | None
    metadata: bool
    detail: float
    detail_side: int
    pixels_sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step of reading found, written in one transaction or not at all."""

    locations: Sequence[Location] = ()
    contents: Sequence[Content] = ()
    fingerprints: Sequence[tuple[str, bytes, bytes]] = ()
    """Space, content, row."""
