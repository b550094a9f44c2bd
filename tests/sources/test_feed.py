"""Product feeds: RSS, Atom, tables, gzip, and feeds that are broken or mean harm."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from sosie.errors import SourceFailure
from sosie.sources.base import Web
from sosie.sources.feed import FeedSource
from sosie.types import ImageRef, Skipped
from tests.contract.loopback import Loopback, Reply

RSS = """<?xml version="1.0"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
<image><url>https://shop.example/logo.png</url></image>
<item><g:id>A1</g:id><title><![CDATA[Shoe & sock]]></title><link>https://shop.example/a1</link><g:brand>Acme</g:brand>
<g:gtin>4001</g:gtin><g:mpn>M1</g:mpn><g:color>blue</g:color><g:size>42</g:size><g:item_group_id>A</g:item_group_id>
<g:price>9.99 EUR</g:price><g:availability>in_stock</g:availability>
<g:image_link>https://cdn.example/a1.jpg?w=1,2&amp;h=3</g:image_link>
<g:additional_image_link>https://cdn.example/a1-side.jpg</g:additional_image_link>
<g:additional_image_link> https://cdn.example/a1-top.jpg </g:additional_image_link></item>
<item><g:id>A2</g:id><title>Cap</title><g:image_link>https://cdn.example/a2.jpg</g:image_link>
<g:additional_image_link>https://cdn.example/a1-top.jpg,https://cdn.example/a2-top.jpg</g:additional_image_link></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>Shop</title>
<entry><g:id>A1</g:id><title>Shoe</title><link href="https://shop.example/a1"/>
<g:image_link>https://cdn.example/a1.jpg</g:image_link></entry></feed>"""

UNDECLARED = """<rss><channel><item><g:id>A1</g:id><g:image_link>https://cdn.example/a1.jpg</g:image_link></item>
</channel></rss>"""

CSV = """id,title,image link,additional image link,price\r
A1,"Shoe, ""blue""
and wide",https://cdn.example/a1.jpg,"https://cdn.example/a1-side.jpg,https://cdn.example/a1-top.jpg",9.99 EUR\r
"""
TSV = "id\ttitle\tg:image_link\tadditional_image_link\nA1\tSchuh für Füße\thttps://cdn.example/a1.jpg\t\n"
SEMICOLONS = "ID;Title;Image_Link\nA1;Shoe, blue;https://cdn.example/a1.jpg\n"


def read(web: Web, body: bytes, status: int = 200, **settings: int) -> list[ImageRef | Skipped]:
    with Loopback(lambda _: Reply(status, body)) as server:
        return list(FeedSource(url=f"{server.url}/feed?key=secret", web=web, brand="b", **settings).refs())


