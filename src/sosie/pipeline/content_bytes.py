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
    try:
        original = originals.find(content.sha256)
    except OSError:
        original = None  # it may be a file of this machine all the same
    places = [str(original)] if original else []
    places += [os.fsdecode(uri) for uri in catalogue.uris([content.sha256]).get(content.sha256, ())]
    why = "it is kept nowhere on this machine"
    for place in places:
        if not Path(place).is_absolute() or not os.path.lexists(place):
            continue
        try:
            data, _ = read_file(place, limit)
        except OSError as error:
            why = f"its file {plain_reason(error)}"
            continue
        if hashlib.sha256(data).digest() == content.sha256:
            return data
        why = "its file was changed since"
    raise Gone(
        f"The image {content.sha256.hex()} cannot be shown: {why}.",
        next_step="Sync its brand, or scan its folder again.",
    )
