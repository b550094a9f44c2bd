"""The report as programs read it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sosie.config import load_settings
from sosie.pipeline import find_duplicates
from sosie.report import ImageRecord, Report
from sosie.types import Edge, Edit, Evidence, Group, Skipped
from tests.pictures import folder_of, picture, write

SCORE = Path(__file__).parents[2] / "shared" / "bench" / "score.py"

ODD = os.fsdecode(b"/shop/caf\xe9\n.jpg")
REPORT = Report(
    images=(
        ImageRecord(0, ODD, "nike", "00" * 32, 4, 3, 10, "PNG", title="Schuh ♥", aliases=(ODD + "2",)),
        ImageRecord(1, "/shop/x.gif", "", "11" * 32, 4, 3, 30, "GIF", frames=7, compared="flat"),
    ),
    edges=(
        Edge(
            0,
            1,
            "contains",
            0.97,
            Evidence(
                pdq_distance=0,
                orientation="rotate 90",
                inliers=74,
                agreement=0.0,
                overlap=(0.8, 1.0),
                transform=((1.0, 0.0, 2.0), (0.0, 1.0, 3.0), (0.0, 0.0, 1.0)),
                inside=(0.0, 0.1, 0.5, 1.0),
                edits=(Edit("crop", "cropped to the left", 0.0, ((0.0, 0.0, 0.5, 1.0),)), Edit("mirror", "mirrored")),
                origin="b",
                cosine={"clip": 0.93},
            ),
            inner=1,
        ),
    ),
    groups=(Group(0, "copy", (0, 1), 1, "most real pixels", 10),),
    skipped=(Skipped(ODD + "3", "is empty"),),
    params={"method": "auto"},
    spaces=("pdq256/1",),
    timings={"total": 1.5},
    fallbacks=("clip is not there",),
)


def test_a_report_survives_json_whole_with_names_that_are_not_utf8() -> None:
    text = REPORT.to_json()
    assert text.isascii()
    assert "\n" not in text
    assert Report.from_json(text) == REPORT
    assert os.fsencode(Report.from_json(text.encode()).images[0].uri) == b"/shop/caf\xe9\n.jpg"


def test_json_has_the_fields_that_scripts_rely_on() -> None:
    value = json.loads(REPORT.to_json())
    assert list(value) == [
        "version", "params", "spaces", "images", "edges", "groups", "skipped", "timings", "fallbacks"
    ]  # fmt: skip
    assert value["version"] == 1
    assert {"id", "uri", "brand", "sha256", "width", "height", "bytes", "format"} <= set(value["images"][0])
    edge = value["edges"][0]
    assert (edge["a"], edge["b"], edge["relation"], edge["score"], edge["inner"]) == (0, 1, "contains", 0.97, 1)
    assert edge["evidence"]["edits"] == ["crop", "mirror"]
    assert edge["evidence"]["overlap"] == [0.8, 1.0]
    assert edge["evidence"]["transform"][0] == [1.0, 0.0, 2.0]
    assert edge["evidence"]["pdq_distance"] == 0
    assert "dhash_distance" not in edge["evidence"]
    assert value["groups"][0] == {
        "id": 0, "relation": "copy", "members": [0, 1], "keeper": 1, "reason": "most real pixels", "gain": 10
    }  # fmt: skip
    assert value["skipped"] == [{"uri": ODD + "3", "reason": "is empty"}]


def test_a_report_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 2"):
        Report.from_json(REPORT.to_json().replace('"version": 1', '"version": 2'))


def test_gain_is_the_sum_of_all_groups() -> None:
    assert REPORT.gain == 10


def test_a_real_report_survives_json_whole(tmp_path: Path) -> None:
    folder_of(tmp_path, 3)
    pixels = picture(1, longest=120)
    write(tmp_path / "a.png", pixels)
    write(tmp_path / "turned.jpg", pixels[:, ::-1], quality=70)
    report = find_duplicates(tmp_path, settings=load_settings({"method": "hash"}))
    assert len(report.edges) > 1
    assert Report.from_json(report.to_json()) == report


@pytest.mark.skipif(not SCORE.exists(), reason="the scorer is not beside the repository")
def test_the_benchmark_scorer_reads_a_report(tmp_path: Path) -> None:
    folder_of(tmp_path / "data", 2)
    write(tmp_path / "data" / "copy.png", picture(0, longest=120))
    (tmp_path / "data" / "manifest.csv").write_text(
        "file,edit,sources\n000.jpg,orig,0\ncopy.png,resave,0\n001.jpg,orig,1\n"
    )
    report = find_duplicates(tmp_path / "data", settings=load_settings({"method": "hash"}))
    (tmp_path / "r.json").write_text(report.to_json())
    command = [sys.executable, str(SCORE), str(tmp_path / "r.json"), str(tmp_path / "data")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.count("precision 1.00000  recall 1.00000  (1 found, 1 true)") == 3
