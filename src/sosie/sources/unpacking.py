"""Bodies that may be gzip, read in pieces: what is unpacked is never held as a whole."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from mmap import mmap

from sosie.errors import SourceFailure

_GZIP = b"\x1f\x8b"
_PIECE = 65_536


def pieces(body: bytes | mmap, what: str, limit: int) -> Iterator[bytes]:
    """Yield a body in pieces of 64 KB, unpacked when it is gzip.

    Raises `SourceFailure`, naming it as `what`, when it is damaged or unpacks to more than `limit` bytes.
    """
    if body[:2] != _GZIP:
        yield from (body[start : start + _PIECE] for start in range(0, len(body), _PIECE))
        return
    total = 0
    for piece in _unpacked(body, what):
        total += len(piece)
        if total > limit:
            raise SourceFailure(f"{what} unpacks to more than {limit / 1e6:,.0f} MB.", next_step="Split it.")
        yield piece


def _unpacked(body: bytes | mmap, what: str) -> Iterator[bytes]:
    """Yield what gzip members one after the other hold (RFC 1952), as gzip itself reads them."""
    start = 0
    while body[start : start + 2] == _GZIP:
        unpacker = zlib.decompressobj(wbits=31)
        while not unpacker.eof:
            given = unpacker.unconsumed_tail
            if not given:
                given = body[start : start + _PIECE]
                start += len(given)
            try:
                piece = unpacker.decompress(given, _PIECE)
            except zlib.error as error:
                raise SourceFailure(f"{what} is damaged gzip ({error}).", next_step="Publish it again.") from error
            if piece:
                yield piece
            elif not given:
                raise SourceFailure(f"{what} breaks off in the middle of its gzip.", next_step="Publish it again.")
        start -= len(unpacker.unused_data)
