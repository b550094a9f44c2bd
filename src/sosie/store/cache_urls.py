"""What a URL held the last time, by the marks that its server gives: no download when they have not changed."""

from __future__ import annotations

from dataclasses import dataclass

from sosie.store.catalogue import Batch, Catalogue, Location

_READER = "url"


@dataclass(frozen=True, slots=True)
class UrlMarks:
    """`ETag` and `Last-Modified` of a response, empty where the server gives none."""

    etag: str = ""
    last_modified: str = ""

    @property
    def state(self) -> str:
        """One string that changes with either."""
        return f"url:{self.etag}\n{self.last_modified}"


def remember_url(catalogue: Catalogue, url: str, marks: UrlMarks, sha256: bytes) -> None:
    """Note which content a URL held, with its marks."""
    catalogue.save(Batch(locations=[Location(url.encode(), marks.state, sha256, None, _READER)]))


def marks_of_url(catalogue: Catalogue, url: str) -> UrlMarks | None:
    """Give the marks to send as `If-None-Match` and `If-Modified-Since`, or None for a URL that is not known."""
    location = catalogue.locations([url.encode()]).get(url.encode())
    if location is None or not location.state.startswith("url:"):
        return None
    etag, _, last_modified = location.state.removeprefix("url:").partition("\n")
    return UrlMarks(etag, last_modified)


def content_of_url(catalogue: Catalogue, url: str, marks: UrlMarks) -> bytes | None:
    """Give the SHA-256 of what a URL holds when its marks are those of the last time, and say something at all.

    A server that gives neither mark says nothing about change: None, it is downloaded again.
    """
    if not marks.etag and not marks.last_modified:
        return None
    location = catalogue.locations([url.encode()]).get(url.encode())
    return location.sha256 if location and location.state == marks.state else None
