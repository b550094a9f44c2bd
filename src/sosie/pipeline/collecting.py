"""From a brand's sources to originals: list, download what is new, remember what could not be had."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from sosie.config import Settings
from sosie.errors import Cancelled, SourceFailure, UsageError
from sosie.pipeline.brand_refs import brand_refs
from sosie.pipeline.naming import Names
from sosie.pipeline.progress import Listener, Progress, ignore
from sosie.pipeline.reading import state_key
from sosie.sources.base import Source
from sosie.sources.download import Allowed, Downloader, Guard, Limits, NotFetched, image_bytes, spread
from sosie.sources.specs import Handed, make_source
from sosie.store.brands import Brand, BrandImage, Brands, BrandSkip, SourceSpec
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals, Stored
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

    Raises `Cancelled` when `stop` is set or `listen` raises it, and `CatalogueError` when the database fails.
    """
    brands, stop = Brands(catalogue), stop or threading.Event()
    now = time.time()
    begun = now
    if brand.sync_begun and now - max(brand.sync_begun, brands.last_fetched(brand.key)) < _RESUMABLE:
        begun = brand.sync_begun
    brands.begin_sync(brand.key, begun)
    with downloader(settings, stop) as web:
        sync = _Sync(brands, originals, brand, web, settings, listen, begun)
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


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An image to be had: under which name it is kept, what the source says of it, what is known of it."""

    uri: str
    ref: ImageRef
    spec: str
    known: BrandImage | None
    opener: Callable[[ImageRef], Iterator[bytes]] | None


@dataclass(frozen=True, slots=True)
class _Had:
    """What came of one image: a row to write, or why there is none; `gone` when the server says it is no more."""

    wanted: _Wanted
    image: BrandImage | None = None
    reason: str = ""
    gone: bool = False
    size: int = 0


@dataclass
class _Sync:
    brands: Brands
    originals: Originals
    brand: Brand
    web: Downloader
    settings: Settings
    listen: Listener
    begun: float
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
            self.failures.append(f"{spec.kind}: {error}")

    def spread(self, wanted: Iterator[_Wanted]) -> Generator[_Had, None, None]:
        return spread(
            wanted,
            lambda item: urlsplit(item.ref.uri).netloc,
            self.have,
            at_once=self.settings.downloads,
            per_host=self.settings.downloads_per_host,
            halt=self.web.stop.set,
        )

    def wanted(self, spec: SourceSpec, source: Source) -> Iterator[_Wanted]:
        """Yield what must be fetched; a failure of the source ends it, and what was listed before is fetched still."""
        try:
            yield from self.listed_by(spec.key, source)
        except SourceFailure as error:
            self.failures.append(f"{spec.kind}: {error}")
        else:
            self.complete.append(spec.key)

    def listed_by(self, spec: str, source: Source) -> Iterator[_Wanted]:
        """Yield what must be fetched; what needs no fetching is noted on the way."""
        opener = getattr(source, "open", None)
        for part in _parts(source.refs()):
            fresh = []
            for item in part:
                self.listed += 1
                if isinstance(item, Skipped):
                    self.skip(spec, item.uri if _is_text(item.uri) else _text(item.uri), item.reason)
                elif not _is_text(item.uri):
                    self.skip(spec, _text(item.uri), "has a name that is no text")
                elif (uri := self.names.name(item.uri)) is None:
                    self.done += 1
                else:
                    fresh.append((uri, item))
            known = self.brands.known(self.brand.key, [uri for uri, _ in fresh])
            for uri, ref in fresh:
                wanted = _Wanted(uri, ref, spec, known.get(uri), opener)
                if ref.state is not None and not ref.path:  # a file of this machine is read where it is
                    self.note(_Had(wanted, self.row(wanted)))
                else:
                    yield wanted

    def row(self, wanted: _Wanted, known: BrandImage | None = None) -> BrandImage:
        ref = wanted.ref
        row = known or BrandImage(brand=self.brand.key, uri=wanted.uri, source=wanted.spec)
        told = {"source": wanted.spec, "title": _text(ref.title), "metadata": ref.metadata, "aliases": ref.aliases}
        return replace(row, **told, seen=time.time())  # type: ignore[arg-type]

    def have(self, wanted: _Wanted) -> _Had:
        """Have one image; runs in a thread."""
        try:
            known = self.held(wanted)
            if known is not None and self.is_current(wanted, known):
                return _Had(wanted, self.row(wanted, known))
            if wanted.ref.path:
                return self.had(wanted, self.originals.take_in(Path(wanted.ref.path)), _mark(wanted))
            if wanted.opener is not None:
                return self.opened(wanted, wanted.opener)
            return self.downloaded(wanted, known)
        except NotFetched as error:
            return _Had(wanted, reason=error.reason, gone=error.gone)
        except SourceFailure as error:
            return _Had(wanted, reason=error.message)
        except OSError as error:
            return _Had(wanted, reason=f"cannot be stored ({error.strerror or error})")
        except Cancelled:
            raise
        except Exception as error:  # what one server makes a library stumble over must not take all others along
            return _Had(wanted, reason=f"could not be fetched ({type(error).__name__})")

    def held(self, wanted: _Wanted) -> BrandImage | None:
        """Return what is known of an image whose original is kept."""
        known = wanted.known
        if known is None or known.sha256 is None or known.size is None:
            return None
        return known if self.originals.holds(known.sha256, known.size) else None

    def is_current(self, wanted: _Wanted, known: BrandImage) -> bool:
        """Tell whether an image need not be asked for: its mark says so, or the sync that goes on has done it."""
        marked = known.etag != "" and known.etag == _mark(wanted)
        return marked or (known.fetched is not None and known.fetched >= self.begun)

    def had(self, wanted: _Wanted, stored: Stored, etag: str = "", modified: str = "") -> _Had:
        row = self.row(wanted)
        row = replace(row, sha256=stored.sha256, size=stored.size, etag=etag, modified=modified, fetched=time.time())
        return _Had(wanted, row, size=stored.size)

    def opened(self, wanted: _Wanted, opener: Callable[[ImageRef], Iterator[bytes]]) -> _Had:
        with self.originals.incoming() as incoming:
            for piece in image_bytes(wanted.uri, opener(wanted.ref)):
                incoming.write(piece)
                if incoming.size > self.web.limits.bytes:
                    raise NotFetched(wanted.uri, f"is larger than {self.web.limits.bytes / 1e6:,.0f} MB")
                if self.web.stop.is_set():
                    raise Cancelled("Fetching was stopped.")
            return self.had(wanted, self.originals.keep(incoming), _mark(wanted))

    def downloaded(self, wanted: _Wanted, known: BrandImage | None) -> _Had:
        with self.originals.incoming() as incoming:
            marks = {"etag": known.etag, "modified": known.modified} if known else {}
            fetched = self.web.fetch(wanted.ref.uri, incoming, **marks)
            if known is not None and not fetched.changed:
                row = replace(self.row(wanted, known), etag=fetched.etag, modified=fetched.modified)
                return _Had(wanted, replace(row, fetched=time.time()))
            return self.had(wanted, self.originals.keep(incoming), fetched.etag, fetched.modified)

    def note(self, had: _Had) -> None:
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
        self.skipped.append(Skipped(uri, reason))
        row = BrandSkip(brand=self.brand.key, uri=uri, source=spec, reason=_text(reason), seen=time.time())
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
        gone = self.brands.drop_unseen(self.brand.key, self.begun, self.complete, of_others=whole)
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


def _mark(wanted: _Wanted) -> str:
    """Return what changes whenever the bytes do, where that is known without asking for them; empty otherwise."""
    state = wanted.ref.state
    if wanted.ref.path and state is not None:
        return state_key(state)
    return wanted.ref.metadata.get("etag", "") if wanted.opener else ""


def _is_text(uri: str) -> bool:
    try:
        os.fsencode(uri)
    except UnicodeEncodeError:
        return False
    return True


def _text(text: str) -> str:
    """Return a text as every database takes it: JSON may hold half characters, and zeros."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def _parts(items: Iterator[ImageRef | Skipped], size: int = 128) -> Iterator[Sequence[ImageRef | Skipped]]:
    part: list[ImageRef | Skipped] = []
    for item in items:
        part.append(item)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
