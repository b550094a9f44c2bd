"""Images that are elsewhere, read anew from where they are: what is done before one of two copies is let go."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Self

from sosie.config import Settings
from sosie.errors import Gone, NotFound, SourceFailure
from sosie.pipeline.collecting import downloader, source_of
from sosie.sources.base import Fetches
from sosie.sources.upload import SCHEME
from sosie.store.brands import BrandImage, Brands
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals
from sosie.types import ImageRef


class Rereader:
    """Gives the SHA-256 of what is at a URI now, never of what was kept of it: an address is downloaded again by the
    guarded downloader, an object read from its bucket. What people uploaded is nowhere else but among the originals.
    """

    def __init__(self, catalogue: Catalogue, settings: Settings, environment: Mapping[str, str] | None = None) -> None:
        self._brands = Brands(catalogue)
        self._originals = Originals.of(settings)
        self._settings = settings
        self._environment = environment
        self._web = downloader(settings, threading.Event())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._web.__exit__(kind, error, trace)

    def __call__(self, uri: str) -> str:
        """Return the SHA-256 in hexadecimal digits. Raises `SosieError` or `OSError` when the image cannot be had."""
        if uri.startswith(("http://", "https://")):
            sink = _Digest()
            self._web.fetch(uri, sink)
            return sink.digest.hexdigest()
        rows = self._rows(uri)
        if uri.startswith(SCHEME):
            return self._original(uri, rows)
        return self._object(uri, rows)

    def _rows(self, uri: str) -> list[tuple[str, BrandImage]]:
        found = [(brand.key, self._brands.known(brand.key, [uri]).get(uri)) for brand in self._brands.all()]
        return [(key, image) for key, image in found if image is not None]

    def _original(self, uri: str, rows: Iterable[tuple[str, BrandImage]]) -> str:
        for _, image in rows:
            path = self._originals.find(image.sha256) if image.sha256 else None
            if path is not None:
                with path.open("rb") as file:
                    return hashlib.file_digest(file, "sha256").hexdigest()
        raise Gone(f"{uri} is not among the originals any more.", next_step="Upload it again.")

    def _object(self, uri: str, rows: Iterable[tuple[str, BrandImage]]) -> str:
        for key, image in rows:
            brand = self._brands.wanted(key)
            for spec in brand.sources:
                if spec.key != image.source:
                    continue
                source = source_of(spec, key, self._web, self._settings, self._environment)()
                if isinstance(source, Fetches):
                    return _digest_of(source.open(ImageRef(uri, key, metadata=image.metadata)), self._web.limits.bytes)
        raise NotFound(f"No brand has a source that reads {uri}.", next_step="Declare it again, or sync its brand.")


class _Digest:
    def __init__(self) -> None:
        self.restart()

    def write(self, data: bytes) -> None:
        self.digest.update(data)

    def restart(self) -> None:
        self.digest = hashlib.sha256()


def _digest_of(pieces: Iterator[bytes], limit: int) -> str:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
        if size > limit:
            raise SourceFailure(f"It is larger than {limit / 1e6:,.0f} MB.", next_step="Raise download_megabytes.")
    return digest.hexdigest()
