"""Brands from their sources to references: what is fetched, what is kept, what is reported."""

from __future__ import annotations

import io
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sosie.config import Settings
from sosie.errors import Cancelled, SosieError
from sosie.pipeline.collecting import SyncResult, brand_refs, sync_brand
from sosie.pipeline.progress import Progress, ignore
from sosie.pipeline.scan import scan
from sosie.report import Report
from sosie.sources.intake import Intake
from sosie.store.brands import Brand, Brands, SourceSpec
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals
from tests.pictures import encoded, folder_of, picture
from tests.web import Asked, Site, settings_for


class Shop:
    """A catalogue with originals, and a site to fetch from."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.folder, self.site = folder, site
        self.settings = settings_for(folder)
        self.catalogue = Catalogue(self.settings.catalogue_path)
        self.originals = Originals(self.settings.originals_path)
        self.brands = Brands(self.catalogue)

    def add(self, key: str, *sources: SourceSpec) -> Brand:
        return self.brands.save(Brand(key=key, sources=sources))

    def listing(self, key: str, names: list[str]) -> Brand:
        """A brand whose source is a list of addresses on the site."""
        self.site.pages[f"/{key}.txt"] = "\n".join(f"{self.site.url}/{name}" for name in names).encode()
        return self.add(key, SourceSpec("urls", {"url": f"{self.site.url}/{key}.txt"}))

    def sync(self, key: str, settings: Settings | None = None) -> SyncResult:
        wanted = self.brands.wanted(key)
        return sync_brand(self.catalogue, self.originals, wanted, settings or self.settings, environment={})

    def names(self, *keys: str) -> list[str]:
        refs, _ = brand_refs(self.catalogue, self.originals, keys)
        return [ref.uri.rpartition("/")[2] for ref in refs]

    def scan(self, *keys: str) -> Report:
        refs, skipped = brand_refs(self.catalogue, self.originals, keys)
        settings = settings_for(self.folder, method="hash")
        return scan(self.catalogue, refs, skipped, settings, ignore, lambda _question: False)[0]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Site() as site:
        for seed in range(6):
            site.pages[f"/{seed}.jpg"] = encoded(picture(seed))
        shop = Shop(tmp_path / "data", site)
        yield shop
        shop.catalogue.close()


def tagged(body: bytes, etag: str) -> object:
    def reply(asked: Asked) -> None:
        if asked.headers.get("if-none-match") == etag:
            asked.answer(b"", 304, etag=etag)
        else:
            asked.answer(body, etag=etag)

    return reply


def test_the_images_of_a_list_are_fetched_and_scanned_like_files(shop: Shop) -> None:
    shop.site.pages["/copy.jpg"] = encoded(picture(0), quality=60)
    shop.listing("nike", ["0.jpg", "1.jpg", "copy.jpg"])
    result = shop.sync("nike")
    assert (result.images, result.fetched, result.skipped, result.failures) == (3, 3, (), ())
    report = shop.scan("nike")
    assert [image.uri.rpartition("/")[2] for image in report.images] == ["0.jpg", "1.jpg", "copy.jpg"]
    assert all(image.uri.startswith(shop.site.url) and image.brand == "nike" for image in report.images)
    assert [group.members for group in report.groups] == [(0, 2)]


def test_a_folder_is_read_in_place_and_only_below_an_allowed_root(shop: Shop, tmp_path: Path) -> None:
    folder_of(tmp_path / "pictures", 3)
    shop.add("levis", SourceSpec("folder", {"path": str(tmp_path / "pictures")}))
    assert "may be read" in shop.sync("levis").failures[0]
    assert shop.brands.wanted("levis").state == "failed"
    allowed = settings_for(shop.folder, allowed_roots=(tmp_path,))
    assert shop.sync("levis", allowed).images == 3
    assert shop.brands.wanted("levis").state == "ready"
    assert not list(shop.originals.all())
    assert len(shop.scan("levis").images) == 3


def test_what_the_operator_declares_may_be_any_folder(shop: Shop, tmp_path: Path) -> None:
    folder_of(tmp_path / "pictures", 2)
    shop.add("levis", SourceSpec("folder", {"path": str(tmp_path / "pictures")}, trusted=True))
    assert shop.sync("levis").images == 2


def test_what_has_not_changed_is_not_sent_again(shop: Shop) -> None:
    body = encoded(picture(7))
    shop.site.pages["/7.jpg"] = tagged(body, '"v1"')  # type: ignore[assignment]
    shop.listing("nike", ["7.jpg"])
    assert shop.sync("nike").fetched == 1
    again = shop.sync("nike")
    assert (again.images, again.fetched, again.unchanged) == (1, 0, 1)
    assert shop.site.asked[-1].headers["if-none-match"] == '"v1"'
    shop.site.pages["/7.jpg"] = tagged(encoded(picture(8)), '"v2"')  # type: ignore[assignment]
    assert shop.sync("nike").fetched == 1


def test_an_original_that_was_lost_is_fetched_again(shop: Shop) -> None:
    shop.site.pages["/7.jpg"] = tagged(encoded(picture(7)), '"v1"')  # type: ignore[assignment]
    shop.listing("nike", ["7.jpg"])
    shop.sync("nike")
    for sha256, _, _ in list(shop.originals.all()):
        shop.originals.remove(sha256)
    refs, skipped = brand_refs(shop.catalogue, shop.originals, ["nike"])
    assert refs == []
    assert "sync" in skipped[0].reason
    assert shop.sync("nike").fetched == 1
    assert shop.names("nike") == ["7.jpg"]


def test_what_cannot_be_had_is_skipped_with_its_reason_and_the_rest_goes_on(shop: Shop) -> None:
    shop.site.pages["/page.jpg"] = b"<!doctype html><title>Sign in</title>"
    shop.listing("nike", ["0.jpg", "none.jpg", "page.jpg"])
    result = shop.sync("nike")
    reasons = {item.uri.rpartition("/")[2]: item.reason for item in result.skipped}
    assert reasons == {
        "none.jpg": "answered 404 (Not Found)",
        "page.jpg": "is not an image (it looks like a web page)",
    }
    assert shop.names("nike") == ["0.jpg"]
    assert len(brand_refs(shop.catalogue, shop.originals, ["nike"])[1]) == 2
    shop.site.pages["/none.jpg"] = encoded(picture(9))
    assert [item.uri.rpartition("/")[2] for item in shop.sync("nike").skipped] == ["page.jpg"]
    assert shop.names("nike") == ["0.jpg", "none.jpg"]


def test_an_image_that_fails_now_stays_as_it_was_and_one_that_is_gone_goes(shop: Shop) -> None:
    shop.listing("nike", ["0.jpg", "1.jpg"])
    shop.sync("nike")
    shop.site.pages["/0.jpg"] = lambda asked: asked.answer(b"", 403)
    del shop.site.pages["/1.jpg"]
    result = shop.sync("nike")
    assert [(item.uri.rpartition("/")[2], item.reason) for item in result.kept] == [
        ("0.jpg", "answered 403 (Forbidden)")
    ]
    assert shop.names("nike") == ["0.jpg"]
    assert [item.reason for item in result.skipped] == ["answered 404 (Not Found)"]


def test_a_source_that_fails_keeps_what_it_gave_before(shop: Shop) -> None:
    shop.listing("nike", ["0.jpg", "1.jpg"])
    shop.sync("nike")
    shop.site.pages["/nike.txt"] = lambda asked: asked.answer(b"", 404)
    result = shop.sync("nike")
    assert "404" in result.failures[0]
    assert shop.brands.wanted("nike").error
    assert shop.names("nike") == ["0.jpg", "1.jpg"]


def test_what_is_listed_no_more_is_forgotten(shop: Shop) -> None:
    shop.listing("nike", ["0.jpg", "1.jpg"])
    shop.sync("nike")
    shop.listing("nike", ["1.jpg", "2.jpg"])
    assert shop.sync("nike").gone == 1
    assert shop.names("nike") == ["1.jpg", "2.jpg"]


def test_a_sync_that_was_cut_off_fetches_nothing_twice(shop: Shop) -> None:
    names = [f"{seed}.jpg" for seed in range(6)]
    brand = shop.listing("nike", names)

    def cut(progress: Progress) -> None:
        if progress.done == 3:
            raise Cancelled("Enough.")

    one_by_one = settings_for(shop.folder, downloads=1)
    with pytest.raises(Cancelled):
        sync_brand(shop.catalogue, shop.originals, brand, one_by_one, cut, environment={})
    assert len(shop.names("nike")) == 3
    assert shop.sync("nike").images == 6
    assert sum(shop.site.count(f"/{name}") for name in names) <= 7


def test_a_stop_ends_a_download_that_drips(shop: Shop) -> None:
    stop = threading.Event()

    def drip(asked: Asked) -> None:
        asked.raw(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n\xff\xd8\xff")
        stop.set()
        threading.Event().wait(3)

    shop.site.pages["/0.jpg"] = drip
    brand = shop.listing("nike", ["0.jpg"])
    with pytest.raises(Cancelled):
        sync_brand(shop.catalogue, shop.originals, brand, shop.settings, stop=stop, environment={})


def test_two_brands_may_list_the_same_address(shop: Shop) -> None:
    shop.listing("nike", ["0.jpg", "1.jpg"])
    shop.listing("puma", ["0.jpg"])
    shop.sync("nike")
    shop.sync("puma")
    report = shop.scan("nike", "puma")
    assert len(report.images) == 3
    (group,) = report.groups
    assert [report.images[member].brand for member in group.members] == ["nike", "puma"]


def test_no_secret_of_an_address_is_kept(shop: Shop) -> None:
    shop.site.pages["/nike.txt"] = f"{shop.site.url}/0.jpg?v=3&X-Amz-Signature=abc&X-Amz-Date=1".encode()
    shop.add("nike", SourceSpec("urls", {"url": f"{shop.site.url}/nike.txt"}))
    shop.sync("nike")
    refs, _ = brand_refs(shop.catalogue, shop.originals, ["nike"])
    assert [ref.uri for ref in refs] == [f"{shop.site.url}/0.jpg?v=3"]
    assert "X-Amz-Signature=abc" in shop.site.asked[-1].path


def test_uploads_become_originals_once(shop: Shop) -> None:
    intake = Intake(shop.settings.uploads_path, "nike")
    intake.take_all([("sub/a.jpg", io.BytesIO(encoded(picture(1)))), ("b.jpg", io.BytesIO(encoded(picture(2))))])
    shop.add("nike", SourceSpec("upload"))
    first = shop.sync("nike")
    assert (first.images, first.fetched) == (2, 2)
    assert shop.sync("nike").fetched == 0
    report = shop.scan("nike")
    assert [image.uri for image in report.images] == ["upload:nike/b.jpg", "upload:nike/sub/a.jpg"]
    shutil.rmtree(shop.settings.uploads_path)
    assert "Nothing was uploaded" in shop.sync("nike").failures[0]
    assert len(shop.scan("nike").images) == 2


def test_a_brand_that_an_api_does_not_know_fails_alone(shop: Shop) -> None:
    def api(asked: Asked) -> None:
        if "brand_key=nike" in asked.path:
            asked.answer(json.dumps({"success": True, "data": [{"image_url": f"{shop.site.url}/0.jpg"}]}).encode())
        else:
            asked.answer(b'{"success": false, "error": "unknown brand"}')

    shop.site.pages["/api"] = api
    for key in ("nike", "puma"):
        shop.add(key, SourceSpec("brand_api", {"url": f"{shop.site.url}/api?brand_key={{brand}}"}))
    assert "does not know the brand puma" in shop.sync("puma").failures[0]
    assert shop.sync("nike").images == 1


def test_a_brand_may_use_only_variables_that_are_meant_for_sources(shop: Shop) -> None:
    shop.site.pages["/api"] = lambda asked: asked.answer(b"[]")
    environment = {"AWS_SECRET_ACCESS_KEY": "s3cret", "SOSIE_SOURCE_KEY": "k3y"}
    for trusted, name, sent in ((False, "AWS_SECRET_ACCESS_KEY", False), (True, "AWS_SECRET_ACCESS_KEY", True),
                                (False, "SOSIE_SOURCE_KEY", True)):  # fmt: skip
        spec = SourceSpec(
            "brand_api", {"url": f"{shop.site.url}/api", "headers": {"x": f"${{{name}}}"}}, trusted=trusted
        )
        brand = shop.add("nike", spec)
        shop.site.asked.clear()
        sync_brand(shop.catalogue, shop.originals, brand, shop.settings, environment=environment)
        assert [asked.headers["x"] for asked in shop.site.asked] == ([environment[name]] if sent else [])


def test_a_disk_that_takes_nothing_ends_the_sync_with_a_sentence(shop: Shop) -> None:
    shop.listing("nike", [f"{seed}.jpg" for seed in range(6)])
    shop.originals.root.parent.mkdir(parents=True, exist_ok=True)
    shop.originals.root.write_bytes(b"a file where the folder of originals should be")
    with pytest.raises(SosieError, match="Originals cannot be stored"):
        shop.sync("nike")
    shop.originals.root.unlink()
    assert shop.sync("nike").images == 6


def test_a_brand_that_is_removed_during_its_sync_leaves_nothing(shop: Shop) -> None:
    brand = shop.listing("nike", ["0.jpg", "1.jpg"])

    def remove(progress: Progress) -> None:
        if progress.done == 1:
            shop.brands.remove("nike")

    result = sync_brand(shop.catalogue, shop.originals, brand, shop.settings, remove, environment={})
    assert result.images == 0
    assert shop.brands.counts() == {}
