"""Applying and undoing on real folders."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sosie.errors import RunStopped, UsageError
from sosie.review import Desk, Plan, Rules, apply_plan, load_plan, open_desk, rehearse, undo_run
from sosie.review.applying import last_run
from sosie.review.disk import Disk
from sosie.review.places import is_quarantined
from sosie.review.plan import Method
from sosie.store.catalogue import Catalogue
from sosie.store.journal import Runs
from sosie.store.lock import alone
from tests.review.folders import report_of, tree, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "photos"
    write(root / "a/one.png", "sun large master", mtime=1_500_000_000, mode=0o640)
    write(root / "b/one-small.png", "sun small", mtime=1_500_000_100, mode=0o600)
    write(root / "b/one-copy.png", "sun large master", mtime=1_500_000_200)
    write(root / "c/two.png", "moon large")
    write(root / "c/two (1).png", "moon")
    write(root / "c/alone.png", "star")
    os.link(root / "b/one-small.png", root / "c/linked.png")
    (root / "c/pointer").symlink_to("alone.png")
    return root


def desk_of(folder: Path) -> Desk:
    return Desk(Catalogue(folder.parent / "data/catalogue.db"), report_of(folder), (str(folder),))


def planned(folder: Path, method: Method = "quarantine") -> tuple[Plan, Runs]:
    desk = desk_of(folder)
    with desk.catalogue:
        return desk.plan(Rules(), method=method), desk.runs


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


def test_a_plan_survives_its_file(folder: Path, tmp_path: Path) -> None:
    plan, _ = planned(folder)
    file = tmp_path / "plan.json"
    file.write_text(plan.to_json())
    assert load_plan(file) == plan
    assert load_plan(file).key == plan.key


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


def test_a_changed_keeper_protects_its_copies(folder: Path) -> None:
    plan, runs = planned(folder)
    write(folder / "a/one.png", "sun repainted")
    outcome = apply_plan(plan, runs)
    assert {refusal.uri for refusal in outcome.refused} == {
        drop.uri for drop in plan.drops if drop.keeper == str(folder / "a/one.png")
    }
    assert (folder / "b/one-small.png").exists()
    assert all("changed since the review" in refusal.reason for refusal in outcome.refused)


def test_the_last_readable_copy_is_never_touched(folder: Path) -> None:
    plan, runs = planned(folder)
    (folder / "c/two.png").unlink()
    outcome = apply_plan(plan, runs)
    assert (folder / "c/two (1).png").read_text() == "moon"
    assert ["cannot be read" in refusal.reason for refusal in outcome.refused] == [True]
    write(folder / "c/two.png", "moon large")
    assert apply_plan(plan, runs).done == [str(folder / "c/two (1).png")]


def test_a_keeper_that_goes_at_that_moment_brings_its_copy_back(folder: Path) -> None:
    plan, runs = planned(folder)

    class Rival(Disk):
        """Somebody else, with a plan of their own, drops what we keep."""

        def move(self, source: Path, target: Path) -> None:
            super().move(source, target)
            if source.name == "two (1).png":
                (folder / "c/two.png").unlink(missing_ok=True)

    outcome = apply_plan(plan, runs, disk=Rival())
    assert (folder / "c/two (1).png").read_text() == "moon"
    assert any("changed at that moment" in refusal.reason for refusal in outcome.refused)


def test_a_file_that_is_changed_at_that_moment_is_put_back_as_it_is_then(folder: Path) -> None:
    plan, runs = planned(folder)

    class Painter(Disk):
        def move(self, source: Path, target: Path) -> None:
            if source == folder / "c/two (1).png":
                write(source, "moon, freshly painted")
            super().move(source, target)

    outcome = apply_plan(plan, runs, disk=Painter())
    assert (folder / "c/two (1).png").read_text() == "moon, freshly painted"
    assert any("changed at that moment" in refusal.reason for refusal in outcome.refused)


def test_a_keeper_that_became_the_same_file_is_not_dropped_with_it(folder: Path) -> None:
    plan, runs = planned(folder)
    (folder / "a/one.png").unlink()
    (folder / "a/one.png").symlink_to(folder / "b/one-copy.png")
    outcome = apply_plan(plan, runs)
    assert (folder / "b/one-copy.png").exists()
    assert any("are one file" in refusal.reason for refusal in outcome.refused)


def test_undo_does_not_write_over_a_new_file(folder: Path) -> None:
    plan, runs = planned(folder)
    outcome = apply_plan(plan, runs)
    write(folder / "c/two (1).png", "something else")
    undone = undo_run(outcome.run, runs)
    assert (folder / "c/two (1).png").read_text() == "something else"
    assert "Another file" in undone.refused[0].reason
    assert "run undo again" in undone.refused[0].next_step
    (folder / "c/two (1).png").unlink()
    undo_run(outcome.run, runs)
    assert (folder / "c/two (1).png").read_text() == "moon"


def test_undo_does_not_remove_a_link_that_holds_the_last_copy_of_its_keeper(folder: Path) -> None:
    plan, runs = planned(folder, "hardlink")
    outcome = apply_plan(plan, runs)
    (folder / "c/two.png").unlink()
    undone = undo_run(outcome.run, runs)
    assert ["last copy" in refusal.reason for refusal in undone.refused] == [True]
    assert (folder / "c/two (1).png").read_text() == "moon large"
    os.link(folder / "c/two (1).png", folder / "c/two.png")
    undo_run(outcome.run, runs)
    assert (folder / "c/two (1).png").read_text() == "moon"


def test_a_file_that_was_changed_in_the_quarantine_stays_there(folder: Path) -> None:
    plan, runs = planned(folder)
    outcome = apply_plan(plan, runs)
    moved = folder / ".sosie-quarantine" / outcome.run / "c/two (1).png"
    write(moved, "tampered")
    undone = undo_run(outcome.run, runs)
    assert "was changed since it was moved" in undone.refused[0].reason
    assert moved.read_text() == "tampered"


def test_an_emptied_quarantine_is_said_to_be_empty(folder: Path) -> None:
    plan, runs = planned(folder)
    outcome = apply_plan(plan, runs)
    (folder / ".sosie-quarantine" / outcome.run / "c/two (1).png").unlink()
    undone = undo_run(outcome.run, runs)
    assert len(undone.done) == 2
    assert "cannot be restored" in undone.refused[0].reason


def test_two_runs_at_once_are_refused(folder: Path) -> None:
    plan, runs = planned(folder)
    with alone(runs.folder / "lock"), pytest.raises(RunStopped, match="under way"):
        apply_plan(plan, runs)
    assert not apply_plan(plan, runs).refused


def test_a_symbolic_link_is_never_moved_and_its_target_not_left_dangling(folder: Path) -> None:
    (folder / "c/to two").symlink_to("two (1).png")
    plan, _ = planned(folder)
    left = {entry.uri: entry.reason for entry in plan.left}
    assert "would lead nowhere" in left[str(folder / "c/two (1).png")]


def test_a_plan_that_drops_its_own_keeper_is_refused(folder: Path) -> None:
    plan, _ = planned(folder)
    drop = next(drop for drop in plan.drops if drop.uri.endswith("one-small.png"))
    text = plan.to_json().replace(f'"keeper": "{drop.keeper}"', f'"keeper": "{folder / "c" / ".." / "c/two (1).png"}"')
    with pytest.raises(UsageError, match="relies on it"):
        Plan.from_json(text)


_WRONG: list[tuple[str, dict[str, Any]]] = [
    ("drops", {"uri": None}),
    ("drops", {"uri": "/photos/a\0.png"}),
    ("drops", {"uri": "/photos/\ud800.png"}),
    ("drops", {"keeper": 7}),
    ("drops", {"keeper": "\0"}),
    ("drops", {"names": [None]}),
    ("drops", {"names": "abc"}),
    ("drops", {"bytes": "x"}),
    ("drops", {"bytes": 10**30}),
    ("drops", {"decision": "7"}),
    ("drops", {"evidence": [5]}),
    ("drops", {"evidence": [{"a": "one"}]}),
    ("keeps", {"uri": ["x"]}),
    ("left", {"uri": 5, "reason": ""}),
    ("", {"quarantine": 5}),
    ("", {"quarantine": "beside"}),
    ("", {"roots": [5]}),
    ("", {"roots": 5}),
    ("", {"created": "soon"}),
    ("", {"created": float("inf")}),
    ("", {"method": ["trash"]}),
    ("", {"groups": {"key": 1}}),
]


@pytest.mark.parametrize(("part", "change"), _WRONG, ids=repr)
def test_a_plan_with_a_value_of_another_kind_is_refused_in_one_line(
    folder: Path, part: str, change: dict[str, Any]
) -> None:
    value = json.loads(planned(folder)[0].to_json())
    row = next(group for group in value["groups"] if group["drops"]) if part else value
    if part:
        row[part] = [{**(row[part] or [{}])[0], **change}]
    else:
        row.update(change)
    with pytest.raises(UsageError) as refused:
        Plan.from_json(json.dumps(value))
    assert "\n" not in str(refused.value)


def test_a_file_of_brackets_is_no_plan() -> None:
    with pytest.raises(UsageError, match="This is no plan"):
        Plan.from_json("[" * 100_000)


@pytest.mark.parametrize("way", ["b/../b", "b/../../photos/b", "../photos/./b"])
def test_a_path_that_climbs_leads_into_the_quarantine_all_the_same(folder: Path, way: str) -> None:
    before = tree(folder)
    plan, runs = planned(folder)
    climbing = folder / way / "one-small.png"
    text = plan.to_json().replace(f'"uri": "{folder / "b/one-small.png"}"', f'"uri": "{climbing}"')
    outcome = apply_plan(Plan.from_json(text), runs)
    quarantined = folder / ".sosie-quarantine" / outcome.run / "b/one-small.png"
    assert quarantined.read_text() == "sun small"
    undo_run(outcome.run, runs)
    assert tree(folder) == before


def test_a_plan_that_names_other_contents_or_one_file_twice_touches_nothing(folder: Path) -> None:
    before = tree(folder)
    plan, runs = planned(folder)
    keeper = plan.drops[0].keeper
    swapped = plan.to_json().replace(f'"uri": "{plan.drops[0].uri}"', f'"uri": "{folder / "c/alone.png"}"')
    outcome = apply_plan(Plan.from_json(swapped), runs)
    assert any("was changed since the review" in refusal.reason for refusal in outcome.refused)
    undo_run(outcome.run, runs)
    with pytest.raises(UsageError):
        Plan.from_json(plan.to_json().replace(f'"uri": "{plan.drops[0].uri}"', f'"uri": "{keeper}"'))
    assert tree(folder) == before


def test_a_folder_that_became_a_link_to_the_keepers_folder_loses_nothing(folder: Path) -> None:
    plan, runs = planned(folder)
    (folder / "b").rename(folder.parent / "elsewhere")
    (folder / "b").symlink_to(folder / "a")
    os.link(folder / "a/one.png", folder / "a/one-copy.png")
    contents_before = {path.read_bytes() for path in folder.rglob("*.png")}
    outcome = apply_plan(plan, runs)
    assert (folder / "a/one.png").is_file()
    assert any("one file" in refusal.reason for refusal in outcome.refused)
    undo_run(outcome.run, runs)
    assert {path.read_bytes() for path in folder.rglob("*.png")} == contents_before


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
