"""What the downloader makes of servers that are busy, slow, broken or lying."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate

import pytest

from sosie.errors import Cancelled
from sosie.sources.download import Downloader, NotFetched, spread
from tests.pictures import encoded, picture
from tests.web import QUICK, Asked, Site, web


class Kept:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data

    def restart(self) -> None:
        self.data = b""


IMAGE = encoded(picture(1))


@pytest.fixture
def site() -> Iterator[Site]:
    with Site({"/a.jpg": IMAGE}) as site:
        yield site


def fetched(site: Site, path: str = "/a.jpg") -> bytes:
    kept = Kept()
    with web() as download:
        assert download.fetch(site.url + path, kept).changed
    return kept.data


def reason(site: Site, path: str = "/a.jpg", download: Downloader | None = None) -> str:
    kept = Kept()
    with download or web() as asking, pytest.raises(NotFetched) as failure:
        asking.fetch(site.url + path, kept)
    assert len(kept.data) <= QUICK.bytes
    return failure.value.reason


def test_an_image_arrives_as_it_is(site: Site) -> None:
    assert fetched(site) == IMAGE


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(site: Site, status: int) -> None:
    def busy_once(asked: Asked) -> None:
        if site.count("/a.jpg") == 1:
            asked.answer(b"later", status, retry_after="0")
        else:
            asked.answer(IMAGE)

    site.pages["/a.jpg"] = busy_once
    assert fetched(site) == IMAGE
    assert site.count("/a.jpg") == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451])
def test_a_refusal_is_not_asked_again(site: Site, status: int) -> None:
    site.pages["/a.jpg"] = lambda asked: asked.answer(b"no", status)
    assert str(status) in reason(site)
    assert site.count("/a.jpg") == 1


def test_the_time_that_a_server_asks_for_is_waited(site: Site) -> None:
    when: list[float] = []

    def later(asked: Asked) -> None:
        when.append(time.monotonic())
        if len(when) == 1:
            asked.answer(b"", 429, retry_after="1")
        elif len(when) == 2:
            asked.answer(b"", 503, retry_after=formatdate(time.time() - 5, usegmt=True))
        else:
            asked.answer(IMAGE)

    site.pages["/a.jpg"] = later
    assert fetched(site) == IMAGE
    assert when[1] - when[0] >= 1


def test_a_server_that_asks_for_too_much_time_is_given_up(site: Site) -> None:
    site.pages["/a.jpg"] = lambda asked: asked.answer(b"", 429, retry_after="3600")
    assert "429" in reason(site)
    assert site.count("/a.jpg") == 1


def test_a_server_that_stays_broken_is_given_up_after_some_attempts(site: Site) -> None:
    site.pages["/a.jpg"] = lambda asked: asked.answer(b"", 500, retry_after="0")
    assert reason(site) == "answered 500 (Internal Server Error) (asked 3 times)"


def test_a_stop_ends_a_wait_at_once(site: Site) -> None:
    site.pages["/a.jpg"] = lambda asked: asked.answer(b"", 429, retry_after="4")
    download = web()
    threading.Timer(0.3, download.stop.set).start()
    began = time.monotonic()
    with download, pytest.raises(Cancelled):
        download.fetch(f"{site.url}/a.jpg", Kept())
    assert time.monotonic() - began < 3


def test_a_stop_ends_a_download_that_says_nothing(site: Site) -> None:
    download = Downloader(web().guard, replace(QUICK, seconds=30, idle=30))
    site.pages["/a.jpg"] = lambda _asked: time.sleep(4)
    threading.Timer(0.3, download.stop.set).start()
    began = time.monotonic()
    with download, pytest.raises(Cancelled):
        download.fetch(f"{site.url}/a.jpg", Kept())
    assert time.monotonic() - began < 3


def one_attempt(**limits: float) -> Downloader:
    return Downloader(web().guard, replace(QUICK, attempts=1, **limits))  # type: ignore[arg-type]


def test_a_server_that_says_nothing_is_given_up(site: Site) -> None:
    site.pages["/a.jpg"] = lambda _asked: time.sleep(2)
    assert "sent nothing for too long" in reason(site, download=one_attempt(idle=0.3))


def dripping(data: bytes, start: bytes = b"", dripped: bytearray | None = None) -> object:
    def drip(asked: Asked) -> None:
        asked.raw(start)
        for byte in data:
            asked.raw(bytes([byte]))
            if dripped is not None:
                dripped.append(byte)
            time.sleep(0.05)

    return drip


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n\xff\xd8\xff"])
def test_a_server_that_drips_is_given_up_when_the_time_is_over(site: Site, start: bytes) -> None:
    dripped = bytearray()
    data = b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100
    site.pages["/a.jpg"] = dripping(data, start, dripped)  # type: ignore[assignment]
    assert "too long" in reason(site, download=one_attempt(seconds=0.5))
    assert len(dripped) < len(data)


def test_a_body_that_is_cut_off_is_no_image(site: Site) -> None:
    def cut(asked: Asked) -> None:
        asked.raw(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (len(IMAGE) + 100) + IMAGE)
        asked.hang_up()

    site.pages["/a.jpg"] = cut
    assert "broke off" in reason(site)
    assert site.count("/a.jpg") == QUICK.attempts


def test_a_body_that_is_cut_off_once_is_fetched_anew(site: Site) -> None:
    def cut_once(asked: Asked) -> None:
        if site.count("/a.jpg") > 1:
            asked.answer(IMAGE)
            return
        asked.raw(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(IMAGE) + IMAGE[:-50])
        asked.hang_up()

    site.pages["/a.jpg"] = cut_once
    assert fetched(site) == IMAGE


def test_a_body_without_end_is_not_taken(site: Site) -> None:
    sent = 0

    def endless(asked: Asked) -> None:
        nonlocal sent
        asked.raw(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10000\r\n\xff\xd8\xff" + b"x" * 65533 + b"\r\n"
        )
        for _ in range(1000):
            asked.raw(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            sent += 65536

    site.pages["/a.jpg"] = endless
    assert reason(site) == "is larger than 2 MB"
    assert sent < 20_000_000


def test_a_body_that_says_it_is_too_large_is_not_read(site: Site) -> None:
    site.pages["/a.jpg"] = lambda asked: asked.answer(b"", 200, content_length="99999999999")
    assert reason(site) == "is larger than 2 MB"


def test_a_gzip_bomb_is_not_unpacked_beyond_the_limit(site: Site) -> None:
    bomb = gzip.compress(b"\xff\xd8\xff" + bytes(50_000_000), 9)
    site.pages["/a.jpg"] = lambda asked: asked.answer(bomb, content_encoding="gzip")
    assert reason(site) == "is larger than 2 MB"
    with web() as download, pytest.raises(NotFetched, match="larger"):
        download.get(f"{site.url}/a.jpg", max_bytes=1_000_000)


@pytest.mark.parametrize(
    ("encoding", "body", "expected"),
    [
        ("br", b"??", "packed in a way"),
        ("gzip", b"no gzip", "damaged"),
        ("gzip", gzip.compress(IMAGE)[:-20], "cut off"),
    ],
)
def test_a_body_that_is_packed_wrongly_is_refused(site: Site, encoding: str, body: bytes, expected: str) -> None:
    site.pages["/a.jpg"] = lambda asked: asked.answer(body, content_encoding=encoding)
    assert expected in reason(site)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_packed_answer_is_unpacked(site: Site, encoding: str) -> None:
    import zlib

    packed = gzip.compress(IMAGE) if encoding == "gzip" else zlib.compress(IMAGE)
    site.pages["/a.jpg"] = lambda asked: asked.answer(packed, content_encoding=encoding)
    assert fetched(site) == IMAGE


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<!DOCTYPE html><html>Please sign in</html>" + b" " * 99999, "web page"),
        (b'{"error": "no such image"}', "text"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"", "empty"),
        (bytes(5000), "zero bytes"),
    ],
)
def test_what_is_no_image_is_told_by_its_bytes_whatever_the_server_says(site: Site, body: bytes, expected: str) -> None:
    site.pages["/a.jpg"] = lambda asked: asked.answer(body, content_type="image/jpeg")
    assert expected in reason(site)


def test_an_image_of_the_wrong_type_is_taken(site: Site) -> None:
    site.pages["/a.jpg"] = lambda asked: asked.answer(IMAGE, content_type="text/html")
    assert fetched(site) == IMAGE


@pytest.mark.parametrize(
    "answer", [b"HELLO", b"HTTP/1.1 200 OK\r\ncontent-length: -5", b"HTTP/1.1 200 OK\r\nx:" + b"y" * 300_000]
)
def test_what_is_no_http_is_refused(site: Site, answer: bytes) -> None:
    def speak(asked: Asked) -> None:
        asked.raw(answer + b"\r\n\r\n")
        asked.hang_up()

    site.pages["/a.jpg"] = speak
    assert "does not speak HTTP" in reason(site)


def test_a_server_that_is_not_there_is_reported() -> None:
    with Site() as site:
        gone = site.url
    with web() as download, pytest.raises(NotFetched, match="cannot be reached"):
        download.get(gone)


def test_a_redirect_is_followed_and_a_loop_of_them_is_not(site: Site) -> None:
    site.pages["/moved"] = lambda asked: asked.answer(b"", 301, location="a.jpg")
    site.pages["/loop"] = lambda asked: asked.answer(b"", 302, location="/loop")
    assert fetched(site, "/moved") == IMAGE
    assert reason(site, "/loop") == "redirects more than 3 times"


def test_what_has_not_changed_is_asked_for_by_both_marks(site: Site) -> None:
    def reply(asked: Asked) -> None:
        same = asked.headers.get("if-none-match") == '"v1"' and asked.headers.get("if-modified-since") == "yesterday"
        asked.answer(b"" if same else IMAGE, 304 if same else 200, etag='"v1"', last_modified="yesterday")

    site.pages["/a.jpg"] = reply
    with web() as download:
        first = download.fetch(f"{site.url}/a.jpg", Kept())
        assert (first.changed, first.etag, first.modified) == (True, '"v1"', "yesterday")
        kept = Kept()
        again = download.fetch(f"{site.url}/a.jpg", kept, etag=first.etag, modified=first.modified)
    assert (again.changed, kept.data) == (False, b"")


def test_not_modified_without_having_been_asked_is_a_lie(site: Site) -> None:
    site.pages["/a.jpg"] = lambda asked: asked.answer(b"", 304)
    assert "304" in reason(site)


def test_few_downloads_of_one_host_run_at_once_and_others_overtake() -> None:
    running: dict[str, int] = {}
    most: dict[str, int] = {}
    lock = threading.Lock()

    def work(item: tuple[str, int]) -> tuple[str, int]:
        host, _ = item
        with lock:
            running[host] = running.get(host, 0) + 1
            most[host] = max(most.get(host, 0), running[host])
            most["all"] = max(most.get("all", 0), sum(running.values()))
        time.sleep(0.05 if host == "slow" else 0.001)
        with lock:
            running[host] -= 1
        return item

    items = [("slow", number) for number in range(12)] + [("quick", number) for number in range(12)]
    found = list(spread(iter(items), lambda item: item[0], work, at_once=4, per_host=2, halt=lambda: None))
    assert sorted(found) == sorted(items)
    assert most["slow"] <= 2
    assert most["all"] <= 4
    assert found.index(("quick", 11)) < found.index(("slow", 11))


def test_nobody_waits_for_the_rest_once_a_reader_leaves() -> None:
    stop = threading.Event()
    found = spread(
        iter(range(100)), lambda _item: "", lambda item: stop.wait(5) if item else None, at_once=4, per_host=4,
        halt=stop.set,
    )  # fmt: skip
    began = time.monotonic()
    next(found)
    found.close()
    assert time.monotonic() - began < 3
