"""Pages and sitemaps: everything that names an image, robots.txt, and sites that are broken or mean harm."""

from __future__ import annotations

import gzip
import time
from collections.abc import Mapping
from typing import Any

import pytest

from sosie.errors import SourceFailure
from sosie.sources.base import Web
from sosie.sources.page import read_page
from sosie.sources.web import WebSource
from sosie.types import ImageRef, Skipped
from tests.contract.loopback import Loopback, Reply, Request

PAGE = """<!doctype html><html><head><title>Shoes &amp; socks</title><base href="/media/">
<meta property="og:image" content="https://cdn.example/og.jpg"><meta name="twitter:image" content="tw.jpg">
<link rel="preload image_src" href="src.jpg"><link rel="stylesheet" href="style.css">
<script type="application/ld+json">{"@graph": [{"@type": "Product", "name": "Shoe", "url": "/shoe",
 "image": ["ld1.jpg", {"@type": "ImageObject", "contentUrl": "ld2.jpg", "caption": "From above"}, {"@id": "#x"}]},
 {"@type": ["Thing", "ImageObject"], "url": "ld3.jpg"}]}</script>
<script>document.write("<img src=never.jpg>")</script><style>p { background: url(never2.jpg) }</style></head><body>
<!-- <img src="commented.jpg"> -->
<IMG SRC = plain.jpg ALT='A &quot;shoe&quot;'>
<img src="small.jpg" srcset="w_300,c_fit/300.jpg 300w, w_1200,c_fit/1200.jpg 1200w,640.jpg 640w">
<img src="one.jpg" srcset="two.jpg 2x, three.jpg 3x">
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="lazy.jpg">
<img src="blank.gif" data-srcset="lazy-400.jpg 400w, lazy-800.jpg 800w">
<picture><source media="(max-width: 600px)" srcset="narrow.jpg 1x, narrow@2x.jpg 2x">
<source type="image/avif" srcset="wide.avif 800w, wide-1600.avif 1600w"><img src="wide.jpg" alt="Wide"></picture>
<noscript><img src="noscript.jpg"></noscript>
<div style="color: red; background-image: url(&quot;back.jpg&quot;), url( 'back2.jpg' )" ></div>
<svg><title/><image href="inner.png"/></svg>
<img src="logo.svg"><img src="data:image/png;base64,AAAA"><img alt="nothing"><img src="plain.jpg">
</body></html>"""

NAMED = [
    "https://cdn.example/og.jpg",
    "tw.jpg",
    "src.jpg",
    "ld1.jpg",
    "ld2.jpg",
    "ld3.jpg",
    "plain.jpg",
    "w_1200,c_fit/1200.jpg",
    "three.jpg",
    "lazy.jpg",
    "lazy-800.jpg",
    "narrow@2x.jpg",
    "wide-1600.avif",
    "noscript.jpg",
    "back.jpg",
    "back2.jpg",
]


class Site(Loopback):
    """A site of these paths; a path that is not there is a 404."""

    def __init__(self, pages: Mapping[str, Reply | str | bytes]) -> None:
        def answer(request: Request) -> Reply:
            page = pages.get(request.path, Reply(404))
            if isinstance(page, Reply):
                return page
            body = page if isinstance(page, bytes) else page.replace("HERE", self.url).encode()
            return Reply(200, body, {"content-type": "text/html"})

        super().__init__(answer)

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]


def read(web: Web, site: Site, path: str = "/", **settings: Any) -> list[ImageRef | Skipped]:
    with site:
        return list(WebSource(url=site.url + path, web=web, brand="b", **settings).refs())


def names(found: list[ImageRef | Skipped]) -> list[str]:
    return [item.uri.rpartition("/")[2] for item in found if isinstance(item, ImageRef)]


def reasons(found: list[ImageRef | Skipped]) -> list[str]:
    return [item.reason for item in found if isinstance(item, Skipped)]