def uris(found: list[ImageRef | Skipped]) -> list[str]:
    return [item.uri.removeprefix("https://cdn.example/") for item in found if isinstance(item, ImageRef)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_rss_gives_all_images_of_all_items_once(web: Web, pack: type[bytes]) -> None:
    found = read(web, pack(RSS.encode()))
    assert uris(found) == ["a1.jpg?w=1,2&h=3", "a1-side.jpg", "a1-top.jpg", "a2.jpg", "a2-top.jpg"]
    assert len(found) == 5
    first = found[0]
    assert isinstance(first, ImageRef)
    assert first.title == "Shoe & sock"
    assert first.metadata == {
        "id": "A1",
        "title": "Shoe & sock",
        "link": "https://shop.example/a1",
        "brand": "Acme",
        "gtin": "4001",
        "mpn": "M1",
        "color": "blue",
        "size": "42",
        "item_group_id": "A",
        "price": "9.99 EUR",
        "availability": "in_stock",
        "position": "1",
    }


def test_atom_gives_its_entries_with_their_links(web: Web) -> None:
    (found,) = read(web, ATOM.encode())
    assert isinstance(found, ImageRef)
    assert (found.uri, found.metadata["link"]) == ("https://cdn.example/a1.jpg", "https://shop.example/a1")


def test_a_prefix_that_was_never_declared_is_understood(web: Web) -> None:
    assert uris(read(web, UNDECLARED.encode())) == ["a1.jpg"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_is_read_whatever_its_encoding(web: Web, encoding: str) -> None:
    found = read(web, CSV.encode(encoding))
    assert uris(found) == ["a1.jpg", "a1-side.jpg", "a1-top.jpg"]
    assert isinstance(found[0], ImageRef)
    assert found[0].title == 'Shoe, "blue" and wide'


@pytest.mark.parametrize("text", [TSV, SEMICOLONS, TSV.replace("\n", "\r"), TSV.replace("\t", "|")])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_the_delimiter_and_the_line_ends_are_found_out(web: Web, text: str, encoding: str) -> None:
    (found,) = read(web, text.encode(encoding))
    assert isinstance(found, ImageRef)
    assert found.uri == "https://cdn.example/a1.jpg"
    assert found.title in ("Schuh für Füße", "Shoe, blue")


def test_broken_items_are_named_and_the_rest_goes_on(web: Web) -> None:
    rss = RSS.replace("https://cdn.example/a2.jpg", "").replace(
        "</channel>",
        "<item><title>nothing</title></item>"
        "<item><g:id>A4</g:id><g:image_link>javascript:alert(1)</g:image_link></item>"
        "<item><g:id>A5</g:id><g:image_link>https://cdn.example/a5.jpg</g:image_link></item></channel>",
    )
    found = read(web, rss.encode())
    assert uris(found)[-2:] == ["a2-top.jpg", "a5.jpg"]
    skipped = [(item.uri.partition("#")[2], item.reason) for item in found if isinstance(item, Skipped)]
    assert skipped == [
        ("the item that ends in line 12", "has no image_link"),
        ("", "is no http or https address (item A4)"),
    ]

    table = f'id,image_link\nA1\nA2,{"x" * 200_000}\nA3,"https://cdn.example/a3.jpg",stray\n'
    found = read(web, table.encode())
    assert uris(found) == ["a3.jpg"]
    assert [item.uri.partition("#")[2] for item in found if isinstance(item, Skipped)] == ["item A1", "line 3"]


def test_what_stops_being_xml_gives_what_came_before_and_then_fails(web: Web) -> None:
    body = (RSS[: RSS.index("<item><g:id>A2")] + "<item><g:id>&nbsp;").encode()
    with Loopback(lambda _: Reply(200, body)) as server:
        refs = FeedSource(url=server.url, web=web).refs()
        assert [next(refs).uri[-5:] for _ in range(3)] == ["2&h=3", "e.jpg", "p.jpg"]
        with pytest.raises(SourceFailure, match="from line 10 on"):
            next(refs)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><rss><channel><item><id>&i;</id></item></channel></rss>"
)
EXTERNAL = (
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><id>&x;</id></item></channel></rss>'
)


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS.encode(),
        EXTERNAL.encode(),
        b"<rss>" + b"<a>" * 1_000_000,
        b"<html><body>Please sign in</body></html>",
        b"<urlset></urlset>",
        b"<rss><channel></channel></rss>",
        b"",
        b" \n " * 100_000,
        b"Please sign in",
        b"a,b,c\n1,2,3\n",
        b"x" * 3_000_000,
        b'"' * 300_001,
        gzip.compress(RSS.encode())[:-40],
        b"\x1f\x8bnot gzip at all",
        gzip.compress(bytes(30_000_000)),
        bytes(range(256)) * 1_000,
    ],
    ids=range(16),
)
def test_what_is_no_feed_or_means_harm_ends_in_a_failure_with_a_next_step(web: Web, body: bytes) -> None:
    with pytest.raises(SourceFailure) as failure:
        read(web, body, max_megabytes=1 if body[:2] == b"\x1f\x8b" else 10)
    assert "secret" not in str(failure.value)
    assert failure.value.next_step


def test_a_feed_that_is_not_there_or_too_large_fails(web: Web) -> None:
    with pytest.raises(SourceFailure, match="403"):
        read(web, b"no", status=403)
    with pytest.raises(SourceFailure):
        read(web, RSS.encode() + b" " * 1_000_000, max_megabytes=1)


def test_one_item_with_a_flood_of_elements_is_skipped_and_the_next_is_read(web: Web) -> None:
    flood = "<item><id>F</id>" + "<image_link>https://cdn.example/f.jpg</image_link>" * 6_000 + "</item>"
    found = read(web, RSS.replace("</channel>", f"{flood}</channel>").replace("<item>", f"{flood}<item>", 1).encode())
    assert len(uris(found)) == 5
    assert [item.reason for item in found if isinstance(item, Skipped)] == ["has more than 5,000 elements"]


def test_a_large_feed_is_never_held_in_memory(web: Web) -> None:
    item = "<item><g:id>{0}</g:id><d>{1}</d><g:image_link>https://cdn.example/{0}.jpg</g:image_link></item>"
    items = "".join(item.format(number, "x" * 50_000) for number in range(400))
    body = f'<rss xmlns:g="http://base.google.com/ns/1.0"><channel>{items}</channel></rss>'.encode()
    with Loopback(lambda _: Reply(200, body)) as server:
        source = FeedSource(url=f"{server.url}/feed", web=web, brand="b")
        tracemalloc.start()
        try:
            count = sum(isinstance(item, ImageRef) for item in source.refs())
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert count == 400
    assert peak < len(body) / 4
