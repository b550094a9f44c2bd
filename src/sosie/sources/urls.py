"""Lists of addresses: one a line, CSV with named columns, or JSON Lines."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sosie.errors import SourceFailure
from sosie.sources.allowed_folder import Within
from sosie.sources.base import Web
from sosie.sources.finds import plain
from sosie.sources.folder import plain_reason
from sosie.types import ImageRef, Skipped

ListFormat = Literal["auto", "txt", "csv", "jsonl"]

_MOST_BYTES = 200_000_000
_MOST_LINE = 100_000
_URL_NAMES = ("url", "image_url", "image", "image_link", "image link", "src", "uri", "address", "link")
_TITLE_NAMES = ("title", "name", "alt", "label")


@dataclass(frozen=True, kw_only=True)
class UrlsSource:
    """The addresses of a list, each once.

    The list is a file (`file`), an address (`url`), or given in place (`urls`). `format` is told by the name and the
    first line unless given. `url_field` and `title_field` name the columns or fields; by default the usual names are
    tried. All other columns become metadata. Lines that are empty or begin with # are comments in a plain list.
    """

    file: str = ""
    url: str = ""
    urls: tuple[str, ...] = ()
    format: ListFormat = "auto"
    url_field: str = ""
    title_field: str = ""
    web: Web
    brand: str = ""
    roots: tuple[Path, ...] | None = ()

    def refs(self) -> Iterator[ImageRef | Skipped]:
        """Yield each address once. Raises `SourceFailure` when the list cannot be read."""
        seen: set[str] = set()
        for item in self._items():
            if item.uri not in seen:
                seen.add(item.uri)
                yield item

    def _items(self) -> Iterator[ImageRef | Skipped]:
        for url in self.urls:
            yield self._item(url, {})
        text = self._text()
        if text:
            readers = {"txt": self._plain, "csv": self._csv, "jsonl": self._jsonl}
            yield from readers[self._format(text)](text)

    def _text(self) -> str:
        if self.file:
            return _decoded(_read(self.file, self.roots), self.file)
        if not self.url:
            if not self.urls:
                raise SourceFailure("A list of addresses is wanted.", next_step="Give it as file, url or urls.")
            return ""
        answer = self.web.get(self.url, max_bytes=_MOST_BYTES)
        if answer.status != 200:
            raise SourceFailure(f"The list of addresses is not there: the server answered {answer.status}.")
        return _decoded(answer.body, "The list of addresses")

    def _format(self, text: str) -> str:
        if self.format != "auto":
            return self.format
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
        if first.startswith("{"):
            return "jsonl"
        if self.file.lower().endswith((".csv", ".tsv")) or any(mark in first for mark in ",;\t|"):
            return "txt" if first.startswith(("http://", "https://")) and " " not in first else "csv"
        named = first.lower() in _URL_NAMES or first == self.url_field
        return "csv" if named else "txt"

    def _plain(self, text: str) -> Iterator[ImageRef | Skipped]:
        for line in text.splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield self._item(line.strip(), {})

    def _csv(self, text: str) -> Iterator[ImageRef | Skipped]:
        header = next((line for line in text.splitlines() if line.strip()), "")
        delimiter = max("\t;|,", key=header.count)
        try:
            rows = csv.DictReader(io.StringIO(text), delimiter=delimiter, restkey="more", restval="")
            names = [name.strip() for name in rows.fieldnames or ()]
            rows.fieldnames = names
            url = _named(names, self.url_field, _URL_NAMES)
            if url is None:
                raise SourceFailure(
                    f"The list of addresses has no column {self.url_field or 'for the address'}.",
                    next_step=f"Name it as url_field; there are {', '.join(names[:20])}.",
                )
            for row in rows:
                yield self._row(row, url)
        except csv.Error as error:
            raise SourceFailure(f"The list of addresses is no CSV ({error}).") from error

    def _jsonl(self, text: str) -> Iterator[ImageRef | Skipped]:
        for number, line in enumerate(text.split("\n"), 1):  # JSON texts may hold other line ends
            if line.strip():
                yield self._json_line(f"line {number}", line)

    def _json_line(self, where: str, line: str) -> ImageRef | Skipped:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            return Skipped(where, "is no JSON")
        if isinstance(row, str):
            return self._item(row, {})
        url = _named(row, self.url_field, _URL_NAMES) if isinstance(row, Mapping) else None
        return self._row(row, url) if url is not None else Skipped(where, "has no address of an image")

    def _row(self, row: Mapping[str, Any], url: str) -> ImageRef | Skipped:
        title = next((name for name in (self.title_field, *_TITLE_NAMES) if name and row.get(name)), "")
        told = {str(k): str(v) for k, v in row.items() if k not in (url, title) and v and isinstance(v, str | int)}
        return self._item(str(row.get(url) or "").strip(), told, str(row.get(title) or ""))

    def _item(self, url: str, metadata: Mapping[str, str], title: str = "") -> ImageRef | Skipped:
        if len(url) > _MOST_LINE or not url.lower().startswith(("http://", "https://")):
            return Skipped(plain(url[:200]) or "(empty)", "is no http or https address")
        return ImageRef(url, self.brand, plain(title), metadata)


def _named(names: Iterable[str], wanted: str, usual: tuple[str, ...]) -> str | None:
    """Return which of these names is the wanted one, or the first of the usual ones; letters' case does not matter."""
    known = {name.lower(): name for name in names}
    return next((known[name] for name in ((wanted.lower(),) if wanted else usual) if name in known), None)


def _read(path: str, roots: tuple[Path, ...] | None) -> bytes:
    path = os.path.abspath(os.path.expanduser(path))
    if not Within(roots).allows(path):
        raise SourceFailure(
            f"The list {path} is not below a folder that may be read.",
            next_step="The operator can allow it in the setting allowed_roots.",
        )
    try:
        if not os.path.isfile(path):
            raise SourceFailure(f"There is no file {path}.", next_step="Check the spelling of the path.")
        if os.path.getsize(path) > _MOST_BYTES:
            raise SourceFailure(f"The list {path} has more than {_MOST_BYTES // 10**6} MB.", next_step="Split it.")
        return Path(path).read_bytes()
    except OSError as error:
        raise SourceFailure(f"The list {path} {plain_reason(error)}.") from error


def _decoded(data: bytes, what: str) -> str:
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceFailure(f"{what} is not written in UTF-8.", next_step="Save it as UTF-8.")