def test_a_page_gives_each_image_it_names_once_and_the_largest_of_each(web: Web) -> None:
    site = Site({"/shoes": PAGE})
    found = read(web, site, "/shoes")
    uris = [item.uri for item in found if isinstance(item, ImageRef)]
    assert uris == [name if "://" in name else f"{site.url}/media/{name}" for name in NAMED]
    told = {item.uri.rpartition("/")[2]: item for item in found if isinstance(item, ImageRef)}
    assert told["ld2.jpg"].title == "From above"
    assert told["plain.jpg"].title == 'A "shoe"'
    assert told["wide-1600.avif"].title == "Wide"
    assert told["lazy.jpg"].title == "Shoes & socks"
    assert told["lazy.jpg"].metadata == {"page": f"{site.url}/shoes", "found": "img", "page_title": "Shoes & socks"}
    assert reasons(found) == [
        "is an SVG drawing, not a picture of pixels",
        "lies in the page itself (data:), not at an address of its own",
        "has 1 img without an address that is known as one",
    ]


@pytest.mark.parametrize(
    ("page", "content_type", "title"),
    [
        ("<title>Füße</title>".encode("cp1252"), "text/html; charset=windows-1252", "Füße"),
        (b'<meta charset="iso-8859-1"><title>F\xfc\xdfe</title>', "text/html", "Füße"),
        ("<title>靴</title>".encode("utf-16"), "text/html", "靴"),
        ("<title>靴</title>".encode(), "text/html; charset=punycode", "靴"),
        (b"<title>\xff</title>", "text/html; charset=none-such", "\ufffd"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_is_written_in(
    web: Web, page: bytes, content_type: str, title: str
) -> None:
    codec = "utf-16-le" if page[:2] == b"\xff\xfe" else "ascii"
    reply = Reply(200, page + "<img src=a.jpg>".encode(codec), {"content-type": content_type})
    found = read(web, Site({"/": reply}))
    assert [item.title for item in found if isinstance(item, ImageRef)] == [title]


def test_a_page_without_images_and_one_with_broken_data_say_so(web: Web) -> None:
    assert reasons(read(web, Site({"/": "<p>"}))) == ["names no images (what scripts load later is not seen)"]
    page = '<script type="application/ld+json">{"image": </script><img src="a.jpg">'
    found = read(web, Site({"/": page}))
    assert (names(found), reasons(found)) == (["a.jpg"], ["has JSON-LD that is no JSON"])


SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:i="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>HERE/one</loc><i:image><i:loc>HERE/1.jpg</i:loc><i:title>One</i:title></i:image>
<i:image><i:caption>Second</i:caption><i:loc>HERE/2.jpg</i:loc></i:image></url>
<url><loc>HERE/two</loc><i:image><i:loc>HERE/1.jpg</i:loc></i:image><i:image></i:image></url>
<url><loc>HERE/three</loc></url><url><loc>javascript:alert(1)</loc></url></urlset>"""
PAGES = {f"/{name}": f"<img src={name}.png>" for name in ("one", "two")}


def index(*addresses: str) -> str:
    inner = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f"<!-- a <html> comment --><sitemapindex>{inner}</sitemapindex>"


def test_a_sitemap_gives_the_images_that_it_lists(web: Web) -> None:
    site = Site({"/sitemap.xml": SITEMAP, **PAGES})
    found = read(web, site, "/sitemap.xml")
    assert names(found) == ["1.jpg", "2.jpg"]
    assert [item.title for item in found if isinstance(item, ImageRef)] == ["One", "Second"]
    assert isinstance(found[0], ImageRef)
    assert found[0].metadata == {"page": f"{site.url}/one", "found": "sitemap"}
    assert reasons(found) == ["has an empty address", "is listed by a sitemap and is no http or https address"]
    assert site.paths == ["/robots.txt", "/sitemap.xml"]


def test_the_pages_of_a_sitemap_are_read_when_that_is_asked_for(web: Web) -> None:
    found = read(web, Site({"/sitemap.xml": SITEMAP, **PAGES}), "/sitemap.xml", follow=True)
    assert names(found) == ["1.jpg", "2.jpg", "one.png", "two.png"]
    assert reasons(found)[2:] == [f"{found[-1].uri} answered 404."]
    bounded = read(web, Site({"/sitemap.xml": SITEMAP, **PAGES}), "/sitemap.xml", follow=True, max_pages=1)
    assert names(bounded) == ["1.jpg", "2.jpg", "one.png"]
    assert "max_pages" in reasons(bounded)[-1]


def test_sitemaps_in_sitemaps_are_read_packed_or_not_and_a_broken_one_is_named(web: Web) -> None:
    pages: dict[str, Reply | str | bytes] = {
        "/index.xml": index(
            "HERE/a.xml.gz", "HERE/broken.xml", "HERE/gone.xml", "HERE/index.xml", "/b.xml", "ftp://h/"
        ),
        "/a.xml.gz": gzip.compress(
            b"<urlset><url><image><loc>https://h/a.jpg</loc></image><loc>/p</loc></url></urlset>"
        ),
        "/broken.xml": "<urlset><url><loc>/q</loc><image><loc>https://h/q.jpg</loc></image></url><url>",
        "/b.xml": "<urlset><url><loc>/r</loc><image><loc>https://h/b.jpg</loc></image></url></urlset>",
    }
    found = read(web, Site(pages), "/index.xml")
    assert names(found) == ["a.jpg", "q.jpg", "b.jpg"]
    assert [reason.rpartition("/")[2].split()[0] for reason in reasons(found)] == ["broken.xml", "gone.xml", "is"]


def test_a_plain_list_of_pages_is_a_sitemap_too(web: Web) -> None:
    found = read(web, Site({"/sitemap.txt": "HERE/one\r\nHERE/two\n\n", **PAGES}), "/sitemap.txt", follow=True)
    assert names(found) == ["one.png", "two.png"]


def test_a_sitemap_without_images_says_that_its_pages_can_be_followed(web: Web) -> None:
    with pytest.raises(SourceFailure, match="lists 1 pages and no images") as failure:
        read(web, Site({"/s.xml": "<urlset><url><loc>/one</loc></url></urlset>"}), "/s.xml")
    assert "follow" in failure.value.next_step


def test_endless_sitemaps_end(web: Web) -> None:
    class Endless(Site):
        def __init__(self) -> None:
            super().__init__({})
            self.answer = lambda request: Reply(
                200 if request.path != "/robots.txt" else 404,
                index(f"{request.path}/deeper", f"{request.path}/deeper2").encode(),
            )

    site = Endless()
    with pytest.raises(SourceFailure):
        read(web, site, "/s.xml")
    assert len(site.requests) < 100


RULES = "User-agent: *\nDisallow: /private\nDisallow: /*.php$\nUser-agent: Sosie\nDisallow: /shy\nAllow: /shy/but\n"


@pytest.mark.parametrize(
    ("path", "allowed"), [("/shy", False), ("/shy/but", True), ("/private", True), ("/x.php", True)]
)
def test_robots_txt_is_respected_and_its_part_for_this_program_counts(web: Web, path: str, allowed: bool) -> None:
    site = Site({"/robots.txt": RULES, path: "<img src=/a.jpg>"})
    if allowed:
        assert names(read(web, site, path)) == ["a.jpg"]
        return
    with pytest.raises(SourceFailure, match=r"robots\.txt"):
        read(web, site, path)
    assert site.paths == ["/robots.txt"]
    mine = Site({"/robots.txt": RULES, path: "<img src=/a.jpg>"})
    assert names(read(web, mine, path, robots=False)) == ["a.jpg"]
    assert mine.paths == [path]


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (503, False), (200, True)])
def test_a_robots_txt_that_is_not_there_allows_all_and_one_that_fails_nothing(
    web: Web, status: int, allowed: bool
) -> None:
    site = Site({"/robots.txt": Reply(status), "/": "<img src=/a.jpg>"})
    if allowed:
        assert names(read(web, site)) == ["a.jpg"]
    else:
        with pytest.raises(SourceFailure, match=str(status)):
            read(web, site)
        assert site.paths == ["/robots.txt"]


def test_an_address_that_is_not_asked_is_refused_with_what_the_operator_can_do(web: Web) -> None:
    with pytest.raises(SourceFailure, match=r"the metadata service of a cloud\. ") as refused:
        list(WebSource(url="http://169.254.169.254/latest", web=web, brand="b").refs())
    assert "allowed_networks" in refused.value.next_step


def test_the_rules_of_the_host_that_a_redirect_leads_to_count_too(web: Web) -> None:
    with Site({"/robots.txt": "User-agent: *\nDisallow: /", "/": "<img src=/a.jpg>"}) as closed:
        opened = Site({"/": Reply(302, b"", {"location": closed.url + "/"})})
        with pytest.raises(SourceFailure, match=r"robots\.txt"):
            read(web, opened)


def test_a_page_that_may_not_be_read_is_skipped_when_a_sitemap_lists_it(web: Web) -> None:
    rules = "User-agent: *\nDisallow: /one"
    found = read(web, Site({"/robots.txt": rules, "/sitemap.xml": SITEMAP, **PAGES}), "/sitemap.xml", follow=True)
    assert names(found) == ["1.jpg", "2.jpg", "two.png"]
    assert any("robots.txt" in reason for reason in reasons(found))


def test_a_crawl_delay_is_kept(web: Web) -> None:
    site = Site({"/robots.txt": "User-agent: *\nCrawl-delay: 0.2", "/sitemap.xml": SITEMAP, **PAGES})
    began = time.monotonic()
    read(web, site, "/sitemap.xml", follow=True)
    assert site.paths == ["/robots.txt", "/sitemap.xml", "/one", "/two", "/three"]
    assert time.monotonic() - began >= 3 * 0.2  # no less, however fast the machine


@pytest.mark.parametrize(
    "page",
    [
        Reply(500),
        "<rss><channel></channel></rss>",
        b"<img src=a.jpg>" + b" " * 10_000_000,
        gzip.compress(bytes(70_000_000)),
        '<!DOCTYPE u [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>',
    ],
    ids=["broken", "feed", "huge", "bomb", "entities"],
)
def test_what_cannot_be_read_ends_in_a_failure_with_a_next_step(web: Web, page: Reply | str | bytes) -> None:
    with pytest.raises(SourceFailure) as failure:
        read(web, Site({"/?key=secret": page}), "/?key=secret")
    assert failure.value.next_step
    assert "secret" not in str(failure.value)


MANY = 200_000


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * MANY + "<img src=a.jpg>",
        "<" * MANY + "img src=a.jpg>",
        "<script>" * MANY + "<img src=a.jpg>",
        "<p style='" + 'url("' * MANY + "'><img src=a.jpg>",
        "<p " + "b " * MANY + "><img src=a.jpg>",
        "<p b=&#" + "9" * MANY + ";><img src=a.jpg>",
        "<script type=application/ld+json>" + "[" * MANY + "</script><img src=a.jpg>",
        "<img src=a.jpg><!--" * 3 + "<!--" * MANY,
        "<img src=a.jpg><b '" + "\"='" * MANY,
    ],
    ids=range(9),
)
def test_pages_that_mean_harm_are_read_in_time_that_grows_with_their_length(page: str) -> None:
    began = time.process_time()
    assert [image.address for image in read_page(page, "http://h/").images][:1] == ["a.jpg"]
    assert time.process_time() - began < 20  # quadratic time would be hours
