"""One small catalogue a kind of source: two images, one of them named twice, and one item that is broken."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sosie.sources.base import Source, Web
from sosie.sources.specs import Handed, make_source
from tests.contract.loopback import Loopback, Reply, Request
from tests.sources.buckets import ENVIRONMENT, s3

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """How a catalogue is set up in a folder, giving a declaration's settings, and what comes of it.

    `hostile` are settings for a server at `{url}` that answers everything in the same way; None for kinds without one.
    """

    opened: Callable[[Path], AbstractContextManager[Settings]]
    images: tuple[str, ...]
    hostile: Settings | None = None


def source(kind: str, settings: Settings, web: Web, folder: Path) -> Source:
    """The source that a declaration with these settings gives, as a sync would make it."""
    uploads = folder / "uploads"
    handed = Handed(brand="acme", web=web, uploads=uploads, roots=(folder,), environment=ENVIRONMENT)
    return make_source(kind, settings, handed)


@contextmanager
def _folder(folder: Path) -> Iterator[Settings]:
    place = folder / "pictures"
    _fill(place)
    yield {"path": str(place)}


@contextmanager
def _upload(folder: Path) -> Iterator[Settings]:
    _fill(folder / "uploads" / "acme", twice=False)
    yield {}


def _fill(place: Path, *, twice: bool = True) -> None:
    place.mkdir(parents=True)
    (place / "1.jpg").write_bytes(b"first")
    (place / "2.jpg").write_bytes(b"second")
    os.mkfifo(place / "3.jpg")
    if twice:
        os.link(place / "1.jpg", place / "4.jpg")


@contextmanager
def _urls(folder: Path) -> Iterator[Settings]:
    images = [f"https://cdn.example/{name}.jpg" for name in "112"]
    (folder / "list.txt").write_text("\n".join([*images[:2], "ftp://cdn.example/3.jpg", images[2]]))
    yield {"file": str(folder / "list.txt")}


def _served(answer: Callable[[Request], Reply], **settings: str) -> Callable[[Path], AbstractContextManager[Settings]]:
    @contextmanager
    def opened(_: Path) -> Iterator[Settings]:
        with Loopback(answer) as server:
            yield {name: value.replace("HERE", server.url) for name, value in settings.items()}

    return opened


ONE, TWO = (f"https://cdn.example/{name}.jpg" for name in "12")
API = {"success": True, "data": [{"image_url": url} for url in (ONE, ONE, 3, TWO)]}
SHOP = {"products": [{"id": n, "images": [{"src": url}]} for n, url in enumerate((ONE, ONE, 3, TWO), 1)]}
FEED = f"id,image_link\n1,{ONE}\n2,{ONE}\n3,\n4,{TWO}\n"
PAGE = f'<img src="{ONE}"><img src="{ONE}"><img src="mailto:a@b"><img src="{TWO}">'


def _page(request: Request) -> Reply:
    return Reply(404) if request.path == "/robots.txt" else Reply(200, PAGE.encode(), {"content-type": "text/html"})


@contextmanager
def _bucket(_: Path) -> Iterator[Settings]:
    with s3({"1.jpg": b"first", "2.jpg": b"second", "3.jpg": b""}, "acme") as (endpoint, _client):
        yield {"url": "s3://acme", "endpoint": endpoint}


CASES = {
    "folder": Case(_folder, ("1.jpg", "2.jpg")),
    "upload": Case(_upload, ("1.jpg", "2.jpg")),
    "urls": Case(_urls, ("1.jpg", "2.jpg"), {"url": "{url}/list"}),
    "brand_api": Case(
        _served(lambda _: Reply.of(API), url="HERE/api?brand={brand}"),
        ("1.jpg", "2.jpg"),
        {"url": "{url}/api", "paging": "cursor", "max_pages": 20},
    ),
    "shopify": Case(
        _served(lambda _: Reply(200, json.dumps(SHOP).encode()), url="HERE"), ("1.jpg", "2.jpg"), {"url": "{url}"}
    ),
    "feed": Case(_served(lambda _: Reply(200, FEED.encode()), url="HERE/feed"), ("1.jpg", "2.jpg"), {"url": "{url}"}),
    "web": Case(
        _served(_page, url="HERE/page"), ("1.jpg", "2.jpg"), {"url": "{url}/p", "robots": "false", "follow": "true"}
    ),
    "bucket": Case(_bucket, ("1.jpg", "2.jpg"), {"url": "s3://acme", "endpoint": "{url}"}),
}
