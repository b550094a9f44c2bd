"""The commands of reviewing, from a scan to an undone run, on drawn pictures."""

from __future__ import annotations

import csv
import json
import re
import shutil
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner, Result

from sosie.cli.app import app
from sosie.cli.review_options import catalogue_file
from sosie.config import load_settings
from sosie.review import apply_plan, open_desk
from sosie.store.catalogue import Catalogue
from sosie.store.journal import Runs
from tests.review.folders import tree


def picture(seed: int) -> NDArray[np.uint8]:
    """A picture with enough in it to be told from others."""
    drawn = np.random.default_rng(seed)
    image = np.full((360, 480, 3), drawn.integers(0, 255, 3), np.uint8)
    for _ in range(60):
        colour = [int(value) for value in drawn.integers(0, 255, 3)]
        x, y, size = (int(value) for value in drawn.integers(5, 360, 3))
        cv2.circle(image, (x, y), size // 6, colour, -1)
        cv2.rectangle(image, (y, x), (y + size // 4, x + size // 5), colour[::-1], 2)
    return image


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("drawn")
    for folder in ("archive", "phone"):
        (root / folder).mkdir()
    for seed in range(3):
        large = picture(seed)
        cv2.imwrite(str(root / f"archive/{seed}.png"), large)
        cv2.imwrite(str(root / f"phone/{seed}.jpg"), cv2.resize(large, (240, 180)))
    shutil.copy(root / "archive/0.png", root / "phone/copy of 0.png")
    return root


@pytest.fixture
def library(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOSIE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "photos"
    shutil.copytree(drawn, root)
    call("scan", root, "--quiet")
    return root


def call(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def dropped(*arguments: object) -> set[str]:
    plan = json.loads(call("plan", "--json", *arguments).stdout)
    return {Path(drop["uri"]).name for group in plan["groups"] for drop in group["drops"]}


def test_a_folder_is_planned_applied_and_restored(library: Path) -> None:
    before = tree(library)
    call("plan", "--output", "plan.json")
    assert tree(library) == before
    assert "Would drop 4 files" in call("apply", "plan.json").stdout
    assert tree(library) == before
    assert "Dropped 4 files" in call("apply", "plan.json", "--yes").stdout
    assert not (library / "phone/1.jpg").exists()
    assert "0.jpg" in call("undo", "--last").stdout
    result = json.loads(call("undo", "--last", "--yes", "--json").stdout)
    assert len(result["done"]) == 4
    assert tree(library) == before


def test_a_damaged_journal_is_named_and_all_other_runs_are_undone(library: Path) -> None:
    before = tree(library)
    call("plan", "--output", "plan.json")
    damaged = Runs.beside(catalogue_file(None)).path_of("99990101-000000-zzzz")
    damaged.parent.mkdir(parents=True, exist_ok=True)
    damaged.write_text("garbage\n")
    call("apply", "plan.json", "--yes")
    listed = call("audit", "--runs").stdout
    assert "99990101-000000-zzzz  damaged" in listed
    assert "4 done" in listed
    assert "a run that cannot be read" in call("audit", library / "phone/1.jpg").stdout
    told = call("undo", "--last", "--yes").stderr
    assert "Run 99990101-000000-zzzz is passed over." in told
    assert tree(library) == before
    assert "damaged" in call("undo", "99990101-000000-zzzz", code=4).stderr


def test_an_interrupted_run_is_named_with_what_takes_it_back(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(library)
    call("plan", "--output", "plan.json")

    def interrupt(_done: int, _total: int, _uri: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sosie.review.apply_plan", partial(apply_plan, listen=interrupt))
    told = call("apply", "plan.json", "--yes", code=130).stderr
    assert tree(library) != before
    run = re.search(r"`sosie undo (\S+) --yes`", told)
    assert run is not None
    call("undo", run[1], "--yes")
    assert tree(library) == before


def test_what_lies_in_the_quarantine_is_not_found_again(library: Path) -> None:
    call("plan", "--output", "plan.json")
    call("apply", "plan.json", "--yes")
    report = json.loads(call("scan", library, "--json", "--hidden").stdout)
    assert len(report["images"]) == 3
    assert not report["groups"]


def test_a_plan_of_a_report_in_a_file_is_the_same(library: Path, tmp_path: Path) -> None:
    call("scan", library, "--quiet", "--report", "report.json")
    assert dropped("--report", "report.json") == dropped()


def test_the_last_scan_is_the_one_that_was_asked_for_last(library: Path, tmp_path: Path) -> None:
    shutil.copytree(library / "archive", tmp_path / "other")
    call("scan", tmp_path / "other", "--quiet")
    assert dropped() == set()
    assert dropped(library) == {"0.jpg", "1.jpg", "2.jpg", "copy of 0.png"}
    call("scan", library, "--quiet")  # answered from memory, and still the last one
    assert "1.jpg" in dropped()


def test_decisions_outlive_moves_renames_and_rescans(library: Path) -> None:
    call("decide", "keep", library / "phone/1.jpg", "--by", "ann", "--reason", "sharper")
    assert "1.jpg" not in dropped()
    (library / "phone/1.jpg").rename(library / "archive/elsewhere.jpg")
    call("scan", library, "--quiet")
    plan = json.loads(call("plan", "--json").stdout)
    keeps = {keep["uri"]: keep["reason"] for group in plan["groups"] for keep in group["keeps"]}
    assert "by ann (sharper)" in keeps[str(library / "archive/elsewhere.jpg")]


def test_images_set_apart_are_never_merged_again_not_even_through_a_third(library: Path) -> None:
    large = picture(1)
    cv2.imwrite(str(library / "phone/third.jpg"), cv2.resize(large, (300, 225)))
    call("decide", "apart", library / "archive/1.png", library / "phone/1.jpg")
    report = json.loads(call("scan", library, "--json").stdout)
    names = [{Path(report["images"][member]["uri"]).name for member in group["members"]} for group in report["groups"]]
    assert not [group for group in names if {"1.png", "1.jpg"} <= group]
    assert [group for group in names if "third.jpg" in group]
    call("decide", "together", library / "archive/1.png", library / "phone/1.jpg")
    report = json.loads(call("scan", library, "--json").stdout)
    names = [{Path(report["images"][member]["uri"]).name for member in group["members"]} for group in report["groups"]]
    assert [group for group in names if {"1.png", "1.jpg", "third.jpg"} <= group]


@pytest.mark.parametrize(
    "how", [("--method", "hash"), ("--embedder", "builtin", "--threshold", "0.5"), ("--embedder", "none")]
)
def test_what_is_settled_stays_so_under_other_methods_thresholds_and_models_and_downloads(
    library: Path, tmp_path: Path, how: tuple[str, ...]
) -> None:
    settled = {library / f"{folder}/0.{kind}" for folder, kind in (("archive", "png"), ("phone", "jpg"))}
    call("decide", "keep", library / "archive/0.png")
    call("decide", "drop", library / "phone/0.jpg", "--keeper", library / "archive/0.png")
    call("decide", "apart", library / "archive/1.png", library / "phone/1.jpg")
    again = tmp_path / "downloaded again"
    for file in library.rglob("*.*"):
        target = again / f"{file.parent.name}-{file.stem} (1){file.suffix}"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(file.read_bytes())
    names = {again / f"{file.parent.name}-{file.stem} (1){file.suffix}" for file in settled}
    call("scan", again, "--quiet", *how)
    assert not names & asked()
    assert not [group for group in grouped() if {"archive-1 (1).png", "phone-1 (1).jpg"} <= group]
    cv2.imwrite(str(again / "new.jpg"), cv2.resize(picture(0), (320, 240)))
    call("scan", again, "--quiet", *how)
    assert not names & asked()
    joined = [group for group in grouped() if {"archive-0 (1).png", "new.jpg"} <= group]
    assert not joined or again / "new.jpg" in asked()
    assert joined or how == ("--method", "hash")


def asked() -> set[Path]:
    """The files of the last scan that wait for somebody's decision."""
    with Catalogue.of(load_settings({})) as catalogue:
        groups = open_desk(catalogue).groups()
        return {Path(m.image.uri) for group in groups for m in group.members if m.content in group.asked}


def grouped() -> list[set[str]]:
    """The names in each group of the last scan."""
    with Catalogue.of(load_settings({})) as catalogue:
        return [{Path(m.image.uri).name for m in group.members} for group in open_desk(catalogue).groups()]


def test_rules_are_tried_before_they_are_in_force(library: Path) -> None:
    rules = Path("rules.toml")
    rules.write_text(
        'version = 1\nautomatic = ["identical"]\n[[protect]]\nname = "phones stay"\npath = "phone/*.jpg"\n'
    )
    found = json.loads(call("rules", "test", rules, "--json").stdout)
    assert {Path(row["uri"]).name for row in found["no longer dropped"]} == {"0.jpg", "1.jpg", "2.jpg"}
    assert any("phones stay" in row["why"] for row in found["no longer dropped"])
    assert len(dropped()) == 4
    call("rules", "use", rules)
    assert dropped() == {"copy of 0.png"}
    assert call("rules", "show").stdout == rules.read_text()


def test_the_rules_that_are_shown_are_rules(library: Path) -> None:
    Path("shown.toml").write_text(call("rules", "show").stdout)
    found = json.loads(call("rules", "test", "shown.toml", "--json").stdout)
    assert not any(found.values())


def test_decisions_go_out_and_come_in_as_csv(library: Path, tmp_path: Path) -> None:
    table = Path("decisions.csv")
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["decision", "image", "keeper", "other", "reason", "person"])
        writer.writerow(["keep", library / "phone/2.jpg", "", "", "the customer's", "bob"])
        writer.writerow(["drop", library / "archive/2.png", library / "phone/2.jpg", "", "", "bob"])
        writer.writerow(["apart", library / "archive/0.png", "", library / "phone/0.jpg", "", ""])
    call("decide", "import", table)
    assert {"2.png"} <= dropped()
    exported = call("decide", "list").stdout
    Path("again.csv").write_text(exported)
    call("decide", "import", "again.csv", "--catalog", tmp_path / "second.db")
    again = call("decide", "list", "--catalog", tmp_path / "second.db").stdout
    columns = ("decision", "image", "keeper", "other", "reason", "person", "place")
    first, second = (
        [[row[c] for c in columns] for row in csv.DictReader(text.splitlines())] for text in (exported, again)
    )
    assert first == second


def test_a_bad_row_imports_nothing_and_is_named(library: Path) -> None:
    Path("bad.csv").write_text(f"decision,image\nkeep,{library / 'phone/2.jpg'}\nburn,{library / 'phone/1.jpg'}\n")
    assert "Line 3 of bad.csv" in call("decide", "import", "bad.csv", code=2).output
    assert call("decide", "list").stdout.count("\n") == 1


def test_an_image_goes_in_favour_of_another_only_and_a_nul_is_no_name(library: Path) -> None:
    image = library / "phone/1.jpg"
    assert "in favour of itself" in call("decide", "drop", image, "--keeper", image, code=2).stderr
    Path("own.csv").write_text(f"decision,image,keeper\ndrop,{image},{image}\n")
    assert "in favour of itself" in call("decide", "import", "own.csv", code=2).stderr
    Path("nul.csv").write_text("decision,image\ndrop,a\0b\n")
    assert "Line 2" in call("decide", "import", "nul.csv", code=2).stderr


def test_a_report_that_was_edited_by_hand_is_refused_in_one_line(library: Path) -> None:
    call("scan", library, "--quiet", "--report", "report.json")
    text = Path("report.json").read_text()
    for part, change in (
        ("images", {"sha256": "zz"}),
        ("images", {"uri": 5}),
        ("images", {"uri": "/a\0b"}),
        ("images", {"id": 3}),
        ("edges", {"a": 99999}),
        ("edges", {"evidence": {"agreement": "x"}}),
        ("groups", {"keeper": -5}),
        ("groups", {"members": [0, "1"]}),
        ("groups", {"members": 7}),
    ):
        report = json.loads(text)
        report[part][0] |= change
        Path("edited.json").write_text(json.dumps(report))
        told = call("plan", "--report", "edited.json", code=2).stderr
        assert told.startswith("sosie: ")
        assert told.count("\n") == 1
    Path("edited.json").write_text("[" * 100_000)
    assert "is no report" in call("plan", "--report", "edited.json", code=2).stderr


def test_missed_pairs_are_estimated_from_images_verified_against_all(library: Path) -> None:
    call("scan", library, "--quiet", "--report", "report.json")
    report = json.loads(Path("report.json").read_text())
    assert json.loads(call("audit", "--missed", "99", "--json").stdout)["missed"] == 0
    Path("blind.json").write_text(json.dumps({**report, "groups": [], "edges": []}))
    found = json.loads(call("audit", "--missed", "99", "--json", "--report", "blind.json").stdout)
    names = {tuple(sorted(Path(uri).stem for uri in pair)) for pair in found["found"]}
    assert {("1", "1"), ("2", "2")} <= names
    assert found["low"] == found["missed"] == found["high"] == len(found["found"]), "all were drawn: nothing is guessed"
    some = json.loads(call("audit", "--missed", "2", "--json", "--report", "blind.json").stdout)
    assert some["low"] <= len(found["found"]) <= some["high"]


def test_a_scan_without_local_features_gives_no_estimate(library: Path) -> None:
    call("scan", library, "--quiet", "--method", "hash", "--catalog", "hash.db")
    assert "--method auto" in call("audit", "--missed", "3", "--catalog", "hash.db", code=2).output


def test_the_story_of_a_dropped_file_is_told_by_its_path(library: Path) -> None:
    call("plan", "--output", "plan.json")
    call("apply", "plan.json", "--yes", "--by", "ann")
    told = call("audit", library / "phone/1.jpg").stdout
    assert "dropped, rules (built-in)" in told
    assert "resized to" in told
    assert "ann" in call("audit", "--runs").stdout
    call("export", "groups.html")
    assert Path("groups.html").stat().st_size > 1000


def test_the_example_of_the_guide_runs(library: Path, tmp_path: Path) -> None:
    before = tree(library)
    call("scan", library, "--quiet", "--catalog", "catalogue.db")
    guide = (Path(__file__).parents[2] / "docs/review.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    exec(compile(example, "docs/review.md", "exec"), {})
    assert tree(library) == before
    assert "undone" in call("audit", "--runs", "--catalog", "catalogue.db").stdout


@pytest.mark.parametrize(
    "command",
    [["plan"], ["apply"], ["undo"], ["export"], ["audit"], ["rules", "test"], ["rules", "use"], ["rules", "show"]]
    + [["decide", name] for name in ("keep", "drop", "apart", "together", "open", "import", "list")],
)
def test_every_command_takes_a_catalogue_and_gives_an_example(command: list[str]) -> None:
    text = call(*command, "--help").stdout
    assert "--catalog" in text
    assert f"sosie {' '.join(command)}" in text
