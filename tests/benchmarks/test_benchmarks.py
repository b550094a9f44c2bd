"""The benchmarks run: each part once over a handful of images, and what they compute from reports by hand."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.bars import BARS, answers, ratio
from benchmarks.data_sets import DataSet, MissingDataError, prepare
from benchmarks.judgements import judged, read_judgements
from benchmarks.peers import equal_hashes, joined, near_pdq
from benchmarks.phone_edits import load, single_edits, write_benchmark
from benchmarks.phone_layers import JOINTS
from benchmarks.places import ROOT, SHARED, SMOKE, Places
from benchmarks.process import RunFailedError, run
from benchmarks.rendering import render, table
from benchmarks.results import load as load_results
from benchmarks.results import merge, middle, this_run
from benchmarks.run import main
from benchmarks.scoring import read_finding, report_of_groups, score
from benchmarks.strangers import stranger, write_strangers

needs_photos = pytest.mark.skipif(not (SHARED / "data" / "public").exists(), reason="the shared photos are not there")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    write_strangers(folder, range(6))
    return folder


@needs_photos
@pytest.mark.parametrize(
    ("part", "options", "words"),
    [
        ("speed", ["--repeat", "1", "--tool", "sosie auto"], "images/s"),
        ("quality", ["--data", "phone", "--tool", "sosie hash"], "wrong pairs"),
        ("quality", ["--data", "real", "--tool", "sosie hash"], "look-alikes"),
        ("rescan", ["--repeat", "1", "--tool", "sosie hash"], "again, wall s"),
        ("memory", ["--tool", "sosie hash"], "bytes an image more"),
    ],
)
def test_each_part_of_the_benchmark_writes_its_section(
    tmp_path: Path, part: str, options: list[str], words: str
) -> None:
    assert main(["--smoke", "--only", part, *options, "--results", str(tmp_path)]) == 0
    page = (tmp_path / "RESULTS.md").read_text()
    assert words in page
    assert "not measured" in page  # the promises that other parts hold


def test_missing_photos_skip_a_part_with_one_line(tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path, tmp_path / "page.md", tmp_path / "nowhere")
    with pytest.raises(MissingDataError, match="skipped edits, images is not there"):
        prepare("edits", SMOKE, places)


def test_our_own_edits_are_the_same_every_time_and_all_differ_from_the_picture(photos: Path) -> None:
    picture = load(photos / "000001.jpg")
    once, again = dict(single_edits(picture, 1)), dict(single_edits(picture, 1))
    assert len(once) == 45
    for name, pixels in once.items():
        assert pixels.dtype == np.uint8
        assert pixels.ndim == 3
        assert np.array_equal(pixels, again[name]), name
        assert pixels.shape != picture.shape or not np.array_equal(pixels, picture), name


def test_the_manifest_of_our_own_edits_names_every_file_and_its_sources(photos: Path, tmp_path: Path) -> None:
    count = write_benchmark(photos, tmp_path / "out", groups=1, distractors=4, every=9)
    with (tmp_path / "out" / "manifest.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert count == len(rows) == 1 + 5 + len(JOINTS) + 4
    assert {row["file"] for row in rows} == {p.name for p in (tmp_path / "out").iterdir()} - {"manifest.csv"}
    assert sum("+" in row["sources"] for row in rows) == len(JOINTS)


def test_pictures_without_anything_in_common_are_drawn_from_their_numbers(tmp_path: Path) -> None:
    write_strangers(tmp_path, [3, 4])
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["000003.jpg", "000004.jpg"]
    assert np.array_equal(stranger(3), stranger(3))
    assert not np.array_equal(stranger(3), stranger(4))


def test_groups_of_other_tools_become_a_report_with_every_pair(tmp_path: Path) -> None:
    report = report_of_groups(
        {"exact": [["x/a.jpg", "x/b.jpg"]], "near": [["x/b.jpg", "x/c.jpg"], ["x/d.jpg", "x/e.jpg"]]}
    )
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report))
    finding = read_finding(path)
    assert finding.same == {("a.jpg", "b.jpg"), ("a.jpg", "c.jpg"), ("b.jpg", "c.jpg"), ("d.jpg", "e.jpg")}
    assert finding.same == set(finding.grouped)


def test_components_of_pairs_are_groups() -> None:
    groups = joined(["a", "b", "c", "d"], [(0, 2), (2, 3)])
    assert sorted(map(sorted, groups)) == [["a", "c", "d"], ["b"]]


@needs_photos
def test_a_report_is_scored_by_the_referee_and_wrong_pairs_are_listed(tmp_path: Path) -> None:
    rows = [("1o.jpg", "1", "orig"), ("1c.jpg", "1", "crop"), ("2o.jpg", "2", "orig"), ("2c.jpg", "2", "crop")]
    text = "\n".join(",".join(row) for row in [("file", "sources", "edit"), *rows])
    (tmp_path / "manifest.csv").write_text(text + "\n")
    report = tmp_path / "report.json"
    report.write_text(json.dumps(report_of_groups({"near": [["1o.jpg", "1c.jpg", "2c.jpg"]]})))
    places = Places(tmp_path, tmp_path, tmp_path / "page.md")
    found = score(report, DataSet("edits", tmp_path, tmp_path, 4), places, listed=10)
    assert found["groups"] == {"precision": 0.33333, "recall": 0.5, "found": 3, "true": 2}
    assert found["edits"] == {"crop": 0.5}
    assert found["wrong"]["count"] == 2
    assert found["wrong"]["same_edit"] == 1
    assert ["1c.jpg", "2c.jpg", "copy"] in found["wrong"]["pairs"]
    assert found["wrong"]["photos"] == [["1o.jpg", "2o.jpg", 2]]


def test_two_photos_that_a_person_found_to_be_one_are_no_mistake_and_the_truth_of_the_file_is_shown_too() -> None:
    found = {
        "groups": {"precision": 0.98, "recall": 0.995, "found": 200},
        "wrong": {"count": 4, "photos": [["1_orig.jpg", "2_orig.jpg", 3], ["1_orig.jpg", "3_orig.jpg", 1]]},
    }
    known = {("edits/1_orig.jpg", "edits/2_orig.jpg"): ("right", "one photo")}
    seen = judged("edits", found, known)
    assert (seen["groups"]["precision"], seen["groups"]["precision_seen"]) == (0.98, 0.995)
    assert seen["wrong"]["photos"] == [
        ["1_orig.jpg", "2_orig.jpg", "3", "right", "one photo"],
        ["1_orig.jpg", "3_orig.jpg", "1", "not looked at yet", ""],
    ]
    promises = {
        words: (told, kept)
        for words, told, kept in answers({"quality-edits": {"rows": {"sosie auto": {"score": seen}}}})
        if told
    }
    assert promises == {
        "auto, edits, by groups: precision 0.9995, recall 0.985": (
            "precision 0.98000 (0.99500 with what a person saw), recall 0.9950",
            "no",
        )
    }


def test_hash_packages_group_equal_pictures(photos: Path) -> None:
    (photos / "again.jpg").write_bytes((photos / "000002.jpg").read_bytes())
    for find in (equal_hashes("dhash"), equal_hashes("phash"), near_pdq):
        together = [group for group in find(photos) if len(group) > 1]
        assert [sorted(Path(p).name for p in group) for group in together] == [["000002.jpg", "again.jpg"]]


def test_a_run_costs_what_its_process_takes(tmp_path: Path) -> None:
    code = "block = bytearray(80_000_000); total = sum(range(3_000_000)); print(len(block))"
    cost = run([sys.executable, "-c", code], output=tmp_path / "out")
    assert (tmp_path / "out").read_text() == "80000000\n"
    assert cost.wall > 0
    assert cost.cpu > 0
    assert 80 < cost.peak_mb < 400


def test_a_run_that_fails_says_its_last_line(tmp_path: Path) -> None:
    with pytest.raises(RunFailedError, match="no such thing"):
        run([sys.executable, "-c", "raise SystemExit('no such thing')"], output=tmp_path / "out")


def test_rows_that_are_not_measured_anew_stay(tmp_path: Path) -> None:
    merge(tmp_path, "speed", {"a": {"wall": [1.0]}, "b": {"wall": [2.0]}}, run={"date": "monday"}, about={})
    merge(tmp_path, "speed", {"b": {"wall": [3.0]}}, run={"date": "tuesday"}, about={})
    rows = load_results(tmp_path, "speed")["rows"]
    assert rows["a"]["run"] == {"date": "monday"}
    assert rows["b"]["wall"] == [3.0]


def test_costs_are_compared_within_one_run_only() -> None:
    rows = {name: {"wall": [2.0, 4.0, 9.0], "run": {"date": day}} for name, day in (("a", 1), ("b", 1), ("c", 2))}
    assert ratio(rows, "a", "b") == 1.0
    with pytest.raises(KeyError):
        ratio(rows, "a", "c")
    assert middle([1.0, 3.0]) == 2.0


def test_the_page_says_of_every_promise_that_nothing_was_measured_yet(tmp_path: Path) -> None:
    assert [kept for _, _, kept in answers({})] == ["not measured"] * len(BARS)
    assert render(tmp_path).startswith("# Results")
    assert this_run(SMOKE)["scale"] == "smoke"


def test_numbers_stand_on_the_right_of_tables() -> None:
    assert table(("name", "count"), [("7up.jpg", "12"), ("b|c", "1,000")]) == (
        "| name | count |\n| --- | --: |\n| 7up.jpg | 12 |\n| b/c | 1,000 |"
    )


def test_every_judgement_names_a_pair_once_and_says_why() -> None:
    path = ROOT / "benchmarks" / "looked_at.csv"
    known = read_judgements(path)
    with path.open() as file:
        assert len(known) == sum(1 for _ in csv.DictReader(file))
    for verdict, why in known.values():
        assert verdict in ("right", "wrong")
        assert why


def test_the_joins_run_at_small_sizes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.joins", "--smoke", "--output", str(tmp_path / "joins.md")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert (tmp_path / "joins.md").read_text().count("|") > 10


def test_embedding_is_measured_beside_the_bare_model_and_written_to_the_page(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.embedding", "--smoke", "--results", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    rows = load_results(tmp_path / "results", "embedding")["rows"]
    assert rows["640 x 480"]["of_bare_cpu"] > 0
    assert rows["6000 x 4000"]["peak_mb"] > rows["6000 x 4000"]["before_mb"] > 0
    page = (tmp_path / "RESULTS.md").read_text()
    assert "| 640 x 480 | 8 |" in page
    assert "| clip: at least 0.95 of the speed of bare ONNX Runtime, reading and decoding included | 0." in page


def test_the_load_test_measures_checks_and_reads_without_an_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.load", "--smoke", "--results", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    rows = load_results(tmp_path / "results", "load")["rows"]
    assert len(rows) == 6
    assert all(row["errors"] == 0 and row["p50"] > 0 for row in rows.values())
    assert "Checks under load" in (tmp_path / "RESULTS.md").read_text()
