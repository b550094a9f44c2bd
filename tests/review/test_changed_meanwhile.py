"""Files that others change, move or remove between a plan, its run and its undoing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sosie.errors import RunStopped
from sosie.review import apply_plan, undo_run
from sosie.review.disk import Disk
from sosie.store.lock import alone
from tests.review.folders import planned, write


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


def test_a_symbolic_link_is_never_moved_and_its_target_not_left_dangling(folder: Path) -> None:
    (folder / "c/to two").symlink_to("two (1).png")
    plan, _ = planned(folder)
    left = {entry.uri: entry.reason for entry in plan.left}
    assert "would lead nowhere" in left[str(folder / "c/two (1).png")]


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
