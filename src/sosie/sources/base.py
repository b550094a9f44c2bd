"""The seam of all sources: one method that yields where images are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol, runtime_checkable

from sosie.types import ImageRef, Skipped


class Source(Protocol):
    """Something that knows where images are: a folder, a shop's feed, a bucket."""

    def refs(self) -> Iterator[ImageRef | Skipped]:
        """Yield every image that the source has, as it is found out, and what was passed over, with the reason.

        Raises `SourceFailure` when the source as a whole cannot be read (any longer).
        """
        ...


@runtime_checkable
class Fetches(Protocol):
    """A source that fetches the bytes of its images itself, as buckets do: `open` is used instead of the downloader."""

    def open(self, ref: ImageRef) -> Iterator[bytes]:
        """Yield the bytes of an image that `refs` gave, in pieces, in order.

        Several threads may do so at once. The caller counts the bytes and stops at its limit. What changes when the
        bytes do is in the reference's metadata: `etag`, `bytes`, `modified`. Raises `SourceFailure`, at once or after
        some pieces; what came until then is not an image.
        """
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered in the end: its status, the headers in lower case, the body, the address itself."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Web(Protocol):
    """What a source sees of the network: guarded, limited, patient."""

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int = 50_000_000) -> Answer:
        """Return the answer, whatever its status, after redirects and retries.

        Raises `SourceFailure` when there is none: a forbidden address, no connection, too slow, over `max_bytes`.
        """
        ...

    def get_file(self, url: str, file: BinaryIO, *, max_bytes: int) -> Answer:
        """Return the answer as `get` does, but write its body to a file, which is emptied before: for large ones."""
        ...

    def way_out(self) -> str:
        """Return the address of a proxy with the same guard, for libraries that open connections themselves."""
        ...
