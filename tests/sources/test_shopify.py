"""Shops on Shopify: their paging, their variants, and shops that are closed or lie."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sosie.errors import SourceFailure
from sosie.sources.base import Web
from sosie.sources.shopify import ShopifySource
from sosie.types import ImageRef, Skipped
from tests.contract.loopback import Loopback, Reply, Request

CDN = "https://cdn.shopify.com/s/files/1/0001"


def image(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "src": f"{CDN}/shoe-{number}_800x.jpg?v=16{number}", "variant_ids": [], **more}


def product(number: int, *images: Any, **more: Any) -> dict[str, Any]:
    listed = list(images) or [image(10 * number), image(10 * number + 1)]
    return {"id": number, "handle": f"shoe-{number}", "title": f"Shoe {number}", "images": listed, **more}


def shop(products: list[Any], size: int = 2) -> Loopback:
    """A shop that has so many products on a page, whatever it is asked for."""

    def answer(request: Request) -> Reply:
        asked = parse_qs(urlsplit(request.path).query)
        if "since_id" in asked:
            after = [item for item in products if item["id"] > int(asked["since_id"][0])]
            return Reply.of({"products": after[:size]})
        start = (int(asked["page"][0]) - 1) * size
        return Reply.of({"products": products[start : start + size]})

    return Loopback(answer)


def refs(source: ShopifySource) -> list[ImageRef | Skipped]:
    return list(source.refs())


@pytest.mark.parametrize("paging", ["page", "since_id"])
def test_every_image_of_every_product_of_every_page_is_found(web: Web, paging: Any) -> None:
    with shop([product(n) for n in range(1, 6)]) as server:
        found = refs(ShopifySource(url=server.url, paging=paging, web=web, brand="b"))
    assert [item.uri for item in found] == [image(n)["src"] for p in range(1, 6) for n in (10 * p, 10 * p + 1)]
    assert all(isinstance(item, ImageRef) and item.brand == "b" for item in found)
    assert len(server.requests) == 4
    assert all("limit=250" in request.path for request in server.requests)


def test_an_image_knows_its_product_and_the_variants_that_show_it(web: Web) -> None:
    variants = [
        {"id": 71, "title": "Blue / 42", "sku": "B42", "featured_image": None},
        {"id": 72, "title": "Blue / 43", "sku": "B43", "featured_image": {"id": 5}},
        {"id": 73, "title": "Red / 42", "sku": "R42", "featured_image": {"id": 6}},
    ]
    shown = image(5, variant_ids=[71], position=2, alt="side view")
    made = product(1, shown, variants=variants, vendor="Acme", product_type="Shoes")
    with shop([made]) as server:
        (found,) = refs(ShopifySource(url=server.url, web=web))
    assert isinstance(found, ImageRef)
    assert found.title == "Shoe 1"
    assert found.metadata == {
        "product_id": "1",
        "handle": "shoe-1",
        "vendor": "Acme",
        "product_type": "Shoes",
        "image_id": "5",
        "position": "2",
        "alt": "side view",
        "variant_ids": "71, 72",
        "variants": "Blue / 42, Blue / 43",
        "skus": "B42, B43",
    }


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("", "/products.json"),
        ("/", "/products.json"),
        ("/products.json?limit=5", "/products.json"),
        ("/collections/shoes", "/collections/shoes/products.json"),
        ("/en-gb/collections/shoes/products/red-one", "/en-gb/collections/shoes/products.json"),
        ("/collections/shoes/products.json", "/collections/shoes/products.json"),
        ("/products/red-one", "/products.json"),
    ],
)
def test_the_list_is_that_of_the_shop_or_of_the_collection_that_was_named(web: Web, given: str, asked: str) -> None:
    with shop([]) as server:
        assert refs(ShopifySource(url=server.url + given, web=web)) == []
    assert [urlsplit(request.path).path for request in server.requests] == [asked]


@pytest.mark.parametrize("status", [401, 404])
def test_a_closed_list_says_what_to_use_instead(web: Web, status: int) -> None:
    with Loopback(lambda _: Reply(status)) as server, pytest.raises(SourceFailure) as failure:
        refs(ShopifySource(url=server.url, web=web))
    assert str(status) in failure.value.message
    assert "feed" in failure.value.next_step
    assert "sitemap" in failure.value.next_step


def test_a_shop_that_repeats_its_page_for_ever_ends(web: Web) -> None:
    with Loopback(lambda _: Reply.of({"products": [product(1)]})) as server:
        assert len(refs(ShopifySource(url=server.url, web=web))) == 2
    assert len(server.requests) == 2


def test_a_shop_that_never_ends_is_left_at_the_limit_and_that_is_said(web: Web) -> None:
    def answer(request: Request) -> Reply:
        return Reply.of({"products": [product(int(parse_qs(urlsplit(request.path).query)["page"][0]))]})

    with Loopback(answer) as server:
        by_pages = refs(ShopifySource(url=server.url, max_pages=3, web=web))
        by_images = refs(ShopifySource(url=server.url, max_images=3, web=web))
    assert len(by_pages) == 7
    assert isinstance(by_pages[-1], Skipped)
    assert "max_pages" in by_pages[-1].reason
    assert len(by_images) == 4
    assert isinstance(by_images[-1], Skipped)
    assert "max_images" in by_images[-1].reason


def test_what_is_broken_is_named_and_the_rest_goes_on(web: Web) -> None:
    broken = [
        "no product",
        {"id": 2, "handle": "odd", "images": {"src": "x"}},
        product(
            3, "no image", {"src": 7}, {"src": None}, {"src": "data:image/png;base64,AAAA"}, {"src": "ftp://h/a.jpg"}
        ),
        product(
            4, {"src": "//cdn.shopify.com/a b.jpg?v=1"}, {"src": "http://[broken"}, {"src": "https://u:p@h/a.jpg?k=s"}
        ),
        product(5, {"src": f"{CDN}/\ud800.jpg"}, {"src": f"{CDN}/logo.svg"}, image(50)),
    ]
    with shop(broken, size=10) as server:
        found = refs(ShopifySource(url=server.url, web=web))
    assert [item.uri for item in found if isinstance(item, ImageRef)] == [
        "http://cdn.shopify.com/a%20b.jpg?v=1",
        image(50)["src"],
    ]
    skipped = [item for item in found if isinstance(item, Skipped)]
    assert len(skipped) == 11
    assert not any("u:p" in item.uri or "k=s" in item.uri for item in skipped)
    assert any("shoe-3" in item.uri for item in skipped)


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", b"7", b'{"products": 7}', b"{}", b"[" * 200_000, b'{"products": ' + b"9" * 5_000 + b"}"],
)
def test_answers_that_are_of_no_shop_end_in_a_failure(web: Web, body: bytes) -> None:
    with Loopback(lambda _: Reply(200, body)) as server, pytest.raises(SourceFailure):
        refs(ShopifySource(url=server.url, web=web))


def test_what_came_before_a_failure_was_given(web: Web) -> None:
    def answer(request: Request) -> Reply:
        return Reply(500) if "page=2" in request.path else Reply(200, json.dumps({"products": [product(1)]}).encode())

    with Loopback(answer) as server:
        iterator = ShopifySource(url=server.url, web=web).refs()
        assert [next(iterator).uri, next(iterator).uri] == [image(10)["src"], image(11)["src"]]
        with pytest.raises(SourceFailure, match="500"):
            next(iterator)
