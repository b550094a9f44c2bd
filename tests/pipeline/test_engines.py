"""Whoever does the work, in however many pieces, and whatever happens to them: the report is the same."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sosie.config import Settings, load_settings
from sosie.engine.executors import Inline
from sosie.engine.files import Folder
from sosie.engine.run import Done, Run
from sosie.errors import EngineFailure
from sosie.pipeline import find_duplicates
from sosie.pipeline.progress import Progress
from sosie.pipeline.scan import scan_with
from sosie.pipeline.workshop import task_workshop
from sosie.report import Report
from sosie.sources import FolderSource
from sosie.store.catalogue import Catalogue
from sosie.store.lock import alone
from sosie.types import ImageRef, Skipped
from tests.pictures import picture, write
from tests.processes import ROOT

_KILLED = """
import os, signal, sys
import sosie
from sosie.pipeline.progress import Progress
def listen(progress):
    if progress.stage == sys.argv[2] and progress.done:
        os.kill(os.getpid(), signal.SIGKILL)
sosie.find_duplicates(sys.argv[1], settings=sosie.load_settings({"shards": 5, "workers": 1}), listen=listen)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Originals with copies of several kinds, one file twice, and something that is no image."""
    made = tmp_path_factory.mktemp("shop")
    for seed in range(4):
        pixels = picture(seed, longest=160)
        write(made / f"{seed}.png", pixels)
        write(made / f"{seed}-small.jpg", pixels[::2, ::2], quality=60)
        write(made / f"{seed}-mirror.jpg", pixels[:, ::-1])
        write(made / f"{seed}-crop.jpg", pixels[12:, 20:])
        write(made / f"alone-{seed}.jpg", picture(20 + seed, longest=160))
    (made / "twice.png").write_bytes((made / "0.png").read_bytes())
    (made / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    return made


@pytest.fixture(scope="module")
def plain(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a scan in one process says."""
    settings = load_settings({"data_dir": tmp_path_factory.mktemp("plain"), "embedders": ("builtin",)})
    report = find_duplicates(folder, settings=settings)
    assert len(report.groups) >= 4
    assert len(report.skipped) == 1
    return said(report)


def said(report: Report) -> str:
    """All of a report but its timings."""
    return json.dumps({**json.loads(report.to_json()), "timings": {}})


def settings_for(data: Path, **values: Any) -> Settings:
    return load_settings({"data_dir": data, **values})


@pytest.mark.parametrize("shards", [1, 5, 7])
def test_any_number_of_shards_gives_the_same_report(folder: Path, plain: str, shards: int, tmp_path: Path) -> None:
    report = find_duplicates(folder, settings=settings_for(tmp_path, shards=shards, workers=1))
    assert said(report) == plain
    assert not [path for path in (tmp_path / "runs").iterdir() if path.is_dir()]


def test_candidates_by_cells_make_the_same_groups_and_the_same_report_in_any_number_of_shards(
    folder: Path, plain: str, tmp_path: Path
) -> None:
    whole = find_duplicates(folder, settings=settings_for(tmp_path / "whole", exact_up_to=1))
    assert "evident candidates were found" in whole.fallbacks[0]
    assert json.loads(said(whole))["groups"] == json.loads(plain)["groups"]
    parts = find_duplicates(folder, settings=settings_for(tmp_path / "parts", exact_up_to=1, shards=3, workers=1))
    assert said(parts) == said(whole)


def test_processes_and_shuffled_paths_give_the_same_report(folder: Path, plain: str, tmp_path: Path) -> None:
    paths = sorted(folder.iterdir())
    random.Random(3).shuffle(paths)
    assert said(find_duplicates(paths, settings=settings_for(tmp_path, shards=7, workers=2))) == plain


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found in /proc")
@pytest.mark.parametrize("stage", ["read", "verify"])
def test_a_killed_worker_changes_nothing(folder: Path, plain: str, stage: str, tmp_path: Path) -> None:
    killed: list[int] = []

    def listen(progress: Progress) -> None:
        if progress.stage == stage and progress.done and not killed:
            killed.extend(children()[:1])
            os.kill(killed[0], signal.SIGKILL)

    settings = settings_for(tmp_path, shards=5, workers=2)
    assert said(find_duplicates(folder, settings=settings, listen=listen)) == plain
    assert killed


def children() -> list[int]:
    """The other processes that work for this one."""
    tasks = Path(f"/proc/{os.getpid()}/task").iterdir()
    found = [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
    return [pid for pid in found if b"engine.children" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.mark.parametrize("stage", ["read", "verify", "similar"])
def test_a_killed_run_goes_on_and_does_nothing_again_that_was_finished(
    folder: Path, plain: str, stage: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", _KILLED, str(folder), stage]
    env = {**os.environ, "SOSIE_DATA_DIR": str(tmp_path)}
    assert subprocess.run(command, env=env, cwd=ROOT, timeout=120, check=False).returncode == -signal.SIGKILL
    (left,) = [path for path in (tmp_path / "runs").iterdir() if path.is_dir()]
    finished = {str(path.relative_to(left)) for path in left.rglob("*.parquet")}
    assert any(name.startswith("read/") for name in finished)
    told: list[Done] = []
    settings = settings_for(tmp_path, shards=5, workers=1)
    assert said(resumed(folder, settings, Run(Folder(left), Inline(), 5, told.append))) == plain
    computed = {done.name for done in told if done.seconds}
    assert computed
    assert not computed & finished


def resumed(folder: Path, settings: Settings, run: Run) -> Report:
    """A scan with the files of an earlier one."""
    found = list(FolderSource([str(folder)]).refs())
    refs = [item for item in found if isinstance(item, ImageRef)]
    passed = [item for item in found if isinstance(item, Skipped)]
    with Catalogue.of(settings) as catalogue:
        workshop = task_workshop(run, settings)
        report, _ = scan_with(workshop, catalogue, refs, passed, settings, lambda _p: None, lambda _s: False)
    return report


def test_two_equal_scans_do_not_take_each_other_s_files(folder: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, shards=2, workers=1, method="hash")
    find_duplicates(folder, settings=settings)
    (lock,) = (tmp_path / "runs").glob("*.lock")
    settings.catalogue_path.unlink()  # so that the scan is not answered from memory
    with alone(lock), pytest.raises(EngineFailure, match="under way"):
        find_duplicates(folder, settings=settings)
