"""Applying and undoing on real folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sosie.errors import UsageError
from sosie.review import Desk, Plan, Rules, apply_plan, open_desk, rehearse, undo_run
from sosie.review.applying import last_run
from sosie.review.places import is_quarantined
from sosie.review.plan import Method
from sosie.store.catalogue import Catalogue
from tests.review.folders import desk_of, planned, report_of, tree, write


@pytest.mark.parametrize("method", ["quarantine", "hardlink"])
def test_undo_restores_the_exact_tree(folder: Path, method: Method) -> None:
    before = tree(folder)
    plan, runs = planned(folder, method)
    outcome = apply_plan(plan, runs)
    assert not outcome.refused
    assert len(outcome.done) == 3
    after = tree(folder)
    assert after != before
    undone = undo_run(outcome.run, runs)
    assert not undone.refused
    assert tree(folder) == before


@pytest.mark.skipif(not hasattr(os, "O_NOATIME"), reason="this system notes every reading")
def test_reading_files_again_leaves_their_times_of_access(folder: Path) -> None:
    plan, runs = planned(folder)
    names = ["a/one.png", "b/one-small.png", "c/two.png"]
    for name in names:
        os.utime(folder / name, (1_400_000_000, 1_500_000_000))
    undo_run(apply_plan(plan, runs).run, runs)
    assert [(folder / name).stat().st_atime for name in names] == [1_400_000_000] * 3


def test_folders_that_nobody_changed_since_get_back_their_times(folder: Path) -> None:
    folders = [folder, folder / "a", folder / "b", folder / "c"]
    plan, runs = planned(folder)
    for path in folders:
        os.utime(path, (1_400_000_000, 1_400_000_000))
    undo_run(apply_plan(plan, runs).run, runs)
    assert [path.stat().st_mtime for path in folders] == [1_400_000_000] * 4
    again = apply_plan(plan, runs)
    write(folder / "c/new.png", "new")
    undo_run(again.run, runs)
    assert (folder / "b").stat().st_mtime == 1_400_000_000
    assert (folder / "c").stat().st_mtime != 1_400_000_000


def test_a_quarantine_elsewhere_on_the_volume_is_in_no_scan_either(folder: Path) -> None:
    before = tree(folder)
    with desk_of(folder).catalogue as catalogue:
        desk = Desk(catalogue, report_of(folder), (str(folder),))
        plan, runs = desk.plan(Rules(), quarantine=str(folder / "kept")), desk.runs
    outcome = apply_plan(plan, runs)
    assert len(outcome.done) == 3
    assert not [image for image in report_of(folder).images if "kept" in image.uri]
    undo_run(outcome.run, runs)
    assert {name for name in tree(folder) if name != "kept"} == set(before)


def test_what_lies_in_a_quarantine_or_trash_is_neither_dropped_nor_relied_on(folder: Path) -> None:
    write(folder / ".Trash-1000/files/two.png", "moon largest of all")
    write(folder / ".local/share/Trash/files/one.png", "sun largest of all of them")
    refs = report_of(folder / ".Trash-1000/files"), report_of(folder / ".local/share/Trash/files")
    assert [len(ref.images) for ref in refs] == [1, 1]
    assert is_quarantined(refs[0].images[0].uri)
    assert is_quarantined(refs[1].images[0].uri)
    assert not is_quarantined(str(folder / "c/Trash/two.png"))


def test_what_is_dropped_lies_in_the_quarantine_under_its_own_path(folder: Path) -> None:
    plan, runs = planned(folder)
    outcome = apply_plan(plan, runs)
    kept = folder / ".sosie-quarantine" / outcome.run
    assert (kept / "b/one-small.png").read_text() == "sun small"
    assert (kept / "c/linked.png").samefile(kept / "b/one-small.png")
    assert not (folder / "b/one-copy.png").exists()
    assert (folder / "a/one.png").exists()


def test_a_hard_link_takes_the_place_of_a_dropped_file(folder: Path) -> None:
    plan, runs = planned(folder, "hardlink")
    apply_plan(plan, runs)
    assert (folder / "b/one-small.png").samefile(folder / "a/one.png")
    assert (folder / "c/linked.png").samefile(folder / "a/one.png")
    assert not list(folder.rglob(".sosie-2*"))


def test_rehearsing_touches_nothing_and_says_what_would_be_refused(folder: Path) -> None:
    plan, runs = planned(folder)
    write(folder / "c/two (1).png", "moon repainted")
    before = tree(folder)
    outcome = rehearse(plan)
    assert [refusal.uri for refusal in outcome.refused] == [str(folder / "c/two (1).png")]
    assert "changed since the review" in outcome.refused[0].reason
    assert tree(folder) == before
    assert not runs.names()


def test_names_that_are_no_utf8_are_acted_on_and_come_back(folder: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(folder / "c") + b"/moon \xff.png"))
    write(odd, "moon")
    before = tree(folder)
    plan, runs = planned(folder)
    assert str(odd) in {drop.uri for drop in plan.drops}
    outcome = apply_plan(Plan.from_json(plan.to_json()), runs)
    assert not outcome.refused
    assert not odd.exists()
    undo_run(outcome.run, runs)
    assert tree(folder) == before


def test_a_part_of_a_run_is_undone(folder: Path) -> None:
    plan, runs = planned(folder)
    outcome = apply_plan(plan, runs)
    part = undo_run(outcome.run, runs, only=["c/two*"])
    assert part.done == [str(folder / "c/two (1).png")]
    assert not (folder / "b/one-small.png").exists()
    rest = undo_run(outcome.run, runs)
    assert len(rest.done) == 2
    with pytest.raises(UsageError, match="no run to undo"):
        last_run(runs)


def test_applying_twice_does_nothing_more_and_after_undo_it_is_a_new_run(folder: Path) -> None:
    plan, runs = planned(folder)
    first = apply_plan(plan, runs)
    assert apply_plan(plan, runs).done == []
    assert runs.names() == [first.run]
    undo_run(first.run, runs)
    again = apply_plan(plan, runs)
    assert again.run != first.run
    assert len(again.done) == 3
    assert last_run(runs) == again.run


def test_the_trash_takes_files_and_gives_them_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = folder.parent / "home"
    monkeypatch.setenv("XDG_DATA_HOME", str(data))
    write(data / "Trash/files/two (1).png", "older")
    before = tree(folder)
    plan, runs = planned(folder, "trash")
    outcome = apply_plan(plan, runs)
    assert not outcome.refused
    assert (data / "Trash/files/two (1)~2.png").read_text() == "moon"
    note = (data / "Trash/info/two (1)~2.png.trashinfo").read_text()
    assert note.startswith("[Trash Info]\nPath=/")
    assert "two%20%281%29.png" in note
    undo_run(outcome.run, runs)
    assert tree(folder) == before
    assert list((data / "Trash/info").iterdir()) == []
    assert (data / "Trash/files/two (1).png").read_text() == "older"


def test_a_desk_without_a_scan_says_what_to_do(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "c.db") as catalogue, pytest.raises(UsageError, match="sosie scan"):
        open_desk(catalogue)
