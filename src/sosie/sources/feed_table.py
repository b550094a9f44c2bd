"""Product feeds as a table: CSV, TSV, or with another delimiter, in whatever encoding the header can be read in."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from sosie.errors import SourceFailure
from sosie.sources.feed_items import Item, attribute
from sosie.sources.finds import shown

_DELIMITERS = "\t,;|~"
_LONGEST_LINE = 1_000_000
_MOST_COLUMNS = 2_000
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def table_items(parts: Iterable[bytes], where: str) -> Iterator[Item]:
    """Yield the rows of a feed in their order; a row that cannot be read is an item that says so.

    Raises `SourceFailure` when the first row does not name a column for images.
    """
    lines = _lines(parts)
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(_DELIMITERS, key=header.count)
    rows = csv.reader(chain((header,), lines), delimiter=delimiter)
    names = _names(rows, where)
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Item(f"line {rows.line_num}", broken=f"is no row of a table ({error})")
            continue
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield _item(names, row, rows.line_num)


def _names(rows: Iterator[list[str]], where: str) -> list[str]:
    try:
        names = [attribute(name) for name in next(rows, [])]
    except csv.Error as error:
        reason = f"The feed {shown(where)} has no first row that can be read ({error})."
        raise SourceFailure(reason, next_step="Open its address in a browser.") from error
    if len(names) > _MOST_COLUMNS:
        reason = f"The feed {shown(where)} names {len(names):,} columns."
        raise SourceFailure(reason, next_step=f"Up to {_MOST_COLUMNS:,} are read: is it one line?")
    if "image_link" not in names and "additional_image_link" not in names:
        raise SourceFailure(
            f"The feed {shown(where)} is neither RSS nor Atom, nor a table with a column image_link.",
            next_step="Its first row must name the columns; a plain list of addresses is read by the kind urls.",
        )
    return names


def _item(names: Sequence[str], row: Sequence[str], line: int) -> Item:
    values: dict[str, list[str]] = {}
    for name, cell in zip(names, row, strict=False):  # a row may be shorter than the header, or have a stray cell
        values.setdefault(name, []).append(cell.strip())
    return Item(f"line {line}", values)


def _lines(parts: Iterable[bytes]) -> Iterator[str]:
    """Yield the lines with their ends; one of more than a million characters comes in pieces."""
    source = iter(parts)
    head = next(source, b"")
    raw = io.BufferedReader(_Pieces(chain((head,), source)))
    text = io.TextIOWrapper(raw, encoding=_encoding(head), errors="replace", newline="")
    yield from iter(lambda: text.readline(_LONGEST_LINE), "")


def _encoding(head: bytes) -> str:
    """Return what a table that begins so is written in: by its byte order mark, else UTF-8 if it can be that."""
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    if marked:
        return marked
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


class _Pieces(io.RawIOBase):
    """Pieces as a file that is read once."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        super().__init__()
        self._parts = parts
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = part
        given, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)
