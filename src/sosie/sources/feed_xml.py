"""Product feeds as RSS 2.0 or Atom."""

# https://support.google.com/merchants/answer/14987622 (RSS) and 14987325 (Atom).

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sosie.errors import SourceFailure
from sosie.sources.feed_items import Item
from sosie.sources.finds import shown
from sosie.sources.markup import Record, records

_ITEMS = frozenset(("item", "entry", "product", "offer"))
_PAGES = frozenset(("html", "urlset", "sitemapindex", "svg"))


def xml_items(parts: Iterable[bytes], where: str) -> Iterator[Item]:
    """Yield the items of a feed in their order.

    Raises `SourceFailure` where it stops being XML, and for pages and sitemaps, which other kinds of sources read.
    """
    found = records(parts, _ITEMS, f"The feed {shown(where)}")
    root = next(found, None)
    if root is not None and root.name in _PAGES:
        kind = "a web page" if root.name == "html" else f"a {root.name}"
        raise SourceFailure(f"{shown(where)} is {kind}, not a product feed.", next_step="Use the kind web for it.")
    for record in found:
        yield _item(record)


def _item(record: Record) -> Item:
    values: dict[str, list[str]] = {}
    for part in record.fields:
        if "/" not in part.path:
            name = part.path.replace("-", "_")
            values.setdefault(name, []).append(part.text or part.attributes.get("href", ""))
    broken = "has more than 5,000 elements" if record.cut else ""
    return Item(f"the item that ends in line {record.line}", values, broken)
