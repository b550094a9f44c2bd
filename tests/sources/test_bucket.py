"""Buckets: real S3 on loopback, what speaks like Google Cloud and Azure, and buckets that are closed or lie."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from sosie.errors import SourceFailure
from sosie.sources.base import Fetches, Web
from sosie.sources.bucket import BucketSource
from sosie.sources.download import Allowed, Downloader, Guard, Limits
from sosie.types import ImageRef, Skipped
from tests.contract.loopback import Loopback, Reply, Request
from tests.sources.buckets import ENVIRONMENT, Azure, GoogleCloud, s3

OBJECTS = {
    "a.jpg": b"first",
    "spring/b c.JPG": b"second",
    "spring/notes.txt": b"text",
    "spring/ü#?%20+.png": b"third",
    "spring/deep/er/d.jpg": b"fourth",
    "springtime/e.jpg": b"fifth",
    "marks/": b"",
}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, Any]]:
    with s3(OBJECTS) as opened:
        yield opened


def source(web: Web, endpoint: str, url: str = "s3://shop", **settings: Any) -> BucketSource:
    return BucketSource(url=url, endpoint=endpoint, web=web, brand="b", environment=ENVIRONMENT, **settings)


def uris(found: list[ImageRef | Skipped]) -> list[str]:
    return [item.uri for item in found if isinstance(item, ImageRef)]


def test_all_objects_of_a_bucket_are_listed_with_what_changes_when_they_do(web: Web, served: tuple[str, Any]) -> None:
    endpoint, client = served
    found = list(source(web, endpoint).refs())
    assert uris(found) == sorted((f"s3://shop/{key}" for key in OBJECTS if OBJECTS[key]), key=str.encode)
    assert [(item.uri, item.reason) for item in found if isinstance(item, Skipped)] == [
        ("s3://shop/marks", "is empty, as the marks of folders are")
    ]
    first = found[0]
    assert isinstance(first, ImageRef)
    assert (first.brand, first.title) == ("b", "a.jpg")
    head = client.head_object(Bucket="shop", Key="a.jpg")
    assert first.metadata == {
        "key": "a.jpg",
        "etag": head["ETag"],
        "bytes": "5",
        "modified": head["LastModified"].isoformat(),
    }


def test_a_folder_and_suffixes_narrow_it_down(web: Web, served: tuple[str, Any]) -> None:
    endpoint, _ = served
    folder = "s3://shop/spring/"
    assert [uri.removeprefix(folder) for uri in uris(list(source(web, endpoint, folder).refs()))] == [
        "b c.JPG",
        "deep/er/d.jpg",
        "notes.txt",
        "ü#?%20+.png",
    ]
    narrow = source(web, endpoint, folder, suffixes=("jpg", ".PNG"))
    assert [uri.rpartition("/")[2] for uri in uris(list(narrow.refs()))] == ["b c.JPG", "d.jpg", "ü#?%20+.png"]
    few = list(source(web, endpoint, max_images=2).refs())
    assert len(uris(few)) == 2
    assert isinstance(few[-1], Skipped)
    assert "max_images" in few[-1].reason


def test_the_bytes_of_every_object_can_be_had(web: Web, served: tuple[str, Any]) -> None:
    bucket = source(web, served[0])
    assert isinstance(bucket, Fetches)
    for ref in bucket.refs():
        if isinstance(ref, ImageRef):
            assert b"".join(bucket.open(ref)) == OBJECTS[ref.uri.removeprefix("s3://shop/")]
    with pytest.raises(SourceFailure, match="is not there"):
        list(bucket.open(ImageRef("s3://shop/gone.jpg")))


def test_an_object_that_changes_has_another_mark(web: Web) -> None:
    with s3({"a.jpg": b"one"}, "changing") as (endpoint, client):
        (before,) = source(web, endpoint, "s3://changing").refs()
        client.put_object(Bucket="changing", Key="a.jpg", Body=b"two")
        (after,) = source(web, endpoint, "s3://changing").refs()
    assert isinstance(before, ImageRef)
    assert isinstance(after, ImageRef)
    assert before.uri == after.uri
    assert before.metadata["etag"] != after.metadata["etag"]


def test_a_name_that_cannot_be_read_costs_its_folder_and_no_more(web: Web) -> None:
    names = ["a.jpg", "odd//b.jpg", "odd/c.jpg", "x/e.jpg", "z/../d.jpg"]
    with s3(dict.fromkeys(names, b"1"), "odd") as (endpoint, _):
        found = list(source(web, endpoint, "s3://odd").refs())
    assert uris(found) == ["s3://odd/a.jpg", "s3://odd/x/e.jpg"]
    assert [item.uri for item in found if isinstance(item, Skipped)] == ["s3://odd/odd", "s3://odd/z"]


@pytest.mark.parametrize(("scheme", "cloud"), [("gs", GoogleCloud), ("az", Azure)])
def test_other_clouds_are_read_in_the_same_way(web: Web, scheme: str, cloud: type[GoogleCloud] | type[Azure]) -> None:
    with cloud({"spring/a b.jpg": b"first", "spring/c.jpg": b"second!"}) as server:
        bucket = source(web, server.url, f"{scheme}://shop/spring", account="acme", anonymous=True)
        found = list(bucket.refs())
        assert uris(found) == [f"{scheme}://shop/spring/a b.jpg", f"{scheme}://shop/spring/c.jpg"]
        assert [item.metadata["etag"] for item in found if isinstance(item, ImageRef)] == ["mark-5", "mark-7"]
        assert b"".join(bucket.open(ImageRef(found[1].uri))) == b"second!"


def seen(web: Web, **settings: Any) -> list[Request]:
    """What a server sees of a source, besides the first look at its endpoint."""
    with GoogleCloud({}) as server:  # S3 lists in the same words
        list(BucketSource(url="s3://shop", endpoint=server.url, web=web, **settings).refs())
        return server.requests[1:]


def test_only_a_trusted_source_takes_the_credentials_of_the_machine(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ACCESS_KEY_ID", "machine"), ("SECRET_ACCESS_KEY", "s"), ("SESSION_TOKEN", "t")):
        monkeypatch.setenv(f"AWS_{name}", value)
    marks = ("authorization", "x-amz-security-token")
    (request,) = seen(web, trusted=True)
    assert "Credential=machine/" in request.headers["authorization"]
    (request,) = seen(web)
    assert not any(mark in request.headers for mark in marks)
    (request,) = seen(web, trusted=True, anonymous=True)
    assert not any(mark in request.headers for mark in marks)
    (request,) = seen(web, environment=ENVIRONMENT)
    assert "Credential=key/" in request.headers["authorization"]
    assert "x-amz-security-token" not in request.headers


@pytest.mark.parametrize(
    ("url", "settings", "says"),
    [
        ("s3://nope", {}, "is not there"),
        ("ftp://shop", {}, "is no bucket"),
        ("s3://", {}, "is no bucket"),
        ("s3://key:word@shop", {}, "This is no bucket"),
        ("az://shop", {}, "account"),
    ],
)
def test_a_bucket_that_cannot_be_says_what_to_do(
    web: Web, served: tuple[str, Any], url: str, settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(SourceFailure, match=says) as failure:
        list(source(web, served[0], url, **settings).refs())
    assert failure.value.next_step


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(403, b"<Error><Code>AccessDenied</Code></Error>"), "may not be read"),
        (Reply(400), "region"),
        (Reply(200, b"<html>"), "not understood"),
        (Reply(200, b"\xff" * 100_000), "not understood"),
        (Reply(501), "501"),
    ],
)
def test_a_bucket_that_is_closed_or_answers_nonsense_is_a_failure(web: Web, reply: Reply, says: str) -> None:
    with Loopback(lambda _: reply) as server, pytest.raises(SourceFailure) as failure:
        list(source(web, server.url).refs())
    assert says in str(failure.value)
    assert "http://" not in str(failure.value)


def test_a_listing_that_goes_in_circles_ends(web: Web) -> None:
    stamp = "<LastModified>2026-11-22T10:00:00.000Z</LastModified>"
    listed = "".join(f"<Contents><Key>{n:04}.jpg</Key><Size>3</Size>{stamp}</Contents>" for n in range(999))
    token = "<IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>"
    page = f"<ListBucketResult>{token}{listed}</ListBucketResult>"
    with Loopback(lambda _: Reply(200, page.encode())) as server, pytest.raises(SourceFailure, match="again and again"):
        list(source(web, server.url).refs())


def test_an_endpoint_inside_the_network_is_not_asked_unless_it_is_allowed(web: Web) -> None:
    with pytest.raises(SourceFailure, match="a private network"):
        list(source(web, "http://10.0.0.7:9000").refs())
    with pytest.raises(SourceFailure, match="metadata"):
        list(source(web, "http://169.254.169.254").refs())


def named(server: Loopback, *addresses: str) -> tuple[Guard, str]:
    """A guard to which a name stands for these addresses, one after the other, and the endpoint of that name."""
    answers = [*addresses]

    def resolve(_host: str, _port: int) -> list[str]:
        return [answers.pop(0) if len(answers) > 1 else answers[0]]

    return Guard(Allowed.of(["127.0.0.1"]), resolve), f"http://bucket.test:{urlsplit(server.url).port}"


def test_connections_to_a_bucket_go_to_the_address_that_was_checked() -> None:
    page = "<ListBucketResult></ListBucketResult>"
    with Loopback(lambda _: Reply(200, page.encode())) as server:
        guard, endpoint = named(server, "127.0.0.1")
        with Downloader(guard, Limits(seconds=20, attempts=1)) as web:
            assert list(source(web, endpoint).refs()) == []
        assert len(server.requests) > 1, "the listing came after the first look"
        assert all("proxy-authorization" not in request.headers for request in server.requests)


def test_an_endpoint_whose_name_turns_to_an_inner_address_is_asked_nothing_more() -> None:
    with Loopback(lambda _: Reply(200, b"")) as server:
        guard, endpoint = named(server, "127.0.0.1", "10.0.0.7")
        with Downloader(guard, Limits(seconds=20, attempts=1)) as web, pytest.raises(SourceFailure, match="421"):
            list(source(web, endpoint).refs())
        assert len(server.requests) == 1


def test_nobody_else_on_the_machine_can_use_the_way_out(web: Web) -> None:
    address = urlsplit(web.way_out())
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as stranger:
        stranger.sendall(b"CONNECT 127.0.0.1:1 HTTP/1.1\r\nproxy-authorization: Basic eDp4\r\n\r\n")
        assert stranger.recv(100).startswith(b"HTTP/1.1 407")


def test_without_obstore_the_error_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['obstore'] = None; sys.modules['obstore.store'] = None\n"
        "from sosie.sources.bucket import BucketSource\n"
        "print(next(BucketSource(url='s3://shop', web=None).refs()))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert "pip install sosie[s3]" in run.stderr
