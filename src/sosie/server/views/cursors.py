"""Cursors: where a page ended, for the next one to go on from."""

from __future__ import annotations

import base64
import hashlib
import struct

from sosie.errors import UsageError

_PLACE = struct.Struct("<q")
_SEAL = 8


def write_cursor(place: int, listing: str) -> str:
    """Give the cursor of a place in a listing; `listing` names what is listed and in which order."""
    packed = _PLACE.pack(place)
    return base64.urlsafe_b64encode(packed + _seal(packed, listing)).decode().rstrip("=")


def read_cursor(cursor: str, listing: str) -> int:
    """Give the place that a cursor names, 0 for an empty one. Raises `UsageError` for that of another listing.

    A cursor holds nothing secret, and whoever forges one only sees the page at another place of the same listing.
    """
    if not cursor:
        return 0
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        packed, seal = data[: _PLACE.size], data[_PLACE.size :]
        (place,) = _PLACE.unpack(packed)
    except (ValueError, struct.error):
        packed, seal, place = b"", b"", -1
    if seal != _seal(packed, listing) or place < 0:
        raise UsageError("This cursor is of another list.", next_step="Begin with the first page, without a cursor.")
    return int(place)


def _seal(packed: bytes, listing: str) -> bytes:
    return hashlib.blake2b(packed + listing.encode("utf-8", "surrogatepass"), digest_size=_SEAL).digest()
