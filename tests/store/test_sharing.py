"""One catalogue, several processes: at once, killed, and again."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sosie.config import load_settings
from sosie.pipeline import find_duplicates
from sosie.report import Report
from tests.pictures import folder_of, groups
from tests.processes import ROOT, start, watched_scan

_OPEN = (
    "import sys; from pathlib import Path; from sosie.store.catalogue import Catalogue; Catalogue(Path(sys.argv[1]))"
)


def many(folder: Path, count: int) -> Path:
    """A folder of unrelated blotches, quick to make."""
    folder.mkdir()
    rng = np.random.default_rng(5)
    for number in range(count):
        coarse = Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8))
        coarse.resize((320, 240), Image.Resampling.BICUBIC).save(folder / f"{number:04}.jpg", quality=85)
    return folder


def located(catalogue: Path) -> int:
    """How many files a catalogue knows; 0 while it is being made."""
    if not catalogue.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{catalogue.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            count: int = connection.execute("SELECT count(*) FROM location").fetchone()[0]
            return count
    except sqlite3.OperationalError:
        return 0


def test_processes_that_create_a_catalogue_at_once_all_succeed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OPEN, str(tmp_path / "c.db")]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(4)]
    errors = [process.communicate(timeout=60)[1] for process in running]
    assert errors == [""] * 4
    assert [process.returncode for process in running] == [0] * 4


def test_two_scans_at_once_into_one_catalogue_give_what_one_gives(tmp_path: Path) -> None:
    folder = many(tmp_path / "many", 100)
    for path in sorted(folder.iterdir())[:20]:
        (folder / f"copy-{path.name}").write_bytes(path.read_bytes() + b"trailing")
    catalogue = tmp_path / "c.db"
    arguments = ("scan", folder, "--method", "hash", "--catalog", catalogue, "--quiet", "--report")
    running = [start(*arguments, tmp_path / f"{number}.json") for number in range(2)]
    for process in running:
        _, error = process.communicate(timeout=60)
        assert (process.returncode, error) == (0, "")
    reports = [Report.from_json((tmp_path / f"{number}.json").read_text()) for number in range(2)]
    alone = find_duplicates(folder, settings=load_settings({"method": "hash", "catalog": tmp_path / "other.db"}))
    assert groups(reports[0]) == groups(reports[1]) == groups(alone)
    assert reports[0].edges == reports[1].edges == alone.edges
    with closing(sqlite3.connect(catalogue)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
def test_a_scan_killed_in_the_middle_goes_on_where_it_was(tmp_path: Path, own_data_dir: Path) -> None:
    folder = many(tmp_path / "many", 800)
    catalogue = own_data_dir / "catalogue.db"
    process = start("scan", folder, "--quiet", "--workers", "1")
    deadline = time.monotonic() + 60
    while not located(catalogue) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    finished = located(catalogue)
    assert 0 < finished < 800, "the scan was to be killed in its middle"
    again = watched_scan(folder, "hash")
    assert again["images"] == 800
    assert len(again["opened"]) == 800 - finished  # type: ignore[arg-type]


def test_a_second_scan_reads_only_what_the_first_did_not_finish(tmp_path: Path, own_data_dir: Path) -> None:
    folder = tmp_path / "shop"
    folder_of(folder, 12, longest=96)
    assert len(watched_scan(folder, "hash")["opened"]) == 12  # type: ignore[arg-type]
    with closing(sqlite3.connect(own_data_dir / "catalogue.db")) as connection:
        connection.execute("DELETE FROM location WHERE CAST(uri AS TEXT) LIKE '%/00%'")
        connection.execute("DELETE FROM memo")
        connection.commit()
    assert watched_scan(folder, "hash")["opened"] == [f"{number:03}.jpg" for number in range(10)]
