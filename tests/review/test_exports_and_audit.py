"""What goes out, and what can be asked afterwards."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from pyarrow import parquet

from sosie.errors import UsageError
from sosie.review import Desk, Rules, apply_plan, undo_run
from sosie.review.audit import not_compared, run_summaries, story
from sosie.review.exports import export, format_of
from sosie.review.missed import poisson_interval
from sosie.store.catalogue import Catalogue
from sosie.types import Skipped
from tests.review.folders import contents, report_of, write

ODD = "<b>=1+1&\"'.png"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    root = tmp_path / "photos"
    write(root / "one.png", "sun large")
    write(root / ODD, "sun")
    write(root / "c/two.png", "moon large")
    write(root / "c/three.png", "moon")
    report = report_of(root)
    images = tuple(replace(image, brand="=Brand/x" if "c/" in image.uri else "") for image in report.images)
    report = replace(report, images=images, skipped=(Skipped(str(root / "bad.png"), "is cut off or damaged"),))
    with Catalogue(tmp_path / "data/catalogue.db") as catalogue:
        yield Desk(catalogue, report, (str(root),))


def test_tables_hold_every_grouped_image_with_its_role(desk: Desk, tmp_path: Path) -> None:
    for name in ("t.csv", "t.json", "t.parquet"):
        assert export(desk, Rules(), tmp_path / name, format_of(tmp_path / name)) == 4
    rows = list(csv.DictReader((tmp_path / "t.csv").read_text().splitlines()))
    assert [row["role"] for row in rows].count("drop") == 2
    assert {row["brand"] for row in rows} == {"", "'=Brand/x"}, "no cell is a formula"
    values = json.loads((tmp_path / "t.json").read_text())["images"]
    assert [value["uri"] for value in values] == [row["uri"] for row in rows]
    assert parquet.read_table(tmp_path / "t.parquet").to_pylist() == values


def test_urls_are_listed_by_brand(desk: Desk, tmp_path: Path) -> None:
    assert export(desk, Rules(), tmp_path / "urls", "urls") == 2
    found = {path.name: path.read_text() for path in (tmp_path / "urls").iterdir()}
    assert set(found) == {"no-brand.txt", "Brand-x.txt"}
    assert found["Brand-x.txt"].endswith("c/three.png\n")


def test_a_name_with_a_line_break_stays_one_line_of_the_list(tmp_path: Path) -> None:
    root = tmp_path / "photos"
    write(root / "one.png", "sun large")
    write(root / "two\n.png", "sun")
    with Catalogue(tmp_path / "data/catalogue.db") as catalogue:
        export(Desk(catalogue, report_of(root), (str(root),)), Rules(), tmp_path / "urls", "urls")
    assert (tmp_path / "urls/no-brand.txt").read_text() == f"file://{root}/two%0A.png\n"


def test_the_page_loads_nothing_and_names_are_text(desk: Desk, tmp_path: Path) -> None:
    root = Path(desk.roots[0])
    before = contents(root)
    picture = np.random.default_rng(1).integers(0, 255, (300, 200, 3), np.uint8)
    cv2.imwrite(str(root / "one.png"), picture)
    export(desk, Rules(), tmp_path / "page.html", "html")
    page = (tmp_path / "page.html").read_text()
    assert "data:image/webp;base64," in page
    assert "&lt;b&gt;=1+1&amp;" in page
    assert "<b>" not in page
    assert not re.search(r"(src|href)=[\"'](?!data:)", page)
    assert "is cut off or damaged" in page
    assert contents(root) - before == {(root / "one.png").read_bytes()}


def test_an_unknown_suffix_is_named() -> None:
    with pytest.raises(UsageError, match="Choose --format from csv"):
        format_of(Path("x.doc"))


def test_a_folder_that_is_not_there_is_named(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        export(desk, Rules(), tmp_path / "nowhere/t.csv", "csv")


def test_the_story_of_an_image_names_rule_evidence_person_and_place(desk: Desk) -> None:
    root = Path(desk.roots[0])
    group = next(group for group in desk.groups() if any("three" in m.image.uri for m in group.members))
    desk.settle(group, [str(root / "c/two.png")], person="ann", reason="sharper")
    uri = str(root / "c/three.png")
    content = next(m.content for m in group.members if m.image.uri == uri)
    outcome = apply_plan(desk.plan(Rules()), desk.runs, person="bob")
    decided, dropped = story(desk.runs, desk.decisions, uri=uri, content=content)
    assert decided.what == "decided: drop"
    assert "ann (sharper)" in decided.by
    assert dropped.what == "dropped"
    assert "ann" in dropped.by
    assert dropped.details["keeper"] == str(root / "c/two.png")
    assert dropped.details["evidence"][0]["evidence"]["agreement"] == 0.9
    assert Path(dropped.details["now_at"][0]).read_text() == "moon"
    (summary,) = run_summaries(desk.runs)
    assert (summary.state, summary.person, summary.done) == ("done", "bob", 2)
    undo_run(outcome.run, desk.runs, only=["c/"])
    assert run_summaries(desk.runs)[0].state == "partly undone"
    undo_run(outcome.run, desk.runs)
    assert run_summaries(desk.runs)[0].state == "undone"
    assert story(desk.runs, None, uri=uri)[-1].what == "restored"


def test_what_was_not_compared_is_named_with_its_reason(desk: Desk) -> None:
    flat = replace(desk.report.images[0], compared="flat")
    report = replace(desk.report, images=(flat, *desk.report.images[1:]))
    found = dict(not_compared(report))
    assert found[flat.uri].startswith("too little in it")
    assert "is cut off or damaged" in found.values()


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (100, 81.3640, 121.6268)]
)
def test_the_interval_of_a_count_is_the_published_one(count: int, low: float, high: float) -> None:
    assert poisson_interval(count) == pytest.approx((low, high), abs=1e-4)
