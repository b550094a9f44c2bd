"""One brand whose API and images do everything that real servers do wrong, fetched in one go."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path
from typing import Any

from sosie.pipeline.collecting import brand_refs, sync_brand
from sosie.store.brands import Brand, Brands, SourceSpec
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals
from tests.pictures import encoded, picture
from tests.web import Asked, Reply, Site, settings_for

IMAGE = encoded(picture(1))


def once(first: Reply, later: bytes) -> Reply:
    """Answer badly at first and well from then on."""
    asked_before: list[int] = []

    def reply(asked: Asked) -> None:
        if asked_before:
            asked.answer(later)
        else:
            asked_before.append(1)
            first(asked)

    return reply


def status(code: int, **headers: str) -> Reply:
    return lambda asked: asked.answer(b"not now", code, **headers)


def cut(asked: Asked) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (len(IMAGE) + 9) + IMAGE)
    asked.hang_up()


def endless(asked: Asked) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n\xff\xd8\xff\r\n")
    while True:
        asked.raw(b"8000\r\n" + bytes(32768) + b"\r\n")


def slow(asked: Asked) -> None:
    time.sleep(0.4)
    asked.answer(IMAGE)


def pages(site: Site) -> dict[str, bytes | Reply]:
    bomb = gzip.compress(b"\xff\xd8\xff" + bytes(40_000_000), 9)
    return {
        "/good.jpg": IMAGE,
        "/busy.jpg": once(status(429, retry_after="0"), IMAGE),
        "/broken-once.jpg": once(status(500), IMAGE),
        "/slow.jpg": slow,
        "/moved.jpg": lambda asked: asked.answer(b"", 301, location="/good.jpg"),
        "/wrong-type.jpg": lambda asked: asked.answer(IMAGE, content_type="application/zip"),
        "/page.jpg": lambda asked: asked.answer(b"<html>Sign in</html>", content_type="image/jpeg"),
        "/gone.jpg": status(410),
        "/cut-once.jpg": once(cut, IMAGE),
        "/endless.jpg": endless,
        "/bomb.jpg": lambda asked: asked.answer(bomb, content_encoding="gzip"),
        "/metadata.jpg": lambda asked: asked.answer(b"", 302, location="http://169.254.169.254/latest"),
        "/loop.jpg": lambda asked: asked.answer(b"", 302, location="/loop.jpg"),
        "/out.jpg": lambda asked: asked.answer(b"", 302, location=f"http://10.0.0.1:{site.port}/"),
    }


EXPECTED = {
    "page.jpg": "web page",
    "gone.jpg": "410",
    "endless.jpg": "larger than 2 MB",
    "bomb.jpg": "larger than 2 MB",
    "metadata.jpg": "metadata service",
    "loop.jpg": "redirects more than",
    "out.jpg": "private network",
}


def test_a_brand_of_everything_that_goes_wrong_gives_all_that_can_be_had(tmp_path: Path) -> None:
    with Site() as site:
        site.pages = pages(site)
        names = [name.strip("/") for name in site.pages]
        site.pages["/api"] = listing(site, names)
        settings = settings_for(tmp_path, download_megabytes=2)
        spec = SourceSpec("brand_api", {"url": f"{site.url}/api?brand={{brand}}", "paging": "page"})
        with Catalogue.of(settings) as catalogue:
            brand = Brands(catalogue).save(Brand(key="nike", sources=(spec,)))
            result = sync_brand(catalogue, Originals.of(settings), brand, settings)
            refs, skipped = brand_refs(catalogue, Originals.of(settings), ["nike"])
    assert result.failures == ()
    assert {ref.uri.rpartition("/")[2] for ref in refs} == set(names) - EXPECTED.keys()
    reasons = {item.uri.rpartition("/")[2]: item.reason for item in skipped}
    assert reasons.keys() == EXPECTED.keys()
    assert all(EXPECTED[name] in reason for name, reason in reasons.items())


def listing(site: Site, names: list[str]) -> Reply:
    """An API of five images a page, which is busy, broken and slow on the way."""
    moods: list[Any] = [status(429, retry_after="0"), None, status(500), status(503, retry_after="0"), None]

    def reply(asked: Asked) -> None:
        mood = moods.pop(0) if moods else None
        if mood is not None:
            mood(asked)
            return
        time.sleep(0.1)
        start = (int(asked.path.rpartition("page=")[2]) - 1) * 5
        rows = [{"image_url": f"{site.url}/{name}", "title": name} for name in names[start : start + 5]]
        asked.answer(json.dumps({"success": True, "data": rows}).encode(), content_type="text/html")

    return reply


def test_half_characters_and_zeros_in_what_a_list_says_stop_nothing(tmp_path: Path) -> None:
    with Site({"/good.jpg": IMAGE}) as site:
        rows = [{"url": f"{site.url}/good.jpg", "title": "a\ud800\0b"}, {"url": f"{site.url}/\ud800.jpg"}]
        rows += [{"url": "\ud800"}, {"url": f"{site.url}/\0.jpg"}]
        site.pages["/list"] = "\n".join(map(json.dumps, rows)).encode()
        settings = settings_for(tmp_path)
        with Catalogue.of(settings) as catalogue:
            spec = SourceSpec("urls", {"url": f"{site.url}/list"})
            brand = Brands(catalogue).save(Brand(key="nike", sources=(spec,)))
            result = sync_brand(catalogue, Originals.of(settings), brand, settings)
            refs, _ = brand_refs(catalogue, Originals.of(settings), ["nike"])
    assert [ref.title for ref in refs] == ["a? b"]
    assert (result.failures, len(result.skipped)) == ((), 3)
