"""The images of brands as they are stored on this machine; nothing is asked of any network."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from sosie.sources.folder import plain_reason
from sosie.store.brands import BrandImage, Brands
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals
from sosie.types import FileState, ImageRef, Skipped

LOST = "was fetched, but its original is not here any more (sync its brand again)"


def brand_refs(catalogue: Catalogue, originals: Originals, keys: Sequence[str]) -> tuple[list[ImageRef], list[Skipped]]:
    """Return the images of some brands, by brand and URI, and what could not be had, with the reason.

    An address that several brands list has the bytes that were fetched last, in all of them.
    """
    brands = Brands(catalogue)
    images = list(brands.images(keys))
    newest = _newest(images)
    refs: list[ImageRef] = []
    skipped = [Skipped(skip.uri, skip.reason) for skip in brands.skips(keys)]
    for image in images:
        here = _here(newest[image.uri], image, originals)
        if isinstance(here, ImageRef):
            refs.append(here)
        else:
            skipped.append(here)
    return refs, skipped


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


def stored_file(catalogue: Catalogue, originals: Originals, sha256: bytes) -> Path | None:
    """Return a file of this machine that holds these contents, or None when there is none.

    It is an original, or the file that was read last with these bytes; that one may have changed since.
    """
    if originals.holds(sha256):
        return originals.path_of(sha256)
    for uri in catalogue.uris([sha256]).get(sha256, ()):
        path = Path(os.fsdecode(uri))
        if path.is_absolute() and path.is_file():
            return path
    return None
