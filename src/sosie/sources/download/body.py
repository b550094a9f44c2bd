"""Bodies of answers: unpacked as they come, and never more of them than a limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from sosie.errors import NotAnImage
from sosie.imaging.signature import recognise
from sosie.sources.download.failures import NotFetched

_PIECE = 1 << 16
_HEAD = 4096


class BodyError(Exception):
    """A body that is not taken; its text fits behind the address."""


def unpacked(pieces: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """Yield a body in pieces of at most 64 kB, unpacked. Raises `BodyError` when it is over `limit` bytes."""
    taken = 0
    for piece in _decoded(pieces, encoding):
        taken += len(piece)
        if taken > limit:
            raise BodyError(f"is larger than {limit / 1e6:,.0f} MB")
        yield piece


def _decoded(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    if encoding in ("", "identity"):
        yield from pieces
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise BodyError("is packed in a way that was not asked for")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        for piece in pieces:
            rest = piece
            while rest and not unpacker.eof:
                yield unpacker.decompress(rest, _PIECE)
                rest = unpacker.unconsumed_tail
        while left := unpacker.decompress(b"", _PIECE) if not unpacker.eof else b"":
            yield left
    except zlib.error as error:
        raise BodyError("is packed and damaged") from error
    if not unpacker.eof:
        raise BodyError("is packed and cut off")


def image_bytes(url: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pass the body of an image on once its first bytes are known to be those of one. Raises `NotFetched`."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= _HEAD:
            break
    try:
        recognise(head)
    except NotAnImage as error:
        raise NotFetched(url, error.message, next_step=error.next_step) from error
    yield head
    yield from pieces
