"""Pixel equality: two files of different bytes that decode to the same picture."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from sosie.errors import UnreadableImage
from sosie.imaging import DecodeParams, pixel_digest
from sosie.pipeline.contents import Contents
from sosie.sources.folder import read_file
from sosie.store.catalogue import Catalogue, Content
from sosie.types import ImageRef

NONE = b""
"""Stands for a content that has no digest: it is animated, or its file is gone."""


def possibly_equal(a: Content, b: Content, distance: int) -> bool:
    """Tell whether two contents with this PDQ distance can have equal pixels, from what is known already.

    JPEGs are hashed from a smaller decode than other formats, so only across that border may equal pixels give
    slightly different hashes.
    """
    if (a.width, a.height, a.frames, b.frames) != (b.width, b.height, 1, 1):
        return False
    limit = 0 if (a.format == "JPEG") == (b.format == "JPEG") else 16
    return distance <= limit


def ensure_digests(
    rows: Iterable[int], contents: Contents, catalogue: Catalogue, decode: DecodeParams, max_bytes: int
) -> dict[int, bytes]:
    """Return the pixel digests of some contents, reading anew only those that the catalogue lacks."""
    wanted = sorted(set(rows))
    known = catalogue.contents(contents.keys[row] for row in wanted)
    digests: dict[int, bytes] = {}
    fresh: dict[bytes, bytes] = {}
    for row in wanted:
        digest = known[contents.keys[row]].pixels_sha256
        if digest is None:
            digest = _digest(contents.keys[row], contents.refs[row], decode, max_bytes)
            if digest is not None:
                fresh[contents.keys[row]] = digest
        digests[row] = digest or NONE
    if fresh:
        catalogue.save_pixel_digests(fresh)
    return digests


def _digest(key: bytes, refs: Sequence[ImageRef], decode: DecodeParams, max_bytes: int) -> bytes | None:
    """Return the digest, `NONE` where there is none, and None where no file holds this content any more."""
    for ref in refs:
        try:
            data, _ = read_file(ref.file, max_bytes)
        except OSError:
            continue  # the next scan finds that it is gone
        if hashlib.sha256(data).digest() != key:
            continue  # changed since it was read: its digest would be that of another picture
        try:
            digest = pixel_digest(data, decode)
        except UnreadableImage:
            return NONE
        return bytes.fromhex(digest) if digest else NONE
    return None
