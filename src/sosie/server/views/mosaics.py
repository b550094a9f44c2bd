"""Which pictures show a brand."""

from __future__ import annotations

import os
from collections.abc import Sequence

from sosie.store.brands import BrandImage, Brands
from sosie.store.catalogue import Catalogue, Content

_LOOKED_AT = 60
_SHOWN = 5
_LONG = 1.4
"""Width by height from which a picture is a banner."""


def mosaic(catalogue: Catalogue, brands: Brands, key: str) -> list[str]:
    """Return up to five contents (SHA-256, hexadecimal) of a brand that were read already, spread over its first ones.

    The largest stands first. No content stands twice, so copies do not fill the picture; long banners stand only where
    there is little else.
    """
    known = _read(catalogue, brands.first_images(key, _LOOKED_AT))
    upright = [content for content in known if 1 / _LONG <= content.width / max(1, content.height) <= _LONG]
    chosen = upright if len(upright) >= _SHOWN else known
    step = max(1, len(chosen) // _SHOWN)
    shown = sorted(chosen[::step][:_SHOWN], key=lambda content: -content.width * content.height)
    return [content.sha256.hex() for content in shown]


def _read(catalogue: Catalogue, images: Sequence[BrandImage]) -> list[Content]:
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
    return [readable[content] for content in found if content in readable]
