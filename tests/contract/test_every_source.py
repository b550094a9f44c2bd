"""One suite that every kind of source passes, against real files and real servers on loopback."""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sosie.errors import SourceFailure
from sosie.sources.base import Fetches, Source, Web
from sosie.sources.specs import KINDS, settings_of
from sosie.types import ImageRef, Skipped
from tests.contract.loopback import Loopback, Reply
from tests.contract.source_cases import CASES, Case, source
from tests.sources.web import opened_web

REMOTE = [kind for kind, case in CASES.items() if case.hostile is not None]


@pytest.fixture
def web() -> Iterator[Web]:
    with opened_web() as opened:
        yield opened


@pytest.fixture(params=list(CASES))
def made(request: pytest.FixtureRequest, web: Web, tmp_path: Path) -> Iterator[tuple[Case, Source]]:
    case = CASES[request.param]
    with case.opened(tmp_path) as settings:
        yield case, source(request.param, settings, web, tmp_path)


def test_every_kind_is_tested() -> None:
    assert list(CASES) == list(KINDS)


def test_each_image_is_given_once_with_its_brand(made: tuple[Case, Source]) -> None:
    case, source = made
    refs = [item for item in source.refs() if isinstance(item, ImageRef)]
    assert tuple(ref.uri.rpartition("/")[2] for ref in refs) == case.images
    assert {ref.brand for ref in refs} == {"acme"}
    for ref in refs:
        assert all(isinstance(text, str) for pair in ref.metadata.items() for text in pair)


def test_a_second_time_gives_the_same_in_the_same_order(made: tuple[Case, Source]) -> None:
    _, source = made
    assert list(source.refs()) == list(source.refs())


def test_what_is_broken_is_skipped_with_a_reason_and_the_rest_goes_on(made: tuple[Case, Source]) -> None:
    _, source = made
    (skipped,) = (item for item in source.refs() if isinstance(item, Skipped))
    assert skipped.uri
    assert len(skipped.reason) > 10


def test_a_source_that_fetches_gives_the_bytes_itself(made: tuple[Case, Source]) -> None:
    _, source = made
    if isinstance(source, Fetches):
        refs = [item for item in source.refs() if isinstance(item, ImageRef)]
        assert [b"".join(source.open(ref)) for ref in refs] == [b"first", b"second"]
        assert all(ref.metadata["etag"] for ref in refs)


LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><urlset><url>&c;</url></urlset>'
)
ODD: tuple[Any, ...] = (
    *(None, True, -1, 1e400, "", "x", "\ud800", "\x00", "a" * 9_000),
    *([], {}, [[[]]], {"src": 1, "image_url": {"url": []}}),
)
HOSTILE = {
    "nothing": b"",
    "billion laughs": LAUGHS.encode(),
    "external entity": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><item><id>&x;</id></item></rss>',
    "deep JSON": b"[" * 300_000,
    "deep XML": b"<rss>" + b"<item>" * 300_000,
    "deep HTML": b"<div>" * 100_000 + b"<img src=a.jpg>",
    "endless number": b'{"products": [], "data": ' + b"9" * 10_000 + b"}",
    "odd products": json.dumps({"products": [*ODD, *({"id": n, "images": odd} for n, odd in enumerate(ODD))]}).encode(),
    "odd images": json.dumps(
        {
            "success": True,
            "data": [{"image_url": odd, "title": odd} for odd in ODD],
            "products": [{"id": n, "images": [{"src": odd, "id": odd}], "title": odd} for n, odd in enumerate(ODD)],
        }
    ).encode(),
    "odd lists": json.dumps({"products": {"0": 1}, "data": {"x": {"y": 3}}, "success": "perhaps"}).encode(),
    "no text": bytes(range(256)) * 2_000,
    "one long line": b"image_link," * 300_000,
    "quotes": b"id,image_link\n" + b'"' * 400_001,
    "zeros": bytes(2_000_000),
    "packed zeros": gzip.compress(bytes(200_000_000)),
    "broken off": gzip.compress(bytes(range(256)) * 1_000)[:500],
    "the same page for ever": json.dumps(
        {"next": "more", "data": [{"image_url": "https://h/a.jpg"}], "products": [{"id": 1, "images": []}]}
    ).encode(),
}


def declared(kind: str, url: str) -> dict[str, Any]:
    """The settings of a source that asks a server at this address."""
    told = (CASES[kind].hostile or {}).items()
    return {name: value.replace("{url}", url) if isinstance(value, str) else value for name, value in told}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("kind", REMOTE)
def test_answers_that_mean_harm_end_in_skips_or_one_failure(kind: str, body: bytes, web: Web, tmp_path: Path) -> None:
    found: list[ImageRef | Skipped] = []
    with Loopback(lambda _: Reply(200, body)) as server, contextlib.suppress(SourceFailure):
        found += source(kind, declared(kind, server.url), web, tmp_path).refs()
    assert len(found) < 1_000
    assert len(server.requests) < 100
    for item in found:
        item.uri.encode()  # what no database takes must not come this far


@pytest.mark.parametrize("kind", REMOTE)
def test_a_server_that_is_not_there_is_a_failure(kind: str, web: Web, tmp_path: Path) -> None:
    with Loopback(lambda _: Reply(404)) as server:
        gone = declared(kind, server.url)
    with pytest.raises(SourceFailure):
        list(source(kind, gone, web, tmp_path).refs())


@pytest.mark.parametrize("kind", KINDS)
def test_settings_are_told_without_making_a_source(kind: str) -> None:
    handed = {"web", "brand", "roots", "uploads", "environment", "trusted"}
    assert not handed & settings_of(kind).keys()
