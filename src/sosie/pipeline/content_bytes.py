"""The bytes of a content of the catalogue, wherever they lie on this machine, as they were when it was read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from sosie.errors import Gone, NotFound
from sosie.sources.folder import plain_reason, read_file
from sosie.store.catalogue import Catalogue, Content
from sosie.store.originals import Originals


def known_content(catalogue: Catalogue, sha256: bytes) -> Content:
    """Return what image a content is. Raises `NotFound` for one that is not in the catalogue."""
    content = catalogue.contents([sha256]).get(sha256)
    if content is None:
        raise NotFound(
            f"There is no image {sha256.hex()} in the catalogue.", next_step="Process the brand that it belongs to."
        )
    return content


def read_content(catalogue: Catalogue, originals: Originals, content: Content, limit: int) -> bytes:
    """Return the bytes of a content: of its original, or of a file where it was found, whose hash is what it was.

    Raises `Gone` when every file of it is gone, unreadable or changed: other bytes are never given in its place.
    """
    return _read(catalogue, originals, content.sha256, limit)


def read_fetched(catalogue: Catalogue, originals: Originals, sha256: bytes, limit: int) -> bytes:
    """Return the bytes of a content as `read_content` does, also of one that was fetched and not looked at yet.

    Raises `NotFound` for one that is neither in the catalogue nor among the originals, and `Gone`.
    """
    if originals.size_here(sha256) is None:
        known_content(catalogue, sha256)
    return _read(catalogue, originals, sha256, limit)


def _read(catalogue: Catalogue, originals: Originals, sha256: bytes, limit: int) -> bytes:
    try:
        original = originals.find(sha256)
    except OSError:
        original = None  # it may be a file of this machine all the same
    places = [str(original)] if original else []
    places += [os.fsdecode(uri) for uri in catalogue.uris([sha256]).get(sha256, ())]
    why = "it is kept nowhere on this machine"
    for place in places:
        if not Path(place).is_absolute() or not os.path.lexists(place):
            continue
        try:
            data, _ = read_file(place, limit)
        except OSError as error:
            why = f"its file {plain_reason(error)}"
            continue
        if hashlib.sha256(data).digest() == sha256:
            return data
        why = "its file was changed since"
    raise Gone(
        f"The image {sha256.hex()} cannot be shown: {why}.",
        next_step="Sync its brand, or scan its folder again.",
    )
