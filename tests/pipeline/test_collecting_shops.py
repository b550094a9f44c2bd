"""Brands whose images come from a shop, a feed, a page and a bucket: what a second sync fetches, and what it finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sosie.pipeline.collecting import SyncResult, brand_refs, sync_brand
from sosie.store.brands import Brand, Brands, SourceSpec
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals
from tests.pictures import encoded, picture
from tests.sources.buckets import ENVIRONMENT, s3
from tests.web import Site, settings_for


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        for number in range(4):
            opened.pages[f"/{number}.jpg"] = encoded(picture(number))
        yield opened


def synced(folder: Path, *sources: SourceSpec) -> tuple[SyncResult, dict[str, str]]:
    """Sync a brand of these sources; its images by name, with what kind of thing named each."""
    settings = settings_for(folder)
    with Catalogue(settings.catalogue_path) as catalogue:
        originals = Originals(settings.originals_path)
        brand = Brands(catalogue).save(Brand(key="acme", sources=sources))
        result = sync_brand(catalogue, originals, brand, settings, environment=ENVIRONMENT)
        refs, _ = brand_refs(catalogue, originals, ["acme"])
    assert all(Path(ref.path).is_file() for ref in refs)
    return result, {ref.uri.rpartition("/")[2]: ref.title for ref in refs}


def test_a_brand_of_a_shop_a_feed_and_a_page_has_the_images_of_all_three(site: Site, tmp_path: Path) -> None:
    images = [{"src": f"{site.url}/0.jpg"}, {"src": f"{site.url}/gone.jpg"}]
    products = {"products": [{"id": 1, "title": "Shoe", "images": images}]}
    site.pages["/products.json"] = json.dumps(products).encode()
    site.pages["/feed"] = f"id,title,image_link\n1,Cap,{site.url}/1.jpg\n2,Hat,\n".encode()
    site.pages["/page"] = b'<img src="2.jpg" alt="Scarf"><img src="logo.svg">'
    shop, feed, page = ("shopify", site.url), ("feed", f"{site.url}/feed"), ("web", f"{site.url}/page")
    sources = [SourceSpec(kind, {"url": url}) for kind, url in (shop, feed, page)]
    result, titles = synced(tmp_path, *sources)
    assert titles == {"0.jpg": "Shoe", "1.jpg": "Cap", "2.jpg": "Scarf"}
    assert (result.images, result.fetched, result.failures) == (3, 3, ())
    assert sorted(skipped.uri.removeprefix(site.url) for skipped in result.skipped) == [
        "/feed#item 2",
        "/gone.jpg",
        "/logo.svg",
    ]


def test_a_bucket_is_fetched_once_and_then_only_what_has_changed(tmp_path: Path) -> None:
    objects = {f"spring/{number}.jpg": encoded(picture(number)) for number in range(3)}
    with s3(objects, "acme-spring") as (endpoint, client):
        spec = SourceSpec("bucket", {"url": "s3://acme-spring/spring", "endpoint": endpoint})
        first, titles = synced(tmp_path, spec)
        assert (first.fetched, list(titles)) == (3, ["0.jpg", "1.jpg", "2.jpg"])
        again, _ = synced(tmp_path, spec)
        assert (again.images, again.fetched, again.unchanged) == (3, 0, 3)
        client.put_object(Bucket="acme-spring", Key="spring/1.jpg", Body=encoded(picture(7)))
        client.delete_object(Bucket="acme-spring", Key="spring/2.jpg")
        client.put_object(Bucket="acme-spring", Key="spring/notes.txt", Body=b"no image")
        changed, titles = synced(tmp_path, spec)
    assert (changed.fetched, changed.gone) == (1, 1)
    assert list(titles) == ["0.jpg", "1.jpg"]
    assert [(item.uri, "text" in item.reason) for item in changed.skipped] == [
        ("s3://acme-spring/spring/notes.txt", True)
    ]
