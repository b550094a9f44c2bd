"""Killed at any moment, every file is in one place or the other, and apply or undo finishes the job.

CI kills at every third moment of each kind of run, over 200 in all; `SOSIE_KILLS=all pytest tests/review/test_kill.py`
kills at every one.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sosie.review import Desk, Rules, apply_plan, load_plan, undo_run
from sosie.review.plan import Method
from sosie.store.catalogue import Catalogue
from sosie.store.journal import Runs
from tests.review.folders import contents, report_of, tree, write

if sys.platform == "win32":
    pytest.skip("needs SIGKILL", allow_module_level=True)

from tests.review.killing import Job, Killer

EVERY = 1 if os.environ.get("SOSIE_KILLS") == "all" else 3
CHOSEN = os.environ.get("SOSIE_KILLS_IN")
METHODS: tuple[Method, ...] = ("quarantine", "hardlink", "trash", "reflink")


@pytest.fixture
def scratch(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder in memory where there is one: a killed process loses nothing that a call has written."""
    shared = Path("/dev/shm")
    base = Path(CHOSEN) if CHOSEN else shared if os.access(shared, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="sosie-kill-", dir=base) as name:
        yield Path(name)


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with Killer() as killer:
        yield killer


def prepared(scratch: Path, method: Method) -> tuple[Path, Path, Path]:
    """Return a folder, the file of a plan for it, and the folder of runs."""
    root = scratch / "photos"
    write(root / "a/one.png", "sun large", mtime=1_500_000_000, mode=0o640)
    write(root / "b/deep/one.png", "sun", mtime=1_500_000_100, mode=0o600)
    os.link(root / "b/deep/one.png", root / "b/linked.png")
    write(root / "b/two.png", "moon large")
    write(root / "c/two.png", "moon")
    with Catalogue(scratch / "data/catalogue.db") as catalogue:
        desk = Desk(catalogue, report_of(root), (str(root),))
        plan = scratch / "plan.json"
        plan.write_text(desk.plan(Rules(), method=method).to_json())
        return root, plan, desk.runs.folder


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("finish", ["apply", "undo"])
def test_a_killed_apply_loses_nothing_and_is_finished(
    scratch: Path, killer: Killer, method: Method, finish: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = 0
    for at in _moments(scratch, killer, "apply", method, monkeypatch, first=1 if finish == "apply" else 9):
        folder, plan, runs, before = _fresh(scratch, at, method, monkeypatch)
        known = contents(folder)
        killed += killer.run_and_kill("apply", plan, runs, at)
        assert contents(scratch / f"{at}") >= known
        if finish == "apply":
            apply_plan(load_plan(plan), Runs(runs))
            assert not (folder / "c/two.png").exists() or method in ("hardlink", "reflink")
        for run in Runs(runs).names():
            outcome = undo_run(run, Runs(runs))
            assert not outcome.refused
        assert tree(folder) == before
        shutil.rmtree(scratch / f"{at}")
    assert killed


@pytest.mark.parametrize("method", METHODS)
def test_a_killed_undo_loses_nothing_and_is_finished(
    scratch: Path, killer: Killer, method: Method, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = 0
    for at in _moments(scratch, killer, "undo", method, monkeypatch, first=5):
        folder, plan, runs, before = _fresh(scratch, at, method, monkeypatch)
        known = contents(folder)
        run = apply_plan(load_plan(plan), Runs(runs)).run
        killed += killer.run_and_kill("undo", plan, runs, at)
        assert contents(scratch / f"{at}") >= known
        assert not undo_run(run, Runs(runs)).refused
        assert tree(folder) == before
        shutil.rmtree(scratch / f"{at}")
    assert killed


def test_a_process_that_is_killed_from_outside_at_any_time_loses_nothing(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 5 if EVERY > 1 else 60):
        folder, plan, runs, before = _fresh(scratch, number, "quarantine", monkeypatch)
        known = contents(folder)
        code = f"from sosie.cli import main; import sys; sys.argv[1:] = ['apply', {str(plan)!r}, '--yes', '--catalog', "
        code += f"{str(runs.parent / 'catalogue.db')!r}]; print(flush=True); main()"
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(random.Random(number).uniform(0.3, 1.2))  # the run itself takes a part of that
            process.kill()
        assert contents(scratch / f"{number}") >= known
        for run in Runs(runs).names():
            assert not undo_run(run, Runs(runs)).refused
        assert tree(folder) == before


def _fresh(
    scratch: Path, at: int, method: Method, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path, Path, dict[str, tuple[object, ...]]]:
    monkeypatch.setenv("XDG_DATA_HOME", str(scratch / f"{at}/home"))
    folder, plan, runs = prepared(scratch / f"{at}", method)
    return folder, plan, runs, tree(folder)


def _moments(
    scratch: Path, killer: Killer, job: Job, method: Method, monkeypatch: pytest.MonkeyPatch, first: int
) -> list[int]:
    """Return the moments to kill at, after one run to the end that counts them."""
    _, plan, runs, _ = _fresh(scratch, 0, method, monkeypatch)
    if method == "reflink":
        outcome = apply_plan(load_plan(plan), Runs(runs))
        if outcome.refused:
            pytest.skip(f"this file system does not share blocks: {outcome.refused[0].reason}")
        undo_run(outcome.run, Runs(runs))
    if job == "undo":
        apply_plan(load_plan(plan), Runs(runs))
    tally = scratch / "tally"
    assert not killer.run_and_kill(job, plan, runs, 0, tally)
    shutil.rmtree(scratch / "0")
    return list(range(first, len(tally.read_text().splitlines()) + 1, EVERY))
