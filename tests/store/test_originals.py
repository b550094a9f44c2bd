"""Originals: each content once, whole or not at all, and none removed that could not be had again."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from sosie.store.brands import Brand, BrandImage, Brands
from sosie.store.catalogue import Batch, Catalogue, Location
from sosie.store.originals import Originals
from sosie.store.pruning import prune_catalogue, prune_originals


@pytest.fixture
def originals(tmp_path: Path) -> Originals:
    return Originals(tmp_path / "originals")


def keep(originals: Originals, data: bytes, age: float = 7200) -> bytes:
    with originals.incoming() as incoming:
        incoming.write(data)
        stored = originals.keep(incoming)
    os.utime(stored.path, (time.time() - age,) * 2)
    return stored.sha256


def files(originals: Originals) -> list[Path]:
    return [path for path in originals.root.rglob("*") if path.is_file()]


def test_a_content_is_kept_once_under_its_digest(originals: Originals) -> None:
    first = keep(originals, b"picture")
    assert first == hashlib.sha256(b"picture").digest() == keep(originals, b"picture")
    assert [path.name for path in files(originals)] == [first.hex()]
    assert originals.path_of(first).read_bytes() == b"picture"
    assert originals.holds(first, 7)
    assert not originals.holds(first, 8)


def test_what_is_not_kept_leaves_nothing_behind(originals: Originals) -> None:
    with originals.incoming() as incoming:
        incoming.write(b"half")
    assert files(originals) == []


def test_a_download_that_begins_anew_forgets_its_first_bytes(originals: Originals) -> None:
    with originals.incoming() as incoming:
        incoming.write(b"a broken beginning that is longer")
        incoming.restart()
        incoming.write(b"whole")
        stored = originals.keep(incoming)
    assert (stored.size, stored.path.read_bytes()) == (5, b"whole")
    assert stored.sha256 == hashlib.sha256(b"whole").digest()


def test_an_original_that_was_cut_off_is_replaced(originals: Originals) -> None:
    key = keep(originals, b"picture")
    originals.path_of(key).write_bytes(b"pic")
    assert originals.holds(keep(originals, b"picture"), 7)


def test_several_threads_may_keep_the_same_content(originals: Originals) -> None:
    threads = [threading.Thread(target=keep, args=(originals, b"picture" * 1000)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files(originals)) == 1


def test_an_upload_is_a_second_name_of_its_original(originals: Originals, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"upload")
    stored = originals.take_in(tmp_path / "a.jpg")
    assert stored.path.samefile(tmp_path / "a.jpg")
    assert originals.take_in(tmp_path / "a.jpg") == stored


def test_what_was_cut_off_long_ago_is_swept(originals: Originals) -> None:
    folder = originals.root / "incoming"
    folder.mkdir(parents=True)
    (folder / "old").write_bytes(b"123")
    (folder / "new").write_bytes(b"123")
    os.utime(folder / "old", (1, 1))
    assert originals.sweep(time.time() - 60) == 3
    assert [path.name for path in files(originals)] == ["new"]


def brand_with(catalogue: Catalogue, images: dict[str, tuple[bytes, float]]) -> None:
    brands = Brands(catalogue)
    brands.save(Brand(key="nike"))
    rows = [
        BrandImage(brand="nike", uri=uri, source="s", sha256=sha256, size=10, fetched=fetched)
        for uri, (sha256, fetched) in images.items()
    ]
    brands.note_found(rows, [])


def test_pruning_removes_what_no_brand_lists_and_beyond_a_bound_what_can_be_fetched_again(
    originals: Originals, tmp_path: Path
) -> None:
    old, new, upload, loose = (keep(originals, name * 10) for name in (b"o", b"n", b"u", b"l"))
    fresh = keep(originals, b"f" * 10, age=5)
    with Catalogue(tmp_path / "c.db") as catalogue:
        brand_with(
            catalogue,
            {"http://x/old": (old, 1.0), "http://x/new": (new, 2.0), "upload:nike/a": (upload, 0.5)},
        )
        dry = prune_originals(catalogue, originals, dry=True, max_bytes=25)
        assert (dry.files, dry.needed, len(files(originals))) == (3, 2, 5)
        gone = prune_originals(catalogue, originals, dry=False)
        assert (gone.files, gone.bytes, gone.needed, gone.left) == (1, 10, 0, 40)
        gone = prune_originals(catalogue, originals, dry=False, max_bytes=35)
        assert (gone.files, gone.needed, gone.left) == (1, 1, 30)
        assert not originals.holds(old, 10)
        assert not originals.holds(loose, 10)
        prune_originals(catalogue, originals, dry=False, max_bytes=0)
        assert {path.name for path in files(originals)} == {upload.hex(), fresh.hex()}


def test_an_upload_that_is_also_listed_by_an_address_is_kept(originals: Originals, tmp_path: Path) -> None:
    both = keep(originals, b"b")
    with Catalogue(tmp_path / "c.db") as catalogue:
        brand_with(catalogue, {"http://x/a": (both, 1.0), "upload:nike/a": (both, 1.0)})
        prune_originals(catalogue, originals, dry=False, max_bytes=0)
    assert originals.holds(both, 1)


def test_an_address_is_forgotten_when_no_brand_lists_it(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "c.db") as catalogue:
        brand_with(catalogue, {"http://x/a": (b"a" * 32, 1.0)})
        names = [b"http://x/a", b"http://x/gone", b"upload:puma/a", b"/nowhere/at/all.jpg"]
        catalogue.save(Batch(locations=[Location(name, "s", None, "broken", "r") for name in names]))
        assert prune_catalogue(catalogue, [], dry=False).locations == 2
        assert sorted(catalogue.all_uris()) == [b"/nowhere/at/all.jpg", b"http://x/a"]
