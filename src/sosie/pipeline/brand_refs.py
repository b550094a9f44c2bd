"""The images of brands as they are stored on this machine; no source is asked for anything."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from sosie.sources.folder import plain_reason
from sosie.store.brands import BrandImage, Brands
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals
from sosie.types import FileState, ImageRef, Skipped

_BROUGHT_AT_ONCE = 16

LOST = "was fetched, but its original is not here any more (sync its brand again)"


def brand_refs(catalogue: Catalogue, originals: Originals, keys: Sequence[str]) -> tuple[list[ImageRef], list[Skipped]]:
    """Return the images of some brands, by brand and URI, and what could not be had, with the reason.

    An address that several brands list has the bytes that were fetched last, in all of them.
    """
    brands = Brands(catalogue)
    images = list(brands.images(keys))
    newest = _newest(images)
    _bring({image.sha256 for image in newest.values() if image.sha256 is not None}, originals)
    refs: list[ImageRef] = []
    skipped = [Skipped(skip.uri, skip.reason) for skip in brands.skips(keys)]
    for image in images:
        here = _here(newest[image.uri], image, originals)
        if isinstance(here, ImageRef):
            refs.append(here)
        else:
            skipped.append(here)
    return refs, skipped


def _bring(contents: set[bytes], originals: Originals) -> None:
    """Bring from the bucket of originals, where there is one, what is not on this machine."""
    missing = [key for key in contents if originals.size_here(key) is None] if originals.bucket else []

    def bring(sha256: bytes) -> None:
        with suppress(OSError):  # what is missing then is reported image by image
            originals.find(sha256)

    if missing:
        with ThreadPoolExecutor(_BROUGHT_AT_ONCE, "sosie-bring") as pool:
            list(pool.map(bring, missing))


def _newest(images: Sequence[BrandImage]) -> dict[str, BrandImage]:
    found: dict[str, BrandImage] = {}
    for image in images:
        known = found.get(image.uri)
        if known is None or (image.fetched or 0.0) > (known.fetched or 0.0):
            found[image.uri] = image
    return found


def _here(newest: BrandImage, image: BrandImage, originals: Originals) -> ImageRef | Skipped:
    path = image.uri if newest.sha256 is None else str(originals.path_of(newest.sha256))
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return Skipped(image.uri, LOST if newest.sha256 is not None else "is not there any more (sync its brand)")
    except OSError as error:
        return Skipped(image.uri, plain_reason(error))
    if not stat.S_ISREG(status.st_mode):
        return Skipped(image.uri, "is no file any more (sync its brand)")
    if newest.sha256 is not None and status.st_size != newest.size:
        return Skipped(image.uri, LOST)
    return ImageRef(
        uri=image.uri,
        brand=image.brand,
        title=image.title,
        metadata=image.metadata,
        state=FileState(status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev),
        aliases=image.aliases,
        path="" if newest.sha256 is None else path,
    )
