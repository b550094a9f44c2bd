"""A second scan: what is opened, what is recognised, what leaves."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from sosie.config import load_settings
from sosie.fingerprints.hashes import HashFingerprinter
from sosie.pipeline import find_duplicates
from sosie.report import Report
from tests.pictures import folder_of, groups, name_of, picture, skipped, write
from tests.processes import watched_scan


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder_of(folder, 4)
    write(folder / "again.png", picture(2, longest=120))
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures each call of the hash fingerprinter was given."""
    counts: list[int] = []
    real = HashFingerprinter.compute

    def counting(self: HashFingerprinter, pictures: list[object]) -> object:
        counts.append(len(pictures))
        return real(self, pictures)  # type: ignore[arg-type]

    monkeypatch.setattr(HashFingerprinter, "compute", counting)
    return counts


def scan(*paths: Path, **settings: object) -> Report:
    return find_duplicates(paths, settings=load_settings({"method": "hash", **settings}))


@pytest.mark.parametrize("method", ["hash", "auto"])
def test_a_rescan_of_an_unchanged_folder_opens_no_file_of_it(shop: Path, method: str) -> None:
    first = watched_scan(shop, method)
    assert len(first["opened"]) == 6  # type: ignore[arg-type]
    assert watched_scan(shop, method) == {**first, "opened": []}


def test_a_new_file_is_the_only_one_opened(shop: Path) -> None:
    watched_scan(shop, "hash")
    write(shop / "new.jpg", picture(9, longest=120))
    assert watched_scan(shop, "hash")["opened"] == ["new.jpg"]


def test_the_remembered_report_equals_a_fresh_one(shop: Path, tmp_path: Path) -> None:
    first, second = scan(shop), scan(shop)
    fresh = scan(shop, catalog=tmp_path / "other.db")
    assert replace(second, timings={}) == replace(first, timings={}) == replace(fresh, timings={})
    assert set(second.timings) == {"total"}


def test_a_moved_and_a_renamed_file_are_recognised_by_content(shop: Path, computed: list[int]) -> None:
    scan(shop)
    assert sum(computed) == 5
    (shop / "sub").mkdir()
    (shop / "002.jpg").rename(shop / "sub" / "002.jpg")
    (shop / "000.jpg").rename(shop / "renamed.jpg")
    report = scan(shop)
    assert sum(computed) == 5
    names = {name_of(report, image.id) for image in report.images}
    assert names == {"renamed.jpg", "001.jpg", "002.jpg", "003.jpg", "again.png"}
    assert groups(report) == [("copy", frozenset({"002.jpg", "again.png"}))]


def test_a_copy_of_a_known_file_is_not_fingerprinted_again(shop: Path, computed: list[int]) -> None:
    scan(shop)
    (shop / "twin.jpg").write_bytes((shop / "001.jpg").read_bytes())
    report = scan(shop)
    assert sum(computed) == 5
    assert ("identical", frozenset({"001.jpg", "twin.jpg"})) in groups(report)


def test_a_changed_file_is_fingerprinted_anew(shop: Path, computed: list[int]) -> None:
    assert groups(scan(shop)) == [("copy", frozenset({"002.jpg", "again.png"}))]
    write(shop / "again.png", picture(7, longest=120))
    assert groups(scan(shop)) == []
    assert sum(computed) == 6


def test_a_file_changed_within_its_size_is_noticed_by_its_time(shop: Path) -> None:
    pixels = picture(5, longest=120)
    write(shop / "x.bmp", pixels)
    write(shop / "y.bmp", pixels)
    assert ("identical", frozenset({"x.bmp", "y.bmp"})) in groups(scan(shop))
    write(shop / "y.bmp", pixels[:, ::-1].copy())
    status = (shop / "y.bmp").stat()
    os.utime(shop / "y.bmp", ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert ("copy", frozenset({"x.bmp", "y.bmp"})) in groups(scan(shop))


def test_a_vanished_file_leaves_the_report(shop: Path) -> None:
    scan(shop)
    (shop / "again.png").unlink()
    (shop / "notes.txt").unlink()
    report = scan(shop)
    assert len(report.images) == 4
    assert (report.groups, report.skipped) == ((), ())


def test_a_refused_file_is_remembered_until_the_limit_changes(shop: Path) -> None:
    write(shop / "large.png", picture(3, longest=240))
    assert skipped(scan(shop, max_megapixels=0.02)).keys() == {"large.png", "notes.txt"}
    assert skipped(scan(shop, max_megapixels=0.02)).keys() == {"large.png", "notes.txt"}
    assert skipped(scan(shop)).keys() == {"notes.txt"}


def test_a_file_mended_after_it_was_refused_is_read(shop: Path) -> None:
    (shop / "x.jpg").write_bytes(b"")
    assert "x.jpg" in skipped(scan(shop))
    write(shop / "x.jpg", picture(8, longest=120))
    assert "x.jpg" not in skipped(scan(shop))


def test_another_method_reads_what_it_needs_and_nothing_twice(shop: Path) -> None:
    assert len(watched_scan(shop, "hash")["opened"]) == 6  # type: ignore[arg-type]
    assert len(watched_scan(shop, "auto")["opened"]) == 5  # type: ignore[arg-type]
    assert watched_scan(shop, "hash")["opened"] == []


def test_a_scan_of_another_folder_knows_the_contents_of_the_first(
    shop: Path, tmp_path: Path, computed: list[int]
) -> None:
    scan(shop)
    (tmp_path / "other").mkdir()
    for path in shop.glob("*.jpg"):
        (tmp_path / "other" / path.name).write_bytes(path.read_bytes())
    report = scan(tmp_path / "other")
    assert len(report.images) == 4
    assert sum(computed) == 5


def test_settings_are_read_from_the_environment(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSIE_METHOD", "hash")
    report = find_duplicates(shop)
    assert report.params["method"] == "hash"
    same = load_settings({"method": "hash"})
    assert report == replace(find_duplicates(str(shop), settings=same), timings=report.timings)
