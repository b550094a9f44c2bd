"""Functions that other processes are asked to call in these tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np

from sosie.engine.files import RunFiles
from sosie.engine.tables import Columns


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
