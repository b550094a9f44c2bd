"""Product feeds: the images of all items of a Google Merchant feed, as RSS 2.0, Atom, CSV or TSV, also as gzip."""

# Names of the attributes: https://support.google.com/merchants/answer/7052112

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from mmap import ACCESS_READ, mmap
from typing import BinaryIO

from sosie.errors import SourceFailure
from sosie.sources.base import Web
from sosie.sources.feed_items import Item
from sosie.sources.feed_table import table_items
from sosie.sources.feed_xml import xml_items
from sosie.sources.finds import Finds, plain, shown
from sosie.sources.unpacking import pieces
from sosie.types import ImageRef, Skipped

_TOLD = (
    "id",
    "title",
    "link",
    "brand",
    "gtin",
    "mpn",
    "color",
    "size",
    "material",
    "pattern",
    "gender",
    "product_type",
    "item_group_id",
    "price",
    "sale_price",
    "availability",
)
_EXPANSION = 20


@dataclass(frozen=True, kw_only=True)
class FeedSource:
    """Each item's `image_link` and all its `additional_image_link`, with what the feed says of the item.

    The format is told by the content, whatever the server calls it. `max_megabytes` bounds the feed as it is sent; as
    gzip it may unpack to twenty times of that. The body lies in a file while its items are read one by one.
    """

    url: str
    max_megabytes: int = 500
    max_images: int = 5_000_000
    web: Web
    brand: str = ""

    def refs(self) -> Iterator[ImageRef | Skipped]:
        """Yield each image once, in the order of the feed.

        Raises `SourceFailure` when the feed is not there, or where it stops being one.
        """
        where = self.url.partition("?")[0]
        with tempfile.TemporaryFile(prefix="sosie-feed-") as file:
            self._fetch(file, where)
            limit = self.max_megabytes * 1_000_000 * _EXPANSION
            with _mapped(file) as body:
                yield from self._read(pieces(body, f"The feed {shown(where)}", limit), where)

    def _read(self, parts: Iterator[bytes], where: str) -> Iterator[ImageRef | Skipped]:
        finds = Finds(self.brand, self.url, self.max_images)
        count = 0
        for item in _items(parts, where):
            count += 1
            yield from _images(item, finds)
            if finds.full:
                return
        if not count:
            raise SourceFailure(f"The feed {shown(where)} has no items.", next_step="Open its address in a browser.")

    def _fetch(self, file: BinaryIO, where: str) -> None:
        answer = self.web.get_file(self.url, file, max_bytes=self.max_megabytes * 1_000_000)
        if answer.status != 200:
            raise SourceFailure(
                f"The feed {shown(where)} answered {answer.status}.",
                next_step="Open its address in a browser: it must need no sign-in.",
            )


@contextmanager
def _mapped(file: BinaryIO) -> Iterator[bytes | mmap]:
    """Give what is in a file without reading it: the system brings in the parts that are looked at."""
    file.flush()
    if not file.tell():
        yield b""
        return
    with mmap(file.fileno(), 0, access=ACCESS_READ) as body:
        yield body


def _items(parts: Iterator[bytes], where: str) -> Iterator[Item]:
    """Yield the items, by the first piece that has anything to it."""
    head = next((part for part in parts if part.strip()), b"")
    whole: Iterable[bytes] = chain((head,), parts)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    is_xml = start[:1] == b"<" or head[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<")
    yield from xml_items(whole, where) if is_xml else table_items(whole, where)


def _images(item: Item, finds: Finds) -> Iterator[ImageRef | Skipped]:
    name = f"item {shown(item.first('id'), 100)}" if item.first("id") else item.place
    if item.broken:
        yield from finds.pass_over(item.broken, name)
        return
    addresses = item.images()
    if not addresses:
        yield from finds.pass_over("has no image_link", name)
        return
    told: dict[str, object] = {key: plain(value) for key in _TOLD if (value := item.first(key))}
    for position, address in enumerate(addresses, 1):
        yield from finds.take(address, title=told.get("title"), metadata={**told, "position": position}, of=name)
