"""Having one image: from its source to the originals, unless what is kept of it is current."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sosie.errors import Cancelled, SosieError, SourceFailure
from sosie.pipeline.reading import state_key
from sosie.sources.download import Downloader, NotFetched, image_bytes
from sosie.store.brands import BrandImage
from sosie.store.originals import Originals, Stored
from sosie.types import ImageRef

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.ENOTDIR, errno.EEXIST)
"""What a file system says when no other image can be stored either."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An image to be had: under which name it is kept, what the source says of it, what is known of it."""

    uri: str
    ref: ImageRef
    spec: str
    known: BrandImage | None
    opener: Callable[[ImageRef], Iterator[bytes]] | None


@dataclass(frozen=True, slots=True)
class Had:
    """What came of one image: a row to write, or why there is none; `gone` when the server says it is no more."""

    wanted: Wanted
    image: BrandImage | None = None
    reason: str = ""
    gone: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Has the images of one brand, for several threads at once. `begun` is when the sync began that it works for."""

    brand: str
    originals: Originals
    web: Downloader
    begun: float

    def row(self, wanted: Wanted, known: BrandImage | None = None) -> BrandImage:
        """Return the row of an image that is as it was, or of a file of this machine."""
        ref = wanted.ref
        row = known or BrandImage(brand=self.brand, uri=wanted.uri, source=wanted.spec)
        told = {"source": wanted.spec, "title": plain_text(ref.title), "metadata": ref.metadata, "aliases": ref.aliases}
        return replace(row, **told, seen=time.time())  # type: ignore[arg-type]

    def have(self, wanted: Wanted) -> Had:
        """Have one image.

        Raises `Cancelled` when the run was stopped, and `SosieError` when no other image could be stored either.
        """
        try:
            known = self._held(wanted)
            if known is not None and self._is_current(wanted, known):
                return Had(wanted, self.row(wanted, known))
            if wanted.ref.path:
                return self._had(wanted, self.originals.take_in(Path(wanted.ref.path)), _mark(wanted))
            if wanted.opener is not None:
                return self._opened(wanted, wanted.opener)
            return self._downloaded(wanted, known)
        except NotFetched as error:
            return Had(wanted, reason=error.reason, gone=error.gone)
        except SourceFailure as error:
            return Had(wanted, reason=error.message)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise SosieError(
                    f"Originals cannot be stored in {self.originals.root} ({error.strerror}).",
                    next_step="Make room, for instance with `sosie cache prune`, then sync again: it goes on there.",
                ) from error
            return Had(wanted, reason=f"cannot be stored ({error.strerror or error})")
        except Cancelled:
            raise
        except Exception as error:  # what one server makes a library stumble over must not take all others along
            return Had(wanted, reason=f"could not be fetched ({type(error).__name__})")

    def _held(self, wanted: Wanted) -> BrandImage | None:
        """Return what is known of an image whose original is kept."""
        known = wanted.known
        if known is None or known.sha256 is None or known.size is None:
            return None
        return known if self.originals.holds(known.sha256, known.size) else None

    def _is_current(self, wanted: Wanted, known: BrandImage) -> bool:
        """Tell whether an image need not be asked for: its mark says so, or the sync that goes on has done it."""
        marked = known.etag != "" and known.etag == _mark(wanted)
        return marked or (known.fetched is not None and known.fetched >= self.begun)

    def _had(self, wanted: Wanted, stored: Stored, etag: str = "", modified: str = "") -> Had:
        row = self.row(wanted)
        row = replace(row, sha256=stored.sha256, size=stored.size, etag=etag, modified=modified, fetched=time.time())
        return Had(wanted, row, size=stored.size)

    def _opened(self, wanted: Wanted, opener: Callable[[ImageRef], Iterator[bytes]]) -> Had:
        with self.originals.incoming() as incoming:
            for piece in image_bytes(wanted.uri, opener(wanted.ref)):
                incoming.write(piece)
                if incoming.size > self.web.limits.bytes:
                    raise NotFetched(wanted.uri, f"is larger than {self.web.limits.bytes / 1e6:,.0f} MB")
                if self.web.stop.is_set():
                    raise Cancelled("Fetching was stopped.")
            return self._had(wanted, self.originals.keep(incoming), _mark(wanted))

    def _downloaded(self, wanted: Wanted, known: BrandImage | None) -> Had:
        with self.originals.incoming() as incoming:
            marks = {"etag": known.etag, "modified": known.modified} if known else {}
            fetched = self.web.fetch(wanted.ref.uri, incoming, **marks)
            if known is not None and not fetched.changed:
                row = replace(self.row(wanted, known), etag=fetched.etag, modified=fetched.modified)
                return Had(wanted, replace(row, fetched=time.time()))
            return self._had(wanted, self.originals.keep(incoming), fetched.etag, fetched.modified)


def _mark(wanted: Wanted) -> str:
    """Return what changes whenever the bytes do, where that is known without asking for them; empty otherwise."""
    state = wanted.ref.state
    if wanted.ref.path and state is not None:
        return state_key(state)
    return wanted.ref.metadata.get("etag", "") if wanted.opener else ""


def plain_text(text: str) -> str:
    """Return a text as every database takes it: JSON may hold half characters, and zeros."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
