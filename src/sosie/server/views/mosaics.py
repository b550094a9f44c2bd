"""Which pictures show a brand."""

from __future__ import annotations

import os
from collections.abc import Sequence

from sosie.store.brands import BrandImage, Brands
from sosie.store.catalogue import Catalogue

_LOOKED_AT = 60
_SHOWN = 5


def mosaic(catalogue: Catalogue, brands: Brands, key: str) -> list[str]:
    """Return up to five contents (SHA-256, hexadecimal) of a brand that were read already, spread over its first ones.

    No content stands twice, so copies do not fill the picture.
    """
    known = _read(catalogue, brands.first_images(key, _LOOKED_AT))
    step = max(1, len(known) // _SHOWN)
    return [content.hex() for content in known[::step][:_SHOWN]]


def _read(catalogue: Catalogue, images: Sequence[BrandImage]) -> list[bytes]:
    """Return the contents of images that can be shown: fetched ones by their row, files by what was read of them."""
    files = [os.fsencode(image.uri) for image in images if image.sha256 is None]
    there = catalogue.locations(files) if files else {}
    found: dict[bytes, None] = {}
    for image in images:
        location = there.get(os.fsencode(image.uri))
        content = image.sha256 or (location.sha256 if location else None)
        if content is not None:
            found[content] = None
    readable = catalogue.contents(found)
    return [content for content in found if content in readable]
