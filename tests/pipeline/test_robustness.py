"""Damaged, unreadable, vanishing and changing files: each read or skipped with a reason, and the scan goes on."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sosie.config import load_settings
from sosie.errors import Cancelled
from sosie.fingerprints.hashes import HashFingerprinter
from sosie.pipeline import find_duplicates
from sosie.pipeline.progress import Progress
from sosie.store.catalogue import Catalogue
from tests.corpus.mutations import write_mutated
from tests.pictures import encoded, folder_of, groups, name_of, picture, skipped, write
from tests.processes import as_nobody, let_everybody_in, python

DAMAGED = int(os.environ.get("SOSIE_TEST_DAMAGED", "400"))
"""How many damaged files are scanned: the full number is 2000."""

_SURVIVE = """
import faulthandler, sys, warnings
faulthandler.dump_traceback_later(110 + int(sys.argv[2]) // 10, exit=True)
warnings.simplefilter("error")
import sosie
print(sosie.find_duplicates(sys.argv[1], settings=sosie.load_settings({"method": "hash"})).to_json())
"""


def test_damaged_files_of_every_format_are_read_or_skipped_and_none_is_lost(tmp_path: Path) -> None:
    paths = write_mutated(tmp_path / "damaged", DAMAGED, seed=11)
    folder_of(tmp_path / "damaged" / "sound", 3, longest=96)
    report = json.loads(python(_SURVIVE, tmp_path / "damaged", str(DAMAGED), timeout=120 + DAMAGED // 8))
    read = {image["uri"] for image in report["images"]}
    passed = {item["uri"] for item in report["skipped"]}
    assert not read & passed
    assert {str(path) for path in paths} <= read | passed
    assert len(read) + len(passed) == DAMAGED + 3
    assert len(read) == len(report["images"])
    assert len(passed) == len(report["skipped"])
    assert {f"{number:03}.jpg" for number in range(3)} <= {Path(uri).name for uri in read}
    assert all(item["reason"] for item in report["skipped"])


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.jpg", b"", "empty"),
        ("text.png", b"plain words, no picture\n" * 20, "is not an image"),
        ("cut.jpg", encoded(picture(1))[:2000], "cut off"),
        ("zeros.webp", bytes(5000), "is not an image"),
    ],
)
def test_what_is_no_sound_image_is_skipped_with_a_plain_reason(
    tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    write(tmp_path / "sound.jpg", picture(1))
    report = find_duplicates(tmp_path, settings=load_settings({"method": "hash"}))
    assert len(report.images) == 1
    assert words in skipped(report)[name]


def test_the_bytes_and_not_the_suffix_say_what_a_file_is(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", picture(1), "PNG")
    write(tmp_path / "b", picture(2), "JPEG")
    write(tmp_path / "c.jpg", picture(3), "WEBP")
    report = find_duplicates(tmp_path, settings=load_settings({"method": "hash"}))
    assert [image.format for image in report.images] == ["PNG", "JPEG", "WEBP"]


def test_limits_of_pixels_and_bytes_are_reasons(tmp_path: Path) -> None:
    write(tmp_path / "wide.jpg", picture(1, longest=240), quality=50)
    write(tmp_path / "heavy.bmp", picture(2, longest=120))
    write(tmp_path / "fine.jpg", picture(3, longest=120))
    limits = {"method": "hash", "max_megapixels": 0.02, "max_megabytes": 0.02}
    report = find_duplicates(tmp_path, settings=load_settings(limits))
    assert [name_of(report, image.id) for image in report.images] == ["fine.jpg"]
    found = skipped(report)
    assert "pixels" in found["wide.jpg"]
    assert "over the limit" in found["heavy.bmp"]


@pytest.mark.skipif(os.name == "nt", reason="permissions as POSIX has them")
def test_a_file_without_permission_is_skipped_and_read_once_it_has_it(tmp_path: Path) -> None:
    let_everybody_in(tmp_path)
    folder_of(tmp_path / "shop", 2, longest=96)
    secret = write(tmp_path / "shop" / "secret.jpg", picture(5, longest=96))
    secret.chmod(0)
    (tmp_path / "own").mkdir()
    (tmp_path / "own").chmod(0o777)
    imports = (
        "import sys, sosie; from pathlib import Path\n"
        "def scan(data):\n"
        "    return sosie.find_duplicates(sys.argv[1], settings=sosie.Settings(method='hash', data_dir=data))\n"
        "scan(Path(sys.argv[3]))\n"
    )
    code = "found = scan(Path(sys.argv[2])); print(len(found.images), [s.reason for s in found.skipped])"
    places = (tmp_path / "shop", tmp_path / "own")
    found = as_nobody(imports, code, *places, tmp_path / "warm")
    assert found.strip() == "2 ['may not be read (permission denied)']"
    secret.chmod(0o644)
    found = as_nobody(imports, code, *places, tmp_path / "warm again")
    assert found.strip() == "3 []"


def test_a_file_that_vanishes_during_the_scan_is_skipped_with_that_reason(tmp_path: Path) -> None:
    folder_of(tmp_path, 3, longest=96)

    def listen(progress: Progress) -> None:
        if progress.stage == "find" and progress.total:
            (tmp_path / "001.jpg").unlink()

    report = find_duplicates(tmp_path, settings=load_settings({"method": "hash"}), listen=listen)
    assert [name_of(report, image.id) for image in report.images] == ["000.jpg", "002.jpg"]
    assert skipped(report) == {"001.jpg": "vanished during the scan"}


def test_a_file_that_changes_during_the_scan_is_read_as_it_is_then_and_again_next_time(tmp_path: Path) -> None:
    folder_of(tmp_path, 3, longest=96)
    settings = load_settings({"method": "hash"})

    def listen(progress: Progress) -> None:
        if progress.stage == "find" and progress.total:
            (tmp_path / "001.jpg").write_bytes((tmp_path / "002.jpg").read_bytes())

    report = find_duplicates(tmp_path, settings=settings, listen=listen)
    assert len(report.groups) == 1
    again = find_duplicates(tmp_path, settings=settings)
    assert (again.images, groups(again)) == (report.images, groups(report))


def test_a_picture_that_cannot_be_fingerprinted_does_not_take_others_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of(tmp_path, 3, longest=96)
    height = write(tmp_path / "bad.png", picture(4, longest=97)) and picture(4, longest=97).shape[0]
    width = picture(4, longest=97).shape[1]
    real = HashFingerprinter.compute

    def failing(self: HashFingerprinter, pictures: list[object]) -> object:
        if any(p.pixels.shape[:2] == (height, width) for p in pictures):  # type: ignore[attr-defined]
            raise RuntimeError("no hash today")
        return real(self, pictures)  # type: ignore[arg-type]

    monkeypatch.setattr(HashFingerprinter, "compute", failing)
    report = find_duplicates(tmp_path, settings=load_settings({"method": "hash"}))
    assert len(report.images) == 3
    assert "no hash today" in skipped(report)["bad.png"]


def test_a_run_that_is_cancelled_keeps_what_it_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path / "shop", 40, longest=64)
    settings = load_settings({"method": "hash", "workers": 1})

    def listen(progress: Progress) -> None:
        if progress.stage == "read":
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        find_duplicates(tmp_path / "shop", settings=settings, listen=listen)
    counts: list[int] = []
    real = HashFingerprinter.compute

    def counting(self: HashFingerprinter, pictures: list[object]) -> object:
        counts.append(len(pictures))
        return real(self, pictures)  # type: ignore[arg-type]

    monkeypatch.setattr(HashFingerprinter, "compute", counting)
    assert len(find_duplicates(tmp_path / "shop", settings=settings).images) == 40
    assert 0 < sum(counts) < 40


def test_progress_is_told_in_order_and_ends_complete(tmp_path: Path) -> None:
    folder_of(tmp_path, 3, longest=96)
    (tmp_path / "x.jpg").write_bytes(b"")
    told: list[Progress] = []
    find_duplicates(tmp_path, settings=load_settings({"method": "hash"}), listen=told.append)
    stages = list(dict.fromkeys(progress.stage for progress in told))
    assert stages == ["find", "read", "compare", "group"]
    assert [(p.done, p.total) for p in told if p.stage == "compare"] == [(0, 3), (3, 3)]
    last = [progress for progress in told if progress.stage == "read"][-1]
    assert (last.done, last.total, last.skipped) == (4, 4, 1)
    assert any("x.jpg" in progress.last_skipped for progress in told)


def test_whoever_hears_of_an_image_finds_it_in_the_catalogue(tmp_path: Path) -> None:
    folder_of(tmp_path / "shop", 24, longest=96)
    settings, heard = load_settings({"method": "hash"}), list[bytes]()
    with Catalogue.of(settings) as catalogue:

        def listen(progress: Progress) -> None:
            assert catalogue.contents(progress.recent).keys() == set(progress.recent)
            heard.extend(progress.recent)

        find_duplicates(tmp_path / "shop", settings=settings, listen=listen)
    assert 0 < len(set(heard)) <= 24
