"""Shops on Shopify: every image of every product, from the list of products that shops publish."""

# https://shopify.dev/docs/api/liquid/objects/product lists the same fields; products.json itself is not documented.

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from sosie.errors import SourceFailure
from sosie.sources.base import Web
from sosie.sources.finds import Finds, plain, shown, web_address
from sosie.types import ImageRef, Skipped

_CLOSED = frozenset((401, 402, 403, 404, 410, 423))
_INSTEAD = "Use the shop's product feed (kind feed) or its sitemap (kind web) instead."
_PAGE = 250
_PAGE_BYTES = 50_000_000


@dataclass(frozen=True, kw_only=True)
class ShopifySource:
    """The images of all products of a shop, or of one collection of it.

    `url` is the shop's address (`shop.example`) or that of a collection (`https://shop.example/collections/shoes`).
    The list is asked for in pages of 250 products, by number or (`since_id`) from the last product's id on, until a
    page is empty, brings no new product, or `max_pages` is reached. Addresses are left as the shop gives them.
    """

    url: str
    paging: Literal["page", "since_id"] = "page"
    max_pages: int = 1_000
    max_images: int = 1_000_000
    web: Web
    brand: str = ""

    def refs(self) -> Iterator[ImageRef | Skipped]:
        """Yield each image once, with product and variants in the metadata.

        Raises `SourceFailure` when the shop does not publish its list, or an answer is none of a shop.
        """
        address = self._list()
        finds = Finds(self.brand, address, self.max_images)
        known: set[str] = set()
        last = 0
        for number in range(1, self.max_pages + 1):
            turn = {"since_id": last} if self.paging == "since_id" else {"page": number}
            products = self._products(f"{address}?{urlencode({'limit': _PAGE, **turn})}")
            fresh = {_key(item) for item in products} - known - {""}
            for product in products:
                if _key(product) not in known:
                    yield from _images(product, finds)
            if finds.full or not fresh:
                return
            known |= fresh
            last = max([last, *(_number(item) for item in products)])
        yield Skipped(address, f"has more than {self.max_pages:,} pages: the rest is left out (max_pages)")

    def _list(self) -> str:
        """Return the address of the list of products."""
        text = self.url.strip()
        given = web_address(text if "://" in text else f"https://{text}")
        if isinstance(given, Skipped):
            raise SourceFailure(f"The shop's address {given.reason}.", next_step="Give it as https://shop.example.")
        parts = urlsplit(given)
        names = [name for name in parts.path.split("/") if name]
        if "collections" in names[:-1]:  # a prefix may stand for a market: /en-gb/collections/shoes
            names = names[: names.index("collections") + 2]
        elif "collections" in names or "products" in names or "products.json" in names:
            names = names[: next(i for i, name in enumerate(names) if name in _LISTS)]
        return parts._replace(path="/" + "/".join([*names, "products.json"]), query="").geturl()

    def _products(self, url: str) -> list[Any]:
        answer = self.web.get(url, headers={"accept": "application/json"}, max_bytes=_PAGE_BYTES)
        if answer.status in _CLOSED:
            raise SourceFailure(
                f"{shown(url)} is closed: the shop answered {answer.status} instead of its list of products.",
                next_step=_INSTEAD,
            )
        if answer.status != 200:
            raise SourceFailure(f"{shown(url)} answered {answer.status}.", next_step="Sync the brand again later.")
        try:
            products = json.loads(answer.body)["products"]
        except (ValueError, RecursionError, KeyError, TypeError, IndexError) as error:
            raise SourceFailure(f"{shown(url)} answered something else than products.", next_step=_INSTEAD) from error
        if not isinstance(products, list):
            raise SourceFailure(f"{shown(url)} answered products that are no list.", next_step=_INSTEAD)
        return products


_LISTS = ("collections", "products", "products.json")


def _images(product: object, finds: Finds) -> Iterator[ImageRef | Skipped]:
    if not isinstance(product, Mapping):
        yield from finds.pass_over("lists a product that is no object")
        return
    name = f"product {plain(product.get('handle')) or plain(product.get('id')) or '?'}"
    images = product.get("images")
    if not isinstance(images, list):
        yield from finds.pass_over("has no list of images", name)
        return
    variants = product.get("variants")
    variants = [item for item in variants if isinstance(item, Mapping)] if isinstance(variants, list) else []
    for image in images:
        if not isinstance(image, Mapping):
            yield from finds.pass_over("has an image that is no object", name)
            continue
        told = _told(product, variants, image)
        yield from finds.take(image.get("src"), title=product.get("title"), metadata=told, of=name)


def _told(product: Mapping[str, Any], variants: list[Mapping[str, Any]], image: Mapping[str, Any]) -> dict[str, object]:
    """Return what the shop says of an image: its product, and the variants that show it."""
    ids = image.get("variant_ids")
    ids = ids if isinstance(ids, list) else []
    own = [item for item in variants if item.get("id") in ids or _features(item, image)]
    return {
        "product_id": product.get("id"),
        "handle": product.get("handle"),
        "vendor": product.get("vendor"),
        "product_type": product.get("product_type"),
        "image_id": image.get("id"),
        "position": image.get("position"),
        "alt": image.get("alt"),
        "variant_ids": ", ".join(str(item.get("id")) for item in own),
        "variants": ", ".join(str(item.get("title")) for item in own),
        "skus": ", ".join(str(item["sku"]) for item in own if item.get("sku")),
    }


def _features(variant: Mapping[str, Any], image: Mapping[str, Any]) -> bool:
    featured = variant.get("featured_image")
    return isinstance(featured, Mapping) and image.get("id") is not None and featured.get("id") == image.get("id")


def _key(product: object) -> str:
    identity = product.get("id") or product.get("handle") if isinstance(product, Mapping) else None
    return str(identity) if isinstance(identity, int | str) else ""


def _number(product: object) -> int:
    identity = product.get("id") if isinstance(product, Mapping) else None
    return identity if isinstance(identity, int) else 0
