"""A look at a source before it is saved: the first images that it gives, or why it gives none."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sosie.config import Settings
from sosie.errors import Cancelled, SosieError, SourceFailure
from sosie.imaging import DecodeParams, decode
from sosie.imaging.thumbnails import encode_webp, thumbnail
from sosie.pipeline.collecting import downloader, source_of
from sosie.sources.base import Source
from sosie.sources.download import Downloader
from sosie.sources.folder import read_file
from sosie.store.brands import SourceSpec
from sosie.store.originals import Originals
from sosie.types import ImageRef

LISTED = 24
"""Images that are looked at."""
SHOWN = 6
"""Images of which a small picture is made."""
_SIDE = 160
_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found: the first images, for the first few of them a small WebP picture.

    `complete`: there are no more. `error` is why the source cannot be read (any further), empty when it can.
    """

    images: tuple[tuple[ImageRef, bytes | None], ...] = ()
    complete: bool = False
    error: str = ""
    next_step: str = ""


def look_at(spec: SourceSpec, brand: str, settings: Settings) -> Look:
    """Return what a source gives first, after some seconds at most. Nothing is stored.

    Raises `UsageError` for a declaration that cannot be.
    """
    stop = threading.Event()
    alarm = threading.Timer(_SECONDS, stop.set)
    alarm.daemon = True
    alarm.start()
    try:
        with downloader(settings, stop) as web:
            source = source_of(spec, brand, web, settings, None)()
            refs, complete, failure = _first(source, stop)
            images = tuple(_pictured(source, refs, web, settings))
    finally:
        alarm.cancel()
    if failure is None:
        return Look(images, complete)
    return Look(images, complete, failure.message, failure.next_step)


def _first(source: Source, stop: threading.Event) -> tuple[list[ImageRef], bool, SosieError | None]:
    refs: list[ImageRef] = []
    try:
        for item in source.refs():
            if isinstance(item, ImageRef):
                refs.append(item)
            if len(refs) >= LISTED or stop.is_set():
                return refs, False, None
    except Cancelled:
        late = SourceFailure(f"The source gave nothing more within {_SECONDS:.0f} seconds.")
        return refs, False, None if refs else late
    except SosieError as error:
        return refs, False, error
    return refs, True, None


def _pictured(
    source: Source, refs: list[ImageRef], web: Downloader, settings: Settings
) -> Iterator[tuple[ImageRef, bytes | None]]:
    """Yield each image with a small picture, None where there is none to show."""
    begun = time.monotonic()
    with TemporaryDirectory(prefix="sosie-look-") as folder:
        for number, ref in enumerate(refs):
            wanted = number < SHOWN and time.monotonic() - begun < _SECONDS
            yield ref, _picture(source, ref, web, settings, Path(folder)) if wanted else None


def _picture(source: Source, ref: ImageRef, web: Downloader, settings: Settings, folder: Path) -> bytes | None:
    limits = DecodeParams(max_pixels=int(settings.max_megapixels * 1e6), min_side=_SIDE)
    try:
        data = _bytes(source, ref, web, folder)
        return encode_webp(thumbnail(decode(data, limits), _SIDE))
    except (SosieError, OSError):
        return None  # it is named all the same; a sync says what is wrong with it


def _bytes(source: Source, ref: ImageRef, web: Downloader, folder: Path) -> bytes:
    if ref.state is not None:
        data, _ = read_file(ref.file, web.limits.bytes)
        return data
    opener = getattr(source, "open", None)
    if opener is not None:
        found = bytearray()
        for piece in opener(ref):
            found += piece
            if len(found) > web.limits.bytes:
                raise SourceFailure("The image is too large.")
        return bytes(found)
    originals = Originals(folder)
    with originals.incoming() as incoming:
        web.fetch(ref.uri, incoming)
        return originals.keep(incoming).path.read_bytes()
