"""From a brand's sources to originals: list, download what is new, remember what could not be had."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from sosie.config import Settings
from sosie.errors import SourceFailure, UsageError
from sosie.pipeline.brand_refs import brand_refs
from sosie.pipeline.brand_settings import for_fetching
from sosie.pipeline.fetching import Fetcher, Had, Wanted, plain_text
from sosie.pipeline.naming import Names, sentence_without_secrets, without_secrets
from sosie.pipeline.progress import Listener, Progress, ignore
from sosie.sources.base import Source
from sosie.sources.download import Allowed, Downloader, Guard, Limits, spread
from sosie.sources.specs import Handed, make_source
from sosie.store.brands import Brand, BrandImage, Brands, BrandSkip, SourceSpec
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals
from sosie.types import ImageRef, Skipped

__all__ = ["SyncResult", "brand_refs", "downloader", "source_of", "sync_brand"]

_COMMIT_IMAGES = 256
_COMMIT_SECONDS = 0.25
_RESUMABLE = 3600.0
"""Seconds after its last download for which a sync that was cut off is gone on with, rather than begun anew."""

_VARIABLES = "SOSIE_SOURCE_"
"""Variables of the environment that a source declared over the API may use begin so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """What a sync did. `images` are those that the brand has now, `fetched` of them were downloaded (`bytes`),
    `unchanged` were not, `gone` were forgotten since no source lists them any more.

    `kept` could not be asked for anew and stay as they were; `skipped` could not be had. `failures` says, a sentence a
    source, which sources could not be read: what they gave before stays.
    """

    brand: str
    images: int = 0
    fetched: int = 0
    bytes: int = 0
    unchanged: int = 0
    gone: int = 0
    kept: tuple[Skipped, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    failures: tuple[str, ...] = ()


def sync_brand(
    catalogue: Catalogue,
    originals: Originals,
    brand: Brand,
    settings: Settings,
    listen: Listener = ignore,
    stop: threading.Event | None = None,
    environment: Mapping[str, str] | None = None,
) -> SyncResult:
    """Bring the images of a brand up to date with its sources and return what that did.

    What is stored is not fetched again unless the server says that it has changed; a sync that was cut off goes on
    where it was. A source that fails is reported, and the others go on. `listen` hears of the progress.

    Raises `Cancelled` when `stop` is set or `listen` raises it, `CatalogueError` when the database fails, and
    `SosieError` when originals cannot be stored, as on a full disk; what was stored stays.
    """
    brands, stop = Brands(catalogue), stop or threading.Event()
    settings = for_fetching(settings, brand)
    now = time.time()
    begun = now
    if brand.sync_begun and now - max(brand.sync_begun, brands.last_fetched(brand.key)) < _RESUMABLE:
        begun = brand.sync_begun
    brands.begin_sync(brand.key, begun)
    with downloader(settings, stop) as web:
        sync = _Sync(brands, brand, Fetcher(brand.key, originals, web, begun), settings, listen)
        try:
            for spec in brand.sources:
                sync.read(spec, source_of(spec, brand.key, web, settings, environment))
        finally:
            sync.commit()
    return sync.finish()


def downloader(settings: Settings, stop: threading.Event) -> Downloader:
    """Return the guarded downloader that these settings describe. Raises `UsageError` for a network that is none."""
    limits = Limits(
        seconds=settings.download_seconds,
        bytes=int(min(settings.download_megabytes, settings.max_megabytes) * 1e6),
        connections=settings.downloads,
    )
    guard = Guard(Allowed.of(settings.allowed_networks))
    return Downloader(guard, limits, stop, proxy=settings.download_proxy)


def source_of(
    spec: SourceSpec, brand: str, web: Downloader, settings: Settings, environment: Mapping[str, str] | None
) -> Callable[[], Source]:
    """Return how the source is made that a brand declares; what is not trusted sees allowed folders and variables only.

    Calling it raises `UsageError` for a declaration that cannot be.
    """
    variables = os.environ if environment is None else environment
    if not spec.trusted:
        variables = {name: value for name, value in variables.items() if name.startswith(_VARIABLES)}
    roots = None if spec.trusted else settings.allowed_roots
    handed = Handed(
        brand=brand,
        web=web,
        uploads=settings.uploads_path,
        roots=roots,
        environment=variables,
        trusted=spec.trusted,
    )
    return lambda: make_source(spec.kind, spec.settings, handed)


@dataclass
class _Sync:
    brands: Brands
    brand: Brand
    fetcher: Fetcher
    settings: Settings
    listen: Listener
    names: Names = field(default_factory=Names)
    images: list[BrandImage] = field(default_factory=list)
    skips: list[BrandSkip] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    complete: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    kept: list[Skipped] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    listed: int = 0
    done: int = 0
    fetched: int = 0
    size: int = 0
    committed: float = field(default_factory=time.monotonic)

    def read(self, spec: SourceSpec, make: Callable[[], Source]) -> None:
        """Take in all that one source lists."""
        try:
            source = make()
            with closing(self.spread(self.wanted(spec, source))) as found:
                for had in found:
                    self.note(had)
        except UsageError as error:
            self.failures.append(f"{spec.kind}: {sentence_without_secrets(str(error))}")

    def spread(self, wanted: Iterator[Wanted]) -> Generator[Had, None, None]:
        return spread(
            wanted,
            lambda item: urlsplit(item.ref.uri).netloc,
            self.fetcher.have,
            at_once=self.settings.downloads,
            per_host=self.settings.downloads_per_host,
            halt=self.fetcher.web.stop.set,
        )

    def wanted(self, spec: SourceSpec, source: Source) -> Iterator[Wanted]:
        """Yield what must be fetched; a failure of the source ends it, and what was listed before is fetched still."""
        try:
            yield from self.listed_by(spec.key, source)
        except SourceFailure as error:
            self.failures.append(f"{spec.kind}: {sentence_without_secrets(str(error))}")
        else:
            self.complete.append(spec.key)

    def listed_by(self, spec: str, source: Source) -> Iterator[Wanted]:
        """Yield what must be fetched; what needs no fetching is noted on the way."""
        opener = getattr(source, "open", None)
        for part in _parts(source.refs()):
            fresh = []
            for item in part:
                self.listed += 1
                if isinstance(item, Skipped):
                    self.skip(
                        spec, without_secrets(item.uri if _is_text(item.uri) else plain_text(item.uri)), item.reason
                    )
                elif not _is_text(item.uri):
                    self.skip(spec, plain_text(item.uri), "has a name that is no text")
                elif (uri := self.names.name(item.uri)) is None:
                    self.done += 1
                else:
                    fresh.append((uri, item))
            known = self.brands.known(self.brand.key, [uri for uri, _ in fresh])
            for uri, ref in fresh:
                wanted = Wanted(uri, ref, spec, known.get(uri), opener)
                if ref.state is not None and not ref.path:  # a file of this machine is read where it is
                    self.note(Had(wanted, self.fetcher.row(wanted)))
                else:
                    yield wanted

    def note(self, had: Had) -> None:
        """Take down what came of one image, and write it with others a few times a second."""
        self.done += 1
        wanted = had.wanted
        if had.image is not None:
            self.images.append(had.image)
            self.fetched += had.size > 0
            self.size += had.size
        elif wanted.known is not None and not had.gone:
            self.images.append(replace(wanted.known, seen=time.time()))
            self.kept.append(Skipped(wanted.uri, had.reason))
        else:
            self.gone += [wanted.uri] if wanted.known is not None else []
            self.skip(wanted.spec, wanted.uri, had.reason)
        self.tell()
        full = len(self.images) + len(self.skips) >= _COMMIT_IMAGES
        if full or time.monotonic() - self.committed > _COMMIT_SECONDS:
            self.commit()

    def skip(self, spec: str, uri: str, reason: str) -> None:
        reason = sentence_without_secrets(reason)
        self.skipped.append(Skipped(uri, reason))
        row = BrandSkip(brand=self.brand.key, uri=uri, source=spec, reason=plain_text(reason), seen=time.time())
        self.skips.append(row)

    def tell(self) -> None:
        last = f"{self.skipped[-1].uri} {self.skipped[-1].reason}" if self.skipped else ""
        self.listen(Progress("fetch", self.done, self.listed, len(self.skipped), last))

    def commit(self) -> None:
        """Write what is known so far."""
        if self.images or self.skips or self.gone:
            self.brands.note_found(self.images, self.skips)
            self.brands.drop_images(self.brand.key, self.gone)
        self.images, self.skips, self.gone = [], [], []
        self.committed = time.monotonic()

    def finish(self) -> SyncResult:
        """Forget what is listed no more, and sum up."""
        self.brands.end_sync(self.brand.key, time.time(), " ".join(self.failures))
        whole = not self.failures
        gone = self.brands.drop_unseen(self.brand.key, self.fetcher.begun, self.complete, of_others=whole)
        if self.brands.get(self.brand.key) is None:
            self.brands.remove(self.brand.key)  # somebody removed it meanwhile: what came since goes as well
        images, _ = self.brands.counts().get(self.brand.key, (0, 0))
        return SyncResult(
            brand=self.brand.key,
            images=images,
            fetched=self.fetched,
            bytes=self.size,
            unchanged=max(images - self.fetched - len(self.kept), 0),
            gone=gone,
            kept=tuple(self.kept),
            skipped=tuple(self.skipped),
            failures=tuple(self.failures),
        )


def _is_text(uri: str) -> bool:
    try:
        os.fsencode(uri)
    except UnicodeEncodeError:
        return False
    return True


def _parts(items: Iterator[ImageRef | Skipped], size: int = 128) -> Iterator[Sequence[ImageRef | Skipped]]:
    part: list[ImageRef | Skipped] = []
    for item in items:
        part.append(item)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
