"""XML of strangers, one record at a time: no tree, no entities, nothing fetched, bounded in depth and in length.

Names are compared without their prefix, which need not be declared: feeds that say `g:id` without saying what g is
are common, and meant well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from sosie.errors import SourceFailure

_DEPTH = 100
_TEXT = 20_000
_FIELDS = 5_000


@dataclass(frozen=True, slots=True)
class Field:
    """An element inside a record: its path of names from there (`image/loc`), text, attributes, and its attributes."""

    path: str
    text: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """An element that stands for an item: its name, the line it ends in, and what it holds in document order.

    Texts are cut to 20,000 characters. `cut` says that there were more than 5,000 elements in it.
    """

    name: str
    line: int
    fields: tuple[Field, ...]
    cut: bool = False

    def texts(self, path: str) -> list[str]:
        """Return the texts of all elements with this path, without the empty ones."""
        return [item.text for item in self.fields if item.path == path and item.text]

    def first(self, path: str) -> str:
        """Return the first of them, or nothing."""
        return next((item.text for item in self.fields if item.path == path and item.text), "")


def records(parts: Iterable[bytes], names: frozenset[str], what: str) -> Iterator[Record]:
    """Yield each element that has one of these names (lower case, without prefix), as it ends.

    The first record is the root, as soon as it begins, with no fields: it tells what kind of document this is.
    Raises `SourceFailure`, naming the document as `what`, where it stops being harmless XML; what came before stays.
    """
    handler = _Handler(names)
    parser = DefusedExpatParser(forbid_dtd=False, forbid_entities=True, forbid_external=True)
    parser.setContentHandler(handler)
    handler.parser = parser
    try:
        for part in parts:
            parser.feed(part)
            yield from handler.taken()
        parser.close()
        yield from handler.taken()
    except SAXParseException as error:
        yield from handler.taken()
        reason = f"{what} is no XML from line {error.getLineNumber()} on ({error.getMessage()})."
        raise SourceFailure(reason, next_step="Check it with an XML validator.") from error
    except (SAXException, DefusedXmlException, _TooDeep) as error:
        yield from handler.taken()
        reason = "it nests elements too deeply" if isinstance(error, _TooDeep) else "it defines entities"
        raise SourceFailure(f"{what} is not read: {reason}.", next_step="Publish it as plain XML.") from error


class _TooDeep(Exception):
    pass


@dataclass
class _Open:
    """An element that has begun and not ended."""

    path: str
    attributes: Mapping[str, str]
    text: list[str] = field(default_factory=list)
    length: int = 0


class _Handler(ContentHandler):
    def __init__(self, names: frozenset[str]) -> None:
        super().__init__()
        self.parser: Any = None
        self._names = names
        self._ready: list[Record] = []
        self._depth = 0
        self._inside: list[_Open] = []
        self._fields: list[Field] = []
        self._cut = False

    def taken(self) -> list[Record]:
        """Return the records that have ended since the last time."""
        ready, self._ready = self._ready, []
        return ready

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - SAX calls it so
        self._depth += 1
        if self._depth > _DEPTH:
            raise _TooDeep
        local = _local(name)
        if self._depth == 1:
            self._ready.append(Record(local, 1, ()))
        if self._inside or local in self._names:
            path = f"{self._inside[-1].path}/{local}".lstrip("/") if self._inside else ""
            told = {_local(key): attrs[key] for key in list(attrs.keys())[:50]}
            self._inside.append(_Open(path, told))

    def characters(self, content: str) -> None:
        if self._inside and self._inside[-1].length < _TEXT:
            top = self._inside[-1]
            top.text.append(content[: _TEXT - top.length])
            top.length += len(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX calls it so
        self._depth -= 1
        if not self._inside:
            return
        ended = self._inside.pop()
        if self._inside:
            self._cut = self._cut or len(self._fields) >= _FIELDS
            if not self._cut:
                self._fields.append(Field(ended.path, "".join(ended.text).strip(), ended.attributes))
            return
        line = self.parser.getLineNumber() or 0
        self._ready.append(Record(_local(name), line, tuple(self._fields), self._cut))
        self._fields, self._cut = [], False


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()
