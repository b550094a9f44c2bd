"""Web sites: the images of a page, or of what a sitemap lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sosie.errors import SourceFailure
from sosie.sources.base import Answer, Web
from sosie.sources.finds import Finds, shown, web_address
from sosie.sources.page import decoded, read_page
from sosie.sources.robots import Robots
from sosie.sources.sitemap import kind_of, list_entries, xml_entries
from sosie.sources.unpacking import pieces
from sosie.types import ImageRef, Skipped

_SITEMAP_BYTES = 60_000_000
_PAGE_BYTES = 10_000_000
_SITEMAPS = 1_000
_DEPTH = 5


@dataclass(frozen=True, kw_only=True)
class WebSource:
    """The images that the page or the sitemap at `url` names; which of both it is, its content tells.

    Of a page: img and picture (the largest they offer, lazy ones too), previews for social networks, JSON-LD and
    backgrounds in style attributes; what scripts load later is not seen. Of a sitemap: the images that it lists, with
    those of the sitemaps in it; with `follow` also those of the pages that it lists, at most `max_pages` of them.

    robots.txt is respected; `robots=False` says that the host of `url` is the operator's own, others still count.
    """

    url: str
    follow: bool = False
    max_pages: int = 100
    max_images: int = 1_000_000
    robots: bool = True
    web: Web
    brand: str = ""

    def refs(self) -> Iterator[ImageRef | Skipped]:
        """Yield each image once, with the page that names it in the metadata; pages that fail are `Skipped`.

        Raises `SourceFailure` when the page or the sitemap itself cannot be read or may not be.
        """
        url = web_address(self.url)
        if isinstance(url, Skipped):
            raise SourceFailure(f"The address {url.reason}.", next_step="Give it as https://shop.example/page.")
        own = frozenset() if self.robots else frozenset((urlsplit(url).hostname or "",))
        finds = Finds(self.brand, url, self.max_images)
        visit = _Visit(self.web, Robots(self.web, own), finds, self.max_pages if self.follow else 0)
        answer = visit.ask(url, _SITEMAP_BYTES)
        kind = visit.kind(answer)
        if kind == "feed":
            raise SourceFailure(f"{finds.place} is a feed, not a page.", next_step="Use the kind feed for it.")
        if kind == "page":
            yield from visit.page(answer)
            return
        yield from visit.sitemap(answer, 0)
        yield from visit.pages_listed()
        if not visit.found and not self.follow:
            reason = f"{finds.place} lists {visit.listed:,} pages and no images."
            raise SourceFailure(reason, next_step="Set follow to read the images of the pages.")


@dataclass
class _Visit:
    """One walk through a site. `pages` are those to be read, at most `most`; `listed` counts what sitemaps list."""

    web: Web
    robots: Robots
    finds: Finds
    most: int
    pages: dict[str, None] = field(default_factory=dict)
    sitemaps: set[str] = field(default_factory=set)
    more: bool = False
    listed: int = 0
    found: int = 0

    def ask(self, url: str, limit: int) -> Answer:
        """Return what an address answers. Raises `SourceFailure` when it may not be read, fails, or is too large."""
        self._allowed(url)
        self.robots.wait(url)
        answer = self.web.get(url, headers={"accept": "text/html, application/xml, */*;q=0.5"}, max_bytes=limit)
        if answer.url != url:
            self._allowed(answer.url)
        if answer.status != 200:
            raise SourceFailure(f"{_plain(url)} answered {answer.status}.", next_step="Open it in a browser.")
        return answer

    def _allowed(self, url: str) -> None:
        refused, step = self.robots.refusal(url)
        if refused:
            raise SourceFailure(f"{_plain(url)} {refused}.", next_step=step)

    def kind(self, answer: Answer) -> str:
        """Return what an answer is, by its first bytes."""
        return kind_of(next(pieces(answer.body, _plain(answer.url), _SITEMAP_BYTES), b""))

    def page(self, answer: Answer) -> Iterator[ImageRef | Skipped]:
        """Yield the images of a page."""
        place = _plain(answer.url)
        if len(answer.body) > _PAGE_BYTES:
            reason = f"{place} is a page of more than {_PAGE_BYTES // 10**6} MB."
            raise SourceFailure(reason, next_step="Use a sitemap or a feed of the site.")
        body = b"".join(pieces(answer.body, place, _PAGE_BYTES))
        page = read_page(decoded(body, answer.headers.get("content-type", "")), answer.url)
        for image in page.images:
            told = {"page": place, "found": image.found, "page_title": page.title}
            yield from self.take(image.address, page.base, image.title or page.title, told)
            if self.finds.full:
                return
        for odd in page.odd:
            yield from self.finds.pass_over(odd, uri=place)
        if not page.images:
            yield from self.finds.pass_over("names no images (what scripts load later is not seen)", uri=place)

    def take(self, address: str, base: str, title: str, told: Mapping[str, object]) -> Iterator[ImageRef | Skipped]:
        """Yield an image that a page or a sitemap names."""
        for item in self.finds.take(address, base, title=title, metadata=told):
            self.found += isinstance(item, ImageRef)
            yield item

    def sitemap(self, answer: Answer, depth: int) -> Iterator[ImageRef | Skipped]:
        """Yield the images that a sitemap lists, and those of the sitemaps in it."""
        parts = pieces(answer.body, f"The sitemap {_plain(answer.url)}", _SITEMAP_BYTES)
        plain_list = self.kind(answer) == "list"
        self.sitemaps.add(answer.url)
        for entry in list_entries(parts) if plain_list else xml_entries(parts, _plain(answer.url)):
            page = web_address(entry.address, answer.url)
            for image in entry.images:
                told = {"page": entry.address, "found": "sitemap", "caption": image.caption}
                yield from self.take(image.address, answer.url, image.title or image.caption, told)
            if isinstance(page, Skipped):
                yield from self.finds.pass_over(f"is listed by a sitemap and {page.reason}", uri=page.uri)
            elif entry.is_sitemap:
                yield from self.inner(page, depth + 1)
            else:
                self.note(page)
            if self.finds.full:
                return

    def note(self, page: str) -> None:
        """Note a page that is to be read, or that there are more than that."""
        self.listed += 1
        if page not in self.pages:
            self.more = self.more or len(self.pages) >= self.most
            if not self.more:
                self.pages[page] = None

    def inner(self, url: str, depth: int) -> Iterator[ImageRef | Skipped]:
        """Yield the images of a sitemap that another one lists; one that fails is `Skipped`."""
        if url in self.sitemaps:
            return
        place = _plain(url)
        if depth > _DEPTH or len(self.sitemaps) >= _SITEMAPS:
            yield from self.finds.pass_over("is a sitemap too many: 1,000 are read, 5 deep", uri=place)
            return
        self.sitemaps.add(url)
        try:
            yield from self.sitemap(self.ask(url, _SITEMAP_BYTES), depth)
        except SourceFailure as error:
            yield from self.finds.pass_over(error.message, uri=place)

    def pages_listed(self) -> Iterator[ImageRef | Skipped]:
        """Yield the images of the pages that are to be read; one that fails is `Skipped`."""
        for url in self.pages:
            if self.finds.full:
                return
            try:
                yield from self.page(self.ask(url, _PAGE_BYTES))
            except SourceFailure as error:
                yield from self.finds.pass_over(error.message, uri=_plain(url))
        if self.most and self.more:
            yield from self.finds.pass_over(f"lists more than {self.most:,} pages: the rest is not read (max_pages)")


def _plain(url: str) -> str:
    """Return an address without its query, which may hold a key, as people may see it."""
    return shown(url.partition("?")[0])
