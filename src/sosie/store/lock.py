"""One process at a time: a lock that a killed process lets go of."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sosie.errors import RunStopped


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Hold a lock file, created when it is missing. Raises `RunStopped` when another process holds it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise RunStopped(
            f"The lock {file} cannot be taken ({error.strerror}).",
            next_step="Make room or give permission, or name another --catalog.",
        ) from error
    try:
        try:
            _lock(handle)
        except OSError as error:
            raise RunStopped(
                "Another apply or undo of this catalogue is under way.", next_step="Wait until it has ended."
            ) from error
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
