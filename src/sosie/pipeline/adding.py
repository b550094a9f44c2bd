"""One image put into a brand without a sync: its bytes, its fingerprints, its place."""

from __future__ import annotations

import io
import os
import time
from dataclasses import replace

from sosie.config import Settings
from sosie.errors import NotFound, UsageError
from sosie.imaging import DecodeParams
from sosie.pipeline.checking import Described
from sosie.pipeline.reading import ReadParams, state_key
from sosie.sources.intake import Intake
from sosie.sources.upload import SCHEME
from sosie.store.brands import BrandImage, Brands, SourceSpec
from sosie.store.catalogue import Batch, Catalogue, Location
from sosie.store.originals import Originals
from sosie.types import FileState

UPLOADS = SourceSpec("upload", {})


def add_image(
    data: bytes,
    image: Described,
    brand: str,
    title: str,
    catalogue: Catalogue,
    originals: Originals,
    settings: Settings,
) -> BrandImage:
    """Put an image into a brand as an upload and return it. It is in the brand as a whole or not at all.

    The next job finds it read and described already. Raises `NotFound` when there is no such brand.
    """
    brands = Brands(catalogue)
    known = brands.get(brand)
    if known is None:
        raise NotFound(f"There is no brand {brand[:64]!r}.", next_step="Add the brand first.")
    name = f"checked/{image.content.sha256.hex()[:24]}.{image.content.format.lower()}"
    intake = Intake(settings.uploads_path, brand)
    intake.take(name, io.BytesIO(data))
    if intake.skipped:
        raise UsageError(f"The image {intake.skipped[0].reason}.", next_step="Choose another one.")
    stored = originals.take_in(settings.uploads_path / brand / name)
    uri = f"{SCHEME}{brand}/{name}"
    catalogue.save(_batch(uri, image, originals, settings))
    if UPLOADS.key not in {spec.key for spec in known.sources}:
        brands.save(replace(known, sources=(*known.sources, UPLOADS)))
    row = BrandImage(
        brand=brand,
        uri=uri,
        source=UPLOADS.key,
        title=title or os.path.basename(name),
        sha256=stored.sha256,
        size=stored.size,
        fetched=time.time(),
        seen=time.time(),
    )
    brands.note_found([row], [])
    return row


def _batch(uri: str, image: Described, originals: Originals, settings: Settings) -> Batch:
    key = image.content.sha256
    status = originals.path_of(key).stat()
    state = FileState(status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev)
    limits = DecodeParams(max_pixels=int(settings.max_megapixels * 1e6))
    reader = ReadParams(decode=limits, max_bytes=int(settings.max_megabytes * 1e6)).reader
    return Batch(
        locations=[Location(os.fsencode(uri), state_key(state), key, None, reader)],
        contents=[image.content],
        fingerprints=[(space, key, row) for space, row in image.rows.items()],
    )
