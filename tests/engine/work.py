"""Functions that other processes are asked to call in these tests."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sosie.engine.files import RunFiles
from sosie.engine.tables import Columns, unpack


def doubled(number: int) -> int:
    return 2 * number


def refused(number: int) -> int:
    raise ValueError(f"no {number}")


def lost_once(marker: str) -> str:
    """End this process without a word, but only once for each marker."""
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Path(marker).name


def always_lost(_argument: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def counted(_files: RunFiles, number: int) -> Columns:
    return {"number": np.array([number, number**2])}


@dataclass(frozen=True)
class Slice:
    """Some rows of a file; it says that it reads seven bytes from elsewhere."""

    name: str
    rows: range
    outside: int = 7

    def __len__(self) -> int:
        return len(self.rows)


def summed(files: RunFiles, task: Slice) -> Columns:
    rows = unpack(files.read(task.name))["rows"]
    return {"sum": np.array([rows[task.rows.start : task.rows.stop].sum()])}


def counted_after_a_loss(_files: RunFiles, marker: str) -> Columns:
    return {"name": np.array([len(lost_once(marker))])}


def who_is_here(folder: str) -> int:
    """How many calls were at work in a folder when this one was."""
    own = Path(folder) / f"{os.getpid()}-{time.monotonic_ns()}"
    own.touch()
    time.sleep(0.05)
    found = len(list(Path(folder).iterdir()))
    own.unlink()
    return found
