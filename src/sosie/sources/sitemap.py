"""Sitemaps: the pages and images that a site lists, and further sitemaps."""

# https://www.sitemaps.org/protocol.html, https://developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from sosie.errors import SourceFailure
from sosie.sources.finds import shown
from sosie.sources.markup import Record, records

_ENTRIES = frozenset(("url", "sitemap"))
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(rb"<(?:[\w-]+:)?(urlset|sitemapindex|rss|feed|html)\b", re.IGNORECASE)
_ADDRESS = re.compile(rb"https?://\S+\s*(?:\n|$)", re.IGNORECASE)

_LONGEST_LINE = 100_000

Kind = Literal["sitemap", "list", "feed", "page"]


@dataclass(frozen=True, slots=True)
class SitemapImage:
    """An image that a sitemap lists, with its title and caption."""

    address: str
    title: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the address of a page with its images, or of a further sitemap."""

    address: str
    images: tuple[SitemapImage, ...] = ()
    is_sitemap: bool = False


def kind_of(head: bytes) -> Kind:
    """Return what a body that begins so is."""
    start = _COMMENT.sub(b"", head[:8192]).lstrip(b"\xef\xbb\xbf \t\r\n")
    if _ADDRESS.match(start):
        return "list"
    root = _ROOT.search(start)
    if root is None or root[1].lower() == b"html":
        return "page"
    return "feed" if root[1].lower() in (b"rss", b"feed") else "sitemap"


def xml_entries(parts: Iterable[bytes], url: str) -> Iterator[Entry]:
    """Yield the entries of a sitemap or of an index of sitemaps. Raises `SourceFailure` where it stops being XML."""
    for record in records(parts, _ENTRIES, f"The sitemap {shown(url)}"):
        if record.fields:
            yield Entry(record.first("loc"), tuple(_images(record)), record.name == "sitemap")


def list_entries(parts: Iterable[bytes]) -> Iterator[Entry]:
    """Yield the entries of a sitemap that is a plain list of addresses. Raises `SourceFailure` for endless lines."""
    rest = b""
    for part in chain(parts, (b"\n",)):
        *lines, rest = (rest + part).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise SourceFailure("A list of pages has a line without an end.", next_step="Publish it as a sitemap.")
        for line in lines:
            if line.strip():
                yield Entry(line.decode("utf-8-sig", "replace").strip())


def _images(record: Record) -> Iterator[SitemapImage]:
    """Yield the images of an entry: fields come as their elements end, those of an image before the image itself."""
    told: dict[str, str] = {}
    for part in record.fields:
        if part.path.startswith("image/"):
            told.setdefault(part.path.removeprefix("image/"), part.text)
        elif part.path == "image":
            yield SitemapImage(told.get("loc", ""), told.get("title", ""), told.get("caption", ""))
            told = {}
