"""Each way in which a disk can refuse: the file is left as it is, and the message names a next step."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sosie.errors import RunStopped
from sosie.review import Desk, Outcome, Plan, Rules, apply_plan, undo_run
from sosie.review.disk import Disk, Seen
from sosie.review.plan import Method
from sosie.store.catalogue import Catalogue
from sosie.store.journal import Runs
from tests.review.folders import report_of, tree, write

POSIX = sys.platform != "win32"
ROOT = POSIX and os.geteuid() == 0
NOBODY = 65534


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return filled(tmp_path / "photos")


def filled(root: Path) -> Path:
    write(root / "a/one.png", "sun large")
    write(root / "b/one.png", "sun")
    write(root / "b/two.png", "moon large")
    write(root / "c/two.png", "moon")
    return root


def planned(
    folder: Path, method: Method = "quarantine", quarantine: Path | None = None, data: Path | None = None
) -> tuple[Plan, Runs]:
    with Catalogue((data or folder.parent / "data") / "catalogue.db") as catalogue:
        desk = Desk(catalogue, report_of(folder), (str(folder),))
        return desk.plan(Rules(), method=method, quarantine=str(quarantine) if quarantine else None), desk.runs


def assert_refused(outcome: Outcome, why: str, next_step: str) -> None:
    assert outcome.refused, outcome
    for refusal in outcome.refused:
        assert why in refusal.reason
        assert next_step in refusal.next_step


class Failing(Disk):
    """A disk on which one operation fails."""

    def __init__(self, operation: str, error: OSError, times: int = 1_000_000) -> None:
        self._operation = operation
        self._error = error
        self._left = times

    def _fail(self, operation: str) -> None:
        if operation == self._operation and self._left:
            self._left -= 1
            raise self._error

    def read(self, path: Path, *, follow: bool = False) -> Seen:
        if not follow:
            self._fail("read")
        return super().read(path, follow=follow)

    def make_folder(self, folder: Path) -> None:
        self._fail("make_folder")
        super().make_folder(folder)

    def move(self, source: Path, target: Path) -> None:
        self._fail("move")
        super().move(source, target)

    def link(self, source: Path, target: Path) -> None:
        self._fail("link")
        super().link(source, target)


def in_use() -> OSError:
    error = OSError(errno.EACCES, "the process cannot access the file")
    error.winerror = 32  # type: ignore[attr-defined]
    return error


@pytest.mark.parametrize(
    ("operation", "error", "why", "next_step"),
    [
        ("make_folder", OSError(errno.ENOSPC, "No space left"), "the volume is full", "Make room"),
        ("move", OSError(errno.EROFS, "Read-only"), "the volume is read-only", "Mount it for writing"),
        ("move", PermissionError(errno.EACCES, "denied"), "permission denied", "Give yourself permission"),
        ("read", PermissionError(errno.EACCES, "denied"), "permission denied", "Give yourself permission"),
        ("move", in_use(), "in use by another program", "Close it there"),
        ("move", OSError(errno.EBUSY, "busy"), "in use by another program", "Close it there"),
        ("move", OSError(errno.EXDEV, "cross-device"), "on another volume", "--quarantine FOLDER on the same volume"),
        ("move", OSError(errno.EIO, "I/O error"), "its volume is gone", "Connect or check the volume"),
        ("move", OSError(errno.ENAMETOOLONG, "too long"), "too long", "shorter path"),
        ("move", FileExistsError(errno.EEXIST, "exists"), "another file has that name", "Move that one away"),
        ("move", OSError(errno.ELIBACC, "odd"), "odd", "run the same command again"),
    ],
)
def test_a_refusing_disk_leaves_everything_as_it_was(
    folder: Path, operation: str, error: OSError, why: str, next_step: str
) -> None:
    before = tree(folder)
    plan, runs = planned(folder)
    outcome = apply_plan(plan, runs, disk=Failing(operation, error))
    assert not outcome.done
    assert_refused(outcome, why, next_step)
    assert tree(folder) == before
    again = apply_plan(plan, runs)
    assert len(again.done) == 2, "the same command tries again"
    undo_run(again.run, runs)
    assert tree(folder) == before


def test_a_file_that_fails_does_not_stop_the_others(folder: Path) -> None:
    plan, runs = planned(folder)
    outcome = apply_plan(plan, runs, disk=Failing("move", OSError(errno.EBUSY, "busy"), times=1))
    assert len(outcome.done) == 1
    assert len(outcome.refused) == 1


@pytest.mark.parametrize("code", [errno.EMLINK, errno.EPERM, errno.ENOTSUP])
def test_a_file_system_without_links_says_what_to_do_instead(folder: Path, code: int) -> None:
    before = tree(folder)
    plan, runs = planned(folder, "hardlink")
    outcome = apply_plan(plan, runs, disk=Failing("link", OSError(code, "no links")))
    assert all(refusal.next_step for refusal in outcome.refused)
    assert not outcome.done
    assert tree(folder) == before


@pytest.mark.skipif(not POSIX, reason="blocks are shared on Linux and macOS only")
def test_a_file_system_that_cannot_share_blocks_is_named(folder: Path) -> None:
    before = tree(folder)
    plan, runs = planned(folder, "reflink")
    outcome = apply_plan(plan, runs)
    if outcome.refused:  # most file systems
        assert_refused(outcome, "cannot do that", "--method quarantine")
        assert tree(folder) == before
    else:
        assert (folder / "b/one.png").read_text() == "sun large"
        assert not (folder / "b/one.png").samefile(folder / "a/one.png")
        undo_run(outcome.run, runs)
        assert tree(folder) == before


def test_a_failed_step_that_cannot_be_taken_back_at_once_is_finished_later(folder: Path) -> None:
    class Flaky(Disk):
        moves = 0

        def move(self, source: Path, target: Path) -> None:
            self.moves += 1
            if self.moves > 1:
                raise OSError(errno.EIO, "gone")
            super().move(source, target)
            raise OSError(errno.EIO, "gone")

    before = tree(folder)
    plan, runs = planned(folder)
    outcome = apply_plan(plan, runs, disk=Flaky())
    assert "could not be put back at once" in outcome.refused[0].reason
    assert not undo_run(outcome.run, runs).refused
    assert tree(folder) == before


def test_a_volume_that_vanished_is_waited_for(folder: Path) -> None:
    before = tree(folder)
    plan, runs = planned(folder)
    away = folder.rename(folder.with_name("unplugged"))
    outcome = apply_plan(plan, runs)
    assert_refused(outcome, "not there any more", "connect it")
    assert not folder.exists(), "nothing is made where the volume used to be"
    away.rename(folder)
    done = apply_plan(plan, runs)
    assert len(done.done) == 2
    folder.rename(away)
    assert_refused(undo_run(done.run, runs), "cannot be restored", "connect it and undo again")
    assert not folder.exists()
    away.rename(folder)
    assert not undo_run(done.run, runs).refused
    assert tree(folder) == before


def test_a_quarantine_on_another_volume_is_refused(folder: Path) -> None:
    with other_volume(folder) as elsewhere:
        before = tree(folder)
        plan, runs = planned(folder, quarantine=elsewhere / "kept")
        assert_refused(apply_plan(plan, runs), "different volumes", "same volume")
        assert tree(folder) == before


@contextmanager
def other_volume(folder: Path) -> Iterator[Path]:
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == folder.stat().st_dev or not os.access(shared, os.W_OK):
        pytest.skip("there is no second volume to write to")
    with tempfile.TemporaryDirectory(dir=shared) as name:
        yield Path(name)


def test_a_hard_link_across_volumes_is_refused(folder: Path) -> None:
    with other_volume(folder) as elsewhere:
        plan, runs = planned(folder, "hardlink")
        write(elsewhere / "one.png", "sun large")
        text = plan.to_json().replace(str(folder / "a/one.png"), str(elsewhere / "one.png"))
        outcome = apply_plan(Plan.from_json(text), runs)
        assert len(outcome.done) == 1
        assert_refused(outcome, "on another volume", "--method quarantine")


def test_names_that_differ_in_case_only_stay_two_files_in_the_quarantine(tmp_path: Path) -> None:
    root = filled(tmp_path / "photos")
    write(root / "c/TWO.png", "moon small")
    before = tree(root)
    plan, runs = planned(root)
    outcome = apply_plan(plan, runs)
    names = [path.name.casefold() for path in (root / ".sosie-quarantine").rglob("*") if path.is_file()]
    assert len(names) == len(outcome.done)
    assert len({f"{path.parent}/{path.name}".casefold() for path in root.rglob("*.png")}) == len(before) - 3
    undo_run(outcome.run, runs)
    assert tree(root) == before


def test_one_file_under_two_spellings_is_never_its_own_duplicate(folder: Path) -> None:
    plan, runs = planned(folder)
    text = plan.to_json().replace(str(folder / "a/one.png"), str(folder / "B/ONE.PNG"))
    (folder / "B").symlink_to("b")  # what a file system that ignores case would do by itself
    os.link(folder / "b/one.png", folder / "b/ONE.PNG")
    sha = next(drop for drop in plan.drops if drop.uri.endswith("b/one.png")).sha256
    keeper = next(drop for drop in plan.drops if drop.uri.endswith("b/one.png")).keeper_sha256
    outcome = apply_plan(Plan.from_json(text.replace(keeper, sha)), runs)
    assert (folder / "b/one.png").exists()
    assert any("are one file" in refusal.reason for refusal in outcome.refused)


@pytest.mark.skipif(not POSIX, reason="permissions are POSIX ones")
def test_a_folder_without_permission_is_left_and_named() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = filled(Path(name) / "photos")
        plan, runs = planned(root)
        before = tree(root)
        for path in (Path(name), *Path(name).rglob("*")):
            if ROOT:
                os.chown(path, NOBODY, NOBODY)
        (root / "b").chmod(0o555)
        try:
            with nobody():
                outcome = apply_plan(plan, runs)
        finally:
            (root / "b").chmod(0o755)
        assert_refused(outcome, "permission denied", "Give yourself permission")
        assert len(outcome.done) == 1
        undo_run(outcome.run, runs)
        assert {key: value[:2] for key, value in tree(root).items()} == {
            key: value[:2] for key, value in before.items()
        }


@contextmanager
def nobody() -> Iterator[None]:
    """Act as a user without privileges."""
    if not ROOT:
        yield
        return
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@contextmanager
def small_volume(where: Path, size: str) -> Iterator[Path]:
    """A volume of its own, in memory."""
    where.mkdir()
    if (
        not ROOT
        or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", where], check=False).returncode
    ):
        pytest.skip("may not mount a volume")
    try:
        yield where
    finally:
        subprocess.run(["umount", "-l", where], check=True)


def fill(path: Path, block: int) -> None:
    """Write to a file until its volume is full."""
    with path.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"-" * block)


def test_a_full_disk_stops_the_run_before_anything_is_touched(folder: Path, tmp_path: Path) -> None:
    with small_volume(tmp_path / "small", "512k") as small:
        before = tree(folder)
        plan, runs = planned(folder, data=small / "data")
        filler = small / "filler"
        fill(filler, 4096)
        with pytest.raises(RunStopped, match=r"No space left.*Make room"):
            apply_plan(plan, runs)
        assert tree(folder) == before
        filler.unlink()
        assert len(apply_plan(plan, runs).done) == 2


def test_a_disk_that_fills_up_in_mid_run_stops_it_and_the_same_command_finishes_it(
    folder: Path, tmp_path: Path
) -> None:
    with small_volume(tmp_path / "small", "512k") as small:
        before = tree(folder)
        plan, runs = planned(folder, data=small / "data")
        filler = small / "filler"

        class Filling(Disk):
            def move(self, source: Path, target: Path) -> None:
                super().move(source, target)
                fill(filler, 512)
                fill(next(runs.folder.glob("*.jsonl")), 1)  # its last block, too

        with pytest.raises(RunStopped, match="cannot be written"):
            apply_plan(plan, runs, disk=Filling())
        filler.unlink()
        assert len(apply_plan(plan, runs).done) == 2
        assert not undo_run(runs.names()[-1], runs).refused
        assert tree(folder) == before


def test_a_read_only_volume_is_left_and_named(tmp_path: Path) -> None:
    with small_volume(tmp_path / "small", "4m") as small:
        root = filled(small / "photos")
        plan, runs = planned(root, data=tmp_path / "data")
        subprocess.run(["mount", "-o", "remount,ro", small], check=True)
        assert_refused(apply_plan(plan, runs), "read-only", "Mount it for writing")
        subprocess.run(["mount", "-o", "remount,rw", small], check=True)
        assert len(apply_plan(plan, runs).done) == 2


def test_a_file_that_is_being_written_to_is_in_use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, runs = planned(folder)
    whole = os.fstat

    def written_to(handle: int) -> os.stat_result:
        """Somebody writes to the file between the two looks at it."""
        if Path(f"/proc/self/fd/{handle}").resolve() == folder / "b/one.png":
            with (folder / "b/one.png").open("a") as file:
                file.write(" more")
        return whole(handle)

    if not Path("/proc/self/fd").exists():
        pytest.skip("cannot tell which file is read")
    monkeypatch.setattr(os, "fstat", written_to)
    outcome = apply_plan(plan, runs)
    assert_refused(outcome, "in use", "Close it there")
    assert (folder / "b/one.png").read_text().startswith("sun more")


def test_a_file_that_something_is_mounted_on_is_in_use(folder: Path, tmp_path: Path) -> None:
    if not ROOT:
        pytest.skip("may not mount")
    plan, runs = planned(folder)
    same = write(tmp_path / "same.png", "sun")
    if subprocess.run(["mount", "--bind", same, folder / "b/one.png"], check=False).returncode:
        pytest.skip("may not mount")
    try:
        outcome = apply_plan(plan, runs)
    finally:
        subprocess.run(["umount", folder / "b/one.png"], check=True)
    assert_refused(outcome, "in use", "Close it there")
    assert len(apply_plan(plan, runs).done) == 1
