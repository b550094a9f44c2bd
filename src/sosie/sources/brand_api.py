"""A brand's images from any JSON API: one address for all brands, pages, headers with secrets from the environment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from sosie.errors import SourceFailure
from sosie.sources.base import Answer, Web
from sosie.sources.finds import Finds, plain
from sosie.types import ImageRef, Skipped

Paging = Literal["none", "page", "cursor", "link"]

_PAGE_BYTES = 50_000_000
_MOST_FIELDS = 40
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_NEXT = re.compile(r"<([^>]*)>\s*;[^,<]*\brel\s*=\s*\"?(?:[^\",;]*\s)?next\b", re.IGNORECASE)
_URL_NAMES = ("image_url", "imageUrl", "url", "image", "src", "image_link")
_TITLE_NAMES = ("title", "name", "alt", "label")


@dataclass(frozen=True, kw_only=True)
class BrandApiSource:
    """The images that a JSON API lists for a brand.

    `url` is the address with `{brand}` where the brand's key goes (`brand_key`, by default the key of the brand here).
    `${NAME}` in `url` and `headers` is a variable of the environment. `items` is the path to the list in the answer,
    with dots ("" for an answer that is the list); `url_field` and `title_field` are paths in each item, by default the
    usual names. Lists on the way are gone through.

    `paging`: `page` counts in `page_param` from `first_page` on (or in `{page}` of the address) until a page is empty
    or brings nothing new; `cursor` sends what the answer has at `cursor_field` as `cursor_param`, or follows it when it
    is an address; `link` follows the header Link (RFC 8288).
    """

    url: str
    brand_key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    items: str = "data"
    url_field: str = ""
    title_field: str = ""
    paging: Paging = "none"
    page_param: str = "page"
    first_page: int = 1
    cursor_param: str = "cursor"
    cursor_field: str = "next"
    max_pages: int = 1_000
    max_images: int = 1_000_000
    web: Web
    brand: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def refs(self) -> Iterator[ImageRef | Skipped]:
        """Yield each image once. Raises `SourceFailure` when the API does not know the brand or answers nonsense."""
        start = self._filled(self.url, quoted=True)
        headers = {"accept": "application/json", **{n: self._filled(v) for n, v in self.headers.items()}}
        finds = Finds(self.brand, start, self.max_images)
        address: str | None = self._numbered(start, self.first_page)
        asked: set[str] = set()
        count = 0
        while address is not None:
            if address in asked or len(asked) == self.max_pages:
                why = "names a page a second time" if address in asked else f"has over {self.max_pages:,} pages"
                yield Skipped(finds.place, f"{why}: paging ends there")
                return
            asked.add(address)
            answer = self._ask(address, headers)
            value = self._value(answer)
            before = count
            for item in self._listed(value, first=len(asked) == 1):
                for found in self._images(item, finds):
                    count += 1
                    yield found
            following = None if finds.full else self._following(start, address, answer, value, len(asked))
            address = following if count > before or self.paging != "page" else None

    def _filled(self, text: str, *, quoted: bool = False) -> str:
        """Return a text with the brand and variables filled in."""

        def variable(match: re.Match[str]) -> str:
            if match[1] not in self.environment:
                raise SourceFailure(
                    f"The API of {self.brand} needs the variable {match[1]} of the environment.",
                    next_step="Set it. What is declared over the API may use variables that begin with SOSIE_SOURCE_.",
                )
            value = self.environment[match[1]]
            return quote(value, safe="") if quoted else value

        brand = self.brand_key or self.brand
        return _VARIABLE.sub(variable, text).replace("{brand}", quote(brand, safe="") if quoted else brand)

    def _numbered(self, start: str, number: int) -> str:
        if self.paging != "page":
            return start
        if "{page}" in start:
            return start.replace("{page}", str(number))
        return _with(start, self.page_param, str(number))

    def _ask(self, address: str, headers: Mapping[str, str]) -> Answer:
        answer = self.web.get(address, headers=headers, max_bytes=_PAGE_BYTES)
        if answer.status in (404, 410):
            raise self._unknown(f"it answered {answer.status}")
        if answer.status in (401, 403):
            raise SourceFailure(
                f"{_place(address)} refused: it answered {answer.status}.", next_step="Check the headers of the source."
            )
        if answer.status != 200:
            raise SourceFailure(f"{_place(address)} answered {answer.status}.", next_step="Sync again later.")
        return answer

    def _value(self, answer: Answer) -> Any:
        try:
            value = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise SourceFailure(f"{_place(answer.url)} answered something that is no JSON.") from error
        if isinstance(value, Mapping) and value.get("success") is False:
            said = self._without_secrets(plain(value.get("error")) or plain(value.get("message")))
            raise self._unknown(f"it says {said[:200]!r}" if said else "it answered success: false")
        return value

    def _listed(self, value: Any, *, first: bool) -> list[Any]:
        found = value
        for name in filter(None, self.items.split(".")):
            found = found.get(name) if isinstance(found, Mapping) else None
        if found is None and not first:
            return []
        if not isinstance(found, list):
            raise SourceFailure(
                f"{_place(self.url)} has no list at {self.items or 'the top of its answer'!r}.",
                next_step=f"Set items to the path of the list; there is {_outline(value)}.",
            )
        if first and not found:
            raise self._unknown("it has no image of it")
        return found

    def _images(self, item: Any, finds: Finds) -> Iterator[ImageRef | Skipped]:
        if isinstance(item, str):
            yield from finds.take(item)
            return
        if not isinstance(item, Mapping):
            yield from finds.pass_over("lists something that is neither an address nor an object")
            return
        name = self.url_field or next((name for name in _URL_NAMES if item.get(name)), "")
        title = next((item[name] for name in _TITLE_NAMES if plain(item.get(name))), "")
        titles = list(_at(item, self.title_field)) if self.title_field else [title]
        told = {key: value for key, value in list(item.items())[:_MOST_FIELDS] if key != name and plain(value)}
        of = f"item {plain(item.get('id'))}" if plain(item.get("id")) else ""
        addresses = list(_at(item, name)) if name else []
        if not addresses:
            yield from finds.pass_over(f"has an item without {self.url_field or 'the address of an image'}", of)
        for address in addresses:
            yield from finds.take(address, title=titles[0] if titles else "", metadata=told, of=of)

    def _following(self, start: str, address: str, answer: Answer, value: Any, asked: int) -> str | None:
        if self.paging == "page":
            return self._numbered(start, self.first_page + asked)
        if self.paging == "link":
            match = _NEXT.search(answer.headers.get("link", ""))
            return self._at_home(start, urljoin(answer.url, match[1])) if match else None
        if self.paging == "cursor":
            cursor = next(iter(_at(value, self.cursor_field)), None)
            text = plain(cursor)
            if not text:
                return None
            if text.startswith(("http://", "https://", "/", "?")):
                return self._at_home(start, urljoin(address, text))
            return _with(start, self.cursor_param, text)
        return None

    def _at_home(self, start: str, address: str) -> str:
        """Return the address of a next page, which must be of the same host: headers with secrets go along."""
        if urlsplit(start)[:2] != urlsplit(address)[:2]:
            raise SourceFailure(f"The next page of {_place(start)} is at another host, {_place(address)}: not asked.")
        return address

    def _without_secrets(self, text: str) -> str:
        """Return what an API says without the variables that were sent to it: some repeat a key that is wrong."""
        for name in _VARIABLE.findall(" ".join((self.url, *self.headers.values()))):
            text = text.replace(self.environment.get(name) or "\0", "***")
        return text

    def _unknown(self, why: str) -> SourceFailure:
        return SourceFailure(
            f"The API at {_place(self.url)} does not know the brand {self.brand_key or self.brand}: {why}.",
            next_step="Check its name there (brand_key).",
        )


def _at(value: Any, path: str) -> Iterator[Any]:
    """Yield what is at a path with dots, going through lists on the way and at its end."""
    if isinstance(value, list):
        for item in value:
            yield from _at(item, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping):
        if path in value:  # a name may have dots of its own
            yield from _at(value[path], "")
        else:
            name, _, rest = path.partition(".")
            if name in value:
                yield from _at(value[name], rest)


def _with(address: str, name: str, value: str) -> str:
    """Return an address with one parameter set."""
    parts = urlsplit(address)
    query = [(n, v) for n, v in parse_qsl(parts.query, keep_blank_values=True) if n != name]
    return parts._replace(query=urlencode([*query, (name, value)])).geturl()


def _place(address: str) -> str:
    """Return an address as people may see it: without user name, password and query, which may hold secrets."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:200]


def _outline(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(repr(plain(name)[:40]) for name in list(value)[:10]) or "nothing"
    return f"a {type(value).__name__}"
