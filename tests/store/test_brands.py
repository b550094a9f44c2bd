"""What is remembered of brands, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sosie.errors import UsageError
from sosie.store.brands import Brand, BrandImage, Brands, BrandSkip, SourceSpec
from tests.store.conftest import Opener


@pytest.fixture
def brands(opened: Opener) -> Iterator[Brands]:
    with opened() as catalogue:
        yield Brands(catalogue)


def image(uri: str, **values: object) -> BrandImage:
    known = {"brand": "nike", "source": "s", "sha256": os.fsencode(uri).ljust(32)[:32], "size": 3, "seen": 1.0}
    return BrandImage(uri=uri, **{**known, **values})  # type: ignore[arg-type]


def skip(uri: str, seen: float = 1.0) -> BrandSkip:
    return BrandSkip(brand="nike", uri=uri, source="s", reason="answered 404", seen=seen)


def uris(brands: Brands, *keys: str) -> list[str]:
    return [image.uri for image in brands.images(keys)]


def test_a_brand_comes_back_as_it_was_declared(brands: Brands) -> None:
    spec = SourceSpec(
        "brand_api", {"url": "https://x.example", "headers": {"a": "${B}"}, "first_page": 0}, trusted=True
    )
    saved = brands.save(Brand(key="levis-1", name="Levi’s", colour="#c00000", sources=(spec,), every_hours=12))
    assert saved == brands.get("levis-1") == brands.all()[0]
    assert (saved.sources, saved.name, saved.state, saved.every_hours) == ((spec,), "Levi’s", "never", 12)
    assert saved.created > 0


@pytest.mark.parametrize("key", ["", "Nike", "a b", "../x", ".x", "x" * 65, "näh", "x\n"])
def test_a_key_that_cannot_be_is_refused(key: str) -> None:
    with pytest.raises(UsageError, match="cannot be called"):
        Brand(key=key)


def test_declaring_anew_keeps_what_is_known_of_syncs(brands: Brands) -> None:
    brands.save(Brand(key="nike", name="Nike"))
    brands.begin_sync("nike", 5.0)
    assert brands.wanted("nike").state == "syncing"
    brands.end_sync("nike", 6.0, "urls: it failed.")
    brands.note_found([image("http://x/a")], [])
    again = brands.save(Brand(key="nike", name="NIKE"))
    assert (again.name, again.last_sync, again.error, again.state) == ("NIKE", 6.0, "urls: it failed.", "failed")
    assert uris(brands, "nike") == ["http://x/a"]


def test_the_key_of_a_source_is_that_of_its_settings_in_any_order() -> None:
    one, other = SourceSpec("urls", {"a": 1, "b": 2}), SourceSpec("urls", {"b": 2, "a": 1}, trusted=True)
    assert one.key == other.key
    assert one.key != SourceSpec("urls", {"a": 1}).key != SourceSpec("feed", {"a": 1}).key


def test_images_and_skips_are_kept_by_brand(brands: Brands) -> None:
    odd = "/pictures/caf\udce9.jpg"
    found = image(odd, title="Shoe", metadata={"sku": "1"}, aliases=("/b", odd), sha256=None, etag='"v"', fetched=2.5)
    brands.note_found([found, image("http://x/a"), image("http://x/a", brand="puma")], [skip("http://x/b")])
    assert next(brands.images(["nike"])) == found
    assert uris(brands, "nike", "puma") == [odd, "http://x/a", "http://x/a"]
    assert [item.uri for item in brands.skips(["nike"])] == ["http://x/b"]
    assert brands.counts() == {"nike": (2, 1), "puma": (1, 0)}
    assert brands.known("nike", [odd, "http://x/none"]) == {odd: found}
    assert [place.brand for place in brands.places(b"http://x/a".ljust(32))] == ["nike", "puma"]
    assert brands.all_uris() == {b"http://x/a"}
    assert brands.last_fetched("nike") == 2.5
    assert brands.last_fetched("none") == 0


def test_an_image_that_can_be_had_is_skipped_no_more(brands: Brands) -> None:
    brands.note_found([], [skip("http://x/a"), skip("http://x/b")])
    brands.note_found([image("http://x/a")], [])
    assert [item.uri for item in brands.skips(["nike"])] == ["http://x/b"]
    brands.note_found([replace(image("http://x/a"), title="new")], [])
    assert [row.title for row in brands.images(["nike"])] == ["new"]
    brands.drop_images("nike", ["http://x/a", "http://x/none"])
    assert uris(brands, "nike") == []


def test_what_was_not_listed_goes_unless_its_source_failed(brands: Brands) -> None:
    rows = [image("http://x/old", source="read"), image("http://x/failed", source="failed")]
    rows += [image("http://x/new", source="read", seen=9.0), image("http://x/other", source="undeclared")]
    brands.note_found(rows, [skip("http://x/skipped")])
    assert brands.drop_unseen("nike", 5.0, ["read"], of_others=False) == 1
    assert uris(brands, "nike") == ["http://x/failed", "http://x/new", "http://x/other"]
    assert brands.drop_unseen("nike", 5.0, ["read"], of_others=True) == 2
    assert uris(brands, "nike") == ["http://x/new"]
    assert list(brands.skips(["nike"])) == []


def test_removing_a_brand_leaves_the_others(brands: Brands) -> None:
    for key in ("nike", "puma"):
        brands.save(Brand(key=key))
        brands.note_found([image("http://x/a", brand=key)], [])
    assert brands.remove("nike")
    assert not brands.remove("nike")
    assert ([brand.key for brand in brands.all()], uris(brands, "nike", "puma")) == (["puma"], ["http://x/a"])


def test_an_original_is_needed_as_the_most_careful_of_its_images_says(brands: Brands) -> None:
    both, one = b"b" * 32, b"o" * 32
    rows = [image("http://x/a", sha256=both, fetched=3.0), image("upload:nike/a", sha256=both, fetched=1.0)]
    brands.note_found([*rows, image("http://x/b", sha256=one, fetched=2.0)], [])
    needs = brands.originals()
    assert (needs[both].fetched, needs[both].again) == (3.0, False)
    assert (needs[one].fetched, needs[one].again) == (2.0, True)
