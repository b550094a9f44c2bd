"""The images that a web page names: elements, previews for social networks, structured data, backgrounds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from sosie.sources.srcset import Candidate, candidates, largest
from sosie.sources.tags import Tag, tags

_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set")
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-large_image", "data-zoom-image")
_PREVIEWS = frozenset(("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"))
_CSS_URL = re.compile(r"""url\(\s*+(?:"([^"]*+)"|'([^']*+)'|([^()"'\s]++))\s*+\)""", re.IGNORECASE)
_WRAPPED = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_CHARSETS = re.compile(
    r"utf-?8|us-ascii|ascii|latin1|iso-8859-\d+|windows-\d+|cp\d+|shift_jis|euc-jp|euc-kr|gbk|gb2312|gb18030|big5|koi8-[ru]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PageImage:
    """An address as the page has it, what named it (`img`, `picture`, `og:image`, ...), and its text."""

    address: str
    found: str
    title: str = ""


@dataclass
class Page:
    """What a page names. `base` is what its addresses are relative to; `odd` says what could not be read, and where."""

    base: str
    title: str = ""
    images: list[PageImage] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)


def decoded(body: bytes, content_type: str) -> str:
    """Return a page as text: by its byte order mark, the server's word, its own, or as UTF-8."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    if body[:3] == b"\xef\xbb\xbf":
        return body.decode("utf-8-sig", "replace")
    named = _CHARSET.search(content_type.encode("latin-1", "replace")) or _CHARSET.search(body[:2048])
    charset = named[1].decode("ascii", "replace") if named else "utf-8"
    try:
        return body.decode(charset if _CHARSETS.fullmatch(charset) else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def read_page(text: str, url: str) -> Page:
    """Return the images that a page names, in its order; of one element with several sizes, the largest."""
    reader = _Reader(Page(url))
    for tag in tags(text):
        reader.take(tag)
    reader.close_picture()
    if reader.empty:
        reader.page.odd.append(f"has {reader.empty} img without an address that is known as one")
    return reader.page


@dataclass
class _Reader:
    page: Page
    based: bool = False
    in_picture: bool = False
    offered: list[Candidate] = field(default_factory=list)
    alt: str = ""
    empty: int = 0

    def take(self, tag: Tag) -> None:
        style = "" if tag.closing else tag.get("style")
        if "(" in style:
            for match in _CSS_URL.finditer(style):
                self.add(match[1] or match[2] or match[3] or "", "background")
        match tag.name:
            case "picture":
                self.close_picture()
                self.in_picture = not tag.closing
            case _ if tag.closing:
                return
            case "img":
                self.image(tag)
            case "source" if self.in_picture:
                self.source(tag)
            case "meta" | "link" | "base" | "title" | "script":
                self.told(tag)

    def told(self, tag: Tag) -> None:
        """Take in what the page says of itself."""
        match tag.name:
            case "meta":
                name = tag.get("property", "name", "itemprop").lower()
                if name in _PREVIEWS or name == "image":
                    self.add(tag.get("content"), name)
            case "link" if "image_src" in tag.get("rel").lower().split():
                self.add(tag.get("href"), "image_src")
            case "base" if not self.based and tag.get("href"):
                self.based = True
                self.page.base = _joined(self.page.base, tag.get("href"))
            case "title" if not self.page.title:
                self.page.title = " ".join(tag.text.split())
            case "script" if tag.get("type").lower().partition(";")[0].strip() == "application/ld+json":
                self.structured(tag.text)

    def image(self, tag: Tag) -> None:
        offered = _offered(tag)
        alt = tag.get("alt", "title")
        if not offered and not self.offered:
            self.empty += 1
        elif self.in_picture:
            self.offered += offered
            self.alt = self.alt or alt
        else:
            self.offer(offered, "img", alt)

    def source(self, tag: Tag) -> None:
        """Take in one source of a picture: sizes and formats of the same, or with `media` a picture of its own."""
        offered = [item for name in ("srcset", *_LAZY_SETS) for item in candidates(tag.get(name))]
        if tag.get("media"):
            self.offer(offered, "picture", tag.get("alt"))
        else:
            self.offered += offered

    def close_picture(self) -> None:
        self.offer(self.offered, "picture", self.alt)
        self.offered, self.alt, self.in_picture = [], "", False

    def offer(self, offered: list[Candidate], found: str, title: str) -> None:
        best = largest(offered)
        if best is not None:
            self.add(best.address, found, title)

    def structured(self, text: str) -> None:
        try:
            data = json.loads(_WRAPPED.sub("", text), strict=False)
        except (ValueError, RecursionError):
            self.page.odd.append("has JSON-LD that is no JSON")
            return
        for address, title in _ld_images(data):
            self.add(address, "JSON-LD", title)

    def add(self, address: str, found: str, title: str = "") -> None:
        if address:
            self.page.images.append(PageImage(address, found, title))


def _offered(tag: Tag) -> list[Candidate]:
    """Return what an `img` offers: its sets, and its address, which is a placeholder where there is a lazy one."""
    offered = [item for name in ("srcset", *_LAZY_SETS) for item in candidates(tag.get(name))]
    address = tag.get(*_LAZY) or tag.get("src")
    return [*offered, Candidate(address)] if address else offered


def _ld_images(data: object) -> Iterator[tuple[str, str]]:
    """Yield addresses and names of the images in JSON-LD: values of `image`, and objects that are images."""
    pending = [(data, False)]
    while pending:
        value, is_image = pending.pop()
        if isinstance(value, str) and is_image:
            yield value, ""
        elif isinstance(value, list):
            pending += [(item, is_image) for item in reversed(value)]
        elif isinstance(value, dict):
            if is_image or "ImageObject" in _types(value):
                named = [item for key in ("contentUrl", "url") if isinstance(item := value.get(key), str)]
                name = value.get("caption") or value.get("name")
                yield named[0] if named else "", name if isinstance(name, str) else ""
            pending += [(item, key == "image") for key, item in reversed(value.items())]


def _types(value: dict[str, object]) -> list[object]:
    types = value.get("@type")
    return types if isinstance(types, list) else [types]


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return base
