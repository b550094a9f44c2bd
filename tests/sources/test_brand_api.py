"""A brand's images from JSON APIs as they are: paged, slow, rude, wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from sosie.errors import SourceFailure
from sosie.sources.brand_api import BrandApiSource
from sosie.types import ImageRef, Skipped
from tests.web import Asked, Reply, Site, web


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def images(*names: object) -> list[dict[str, object]]:
    return [{"image_url": f"https://cdn.example/{name}.jpg", "id": name} for name in names]


def saying(value: Any, status: int = 200, **headers: str) -> Reply:
    return lambda asked: asked.answer(json.dumps(value).encode(), status, **headers)


def parameter(asked: Asked, name: str) -> str:
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(asked.path).query).get(name, [""])[0]


def read(site: Site, **settings: Any) -> tuple[list[str], list[Skipped]]:
    """Names of the images that a source on this site gives, and what it passed over."""
    with web() as guarded:
        values = {"url": f"{site.url}/api?brand_key={{brand}}", "brand": "levis-1", **settings}
        items = list(BrandApiSource(web=guarded, **values).refs())
    names = [item.uri.rpartition("/")[2].partition(".")[0] for item in items if isinstance(item, ImageRef)]
    return names, [item for item in items if isinstance(item, Skipped)]


def test_the_first_outline_is_understood_without_settings(site: Site) -> None:
    site.pages["/api"] = saying({"success": True, "data": images("a", "b")})
    assert read(site) == (["a", "b"], [])
    assert site.asked[0].path == "/api?brand_key=levis-1"


def test_the_brand_is_quoted_and_may_have_another_name_there(site: Site) -> None:
    site.pages["/api"] = saying({"data": images("a")})
    read(site, brand_key="Levi's & Co")
    assert site.asked[0].path == "/api?brand_key=Levi%27s%20%26%20Co"


@pytest.mark.parametrize(
    "reply",
    [
        saying({"success": False, "error": "no such brand"}),
        saying({"success": False}),
        saying({"success": True, "data": []}),
        saying({"detail": "not found"}, 404),
        lambda asked: asked.answer(b"<html>Gone", 410),
    ],
)
def test_a_brand_that_the_api_does_not_know_is_a_failure_that_names_it(site: Site, reply: Reply) -> None:
    site.pages["/api"] = reply
    with pytest.raises(SourceFailure, match="does not know the brand levis-1"):
        read(site)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (lambda asked: asked.answer(b"<html>hello</html>"), "no JSON"),
        (lambda asked: asked.answer(b"[" * 200_000), "no JSON"),
        (lambda asked: asked.answer(b"\xff\xfe\x00"), "no JSON"),
        (saying({"images": {"list": []}}), "no list at 'data'"),
        (saying([]), "no list at 'data'"),
        (saying("data"), "no list at 'data'"),
        (saying({"data": {"a": 1}}), "no list at 'data'"),
        (saying({}, 401), "refused"),
        (saying({}, 403), "refused"),
        (saying({}, 500, retry_after="0"), "answered 500"),
        (saying({}, 429, retry_after="0"), "answered 429"),
        (lambda _asked: time.sleep(1.5), "too long"),
    ],
)
def test_an_answer_that_cannot_be_is_a_failure_with_its_reason(site: Site, reply: Reply, expected: str) -> None:
    site.pages["/api"] = reply
    with pytest.raises(SourceFailure, match=expected):
        read(site)


def test_items_that_are_wrong_are_passed_over_and_the_rest_goes_on(site: Site) -> None:
    wrong: list[object] = [
        None,
        5,
        [],
        {},
        {"image_url": None},
        {"image_url": 7},
        {"image_url": "javascript:x"},
        {"id": "x"},
    ]
    site.pages["/api"] = saying({"data": [*wrong, *images("a"), "https://cdn.example/b.jpg", *images("a")]})
    names, passed = read(site)
    assert names == ["a", "b"]
    assert passed
    assert all(item.reason for item in passed)


def test_paths_lead_to_lists_fields_and_titles(site: Site) -> None:
    shots = [{"src": {"large": "https://cdn.example/a.jpg"}}, {"src": {"large": "https://cdn.example/b.jpg"}}]
    site.pages["/api"] = saying({"result": {"rows": [{"product": {"title": "Shoe"}, "shots": shots, "sku": "S1"}]}})
    with web() as guarded:
        source = BrandApiSource(
            url=f"{site.url}/api", items="result.rows", url_field="shots.src.large", title_field="product.title",
            web=guarded, brand="nike",
        )  # fmt: skip
        refs = list(source.refs())
    assert [ref.uri for ref in refs] == ["https://cdn.example/a.jpg", "https://cdn.example/b.jpg"]
    assert all(isinstance(ref, ImageRef) and ref.title == "Shoe" and ref.metadata["sku"] == "S1" for ref in refs)


def test_an_answer_may_be_the_list_itself(site: Site) -> None:
    site.pages["/api"] = saying(["https://cdn.example/a.jpg"])
    assert read(site, items="") == (["a"], [])


def test_pages_are_counted_until_one_is_empty(site: Site) -> None:
    pages = {"1": images("a", "b"), "2": images("c"), "3": []}
    site.pages["/api"] = lambda asked: saying({"data": pages[parameter(asked, "page")]})(asked)
    assert read(site, paging="page")[0] == ["a", "b", "c"]
    assert len(site.asked) == 3


def test_the_number_of_a_page_may_stand_in_the_path(site: Site) -> None:
    site.pages |= {f"/pages/{number}": saying({"data": images(number) if number < 3 else []}) for number in range(5)}
    assert read(site, url=f"{site.url}/pages/{{page}}", paging="page", first_page=0)[0] == ["0", "1", "2"]


def test_a_list_that_repeats_its_pages_for_ever_ends(site: Site) -> None:
    site.pages["/api"] = saying({"data": images("a", "b")})
    assert read(site, paging="page")[0] == ["a", "b"]
    assert len(site.asked) == 2


def test_a_list_without_end_ends_at_its_bound_and_says_so(site: Site) -> None:
    site.pages["/api"] = lambda asked: saying({"data": images(len(site.asked))})(asked)
    names, passed = read(site, paging="page", max_pages=7)
    assert len(names) == 7
    assert "paging ends" in passed[-1].reason
    names, passed = read(site, paging="page", max_images=3)
    assert len(names) == 3
    assert "left out" in passed[-1].reason


def test_cursors_are_followed_and_a_circle_of_them_ends(site: Site) -> None:
    chain = {"": ("a", "x&y"), "x&y": ("b", "z"), "z": ("c", None)}

    def reply(asked: Asked) -> None:
        name, following = chain[parameter(asked, "after")]
        saying({"data": images(name), "meta": {"next": following}})(asked)

    site.pages["/api"] = reply
    settings = {"paging": "cursor", "cursor_param": "after", "cursor_field": "meta.next"}
    assert read(site, **settings) == (["a", "b", "c"], [])
    chain["z"] = ("c", "x&y")
    names, passed = read(site, **settings)
    assert names == ["a", "b", "c"]
    assert "second time" in passed[-1].reason


def test_a_cursor_may_be_an_address_of_the_same_host_only(site: Site) -> None:
    site.pages["/api"] = saying({"data": images("a"), "next": f"{site.url}/more"})
    site.pages["/more"] = saying({"data": images("b"), "next": None})
    assert read(site, paging="cursor")[0] == ["a", "b"]
    site.pages["/more"] = saying({"data": images("b"), "next": "https://evil.example/steal"})
    with pytest.raises(SourceFailure, match="another host"):
        read(site, paging="cursor")


def test_link_headers_are_followed(site: Site) -> None:
    first = f'<{site.url}/x>; rel="prev", </api2?p=2>; title="n"; rel="next"'
    site.pages["/api"] = saying({"data": images("a")}, link=first)
    site.pages["/api2"] = saying({"data": images("b")}, link=f'<{site.url}/api>; rel="first"')
    assert read(site, paging="link")[0] == ["a", "b"]


def test_secrets_come_from_the_environment_and_are_in_no_message(site: Site) -> None:
    site.pages["/api"] = lambda asked: saying({"data": images("a")} if "secret" in asked.headers["x-key"] else {})(
        asked
    )
    settings = {
        "url": f"{site.url}/api?key=${{API_KEY}}",
        "headers": {"X-Key": "Bearer ${API_KEY}"},
        "environment": {"API_KEY": "secret&1"},
    }
    assert read(site, **settings)[0] == ["a"]
    assert site.asked[0].path == "/api?key=secret%261"
    assert site.asked[0].headers["x-key"] == "Bearer secret&1"
    for reply in (
        saying({}, 500, retry_after="0"),
        saying({}, 404),
        saying({"success": False, "error": "secret&1?"}),
        saying({"data": [5]}),
    ):
        site.pages["/api"] = reply
        try:
            said = repr(read(site, **settings))
        except SourceFailure as failure:
            said = str(failure)
        assert "secret" not in said
    with web() as guarded:
        assert "secret" not in repr(BrandApiSource(web=guarded, brand="nike", **settings))  # type: ignore[arg-type]


def test_a_variable_that_is_not_there_is_asked_for_by_name(site: Site) -> None:
    with pytest.raises(SourceFailure, match="variable API_KEY"):
        read(site, headers={"X-Key": "${API_KEY}"})
