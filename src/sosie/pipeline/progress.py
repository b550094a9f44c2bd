"""How a run tells what it is doing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sosie.types import Skipped

Stage = Literal["find", "fetch", "read", "compare", "verify", "embed", "similar", "group"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is. `total` is 0 while it is not known; `skipped` counts since the run began.

    `passed` are those skipped since the last word, `recent` the last contents (SHA-256) that were read since then.
    `note` is a plain sentence when something does not go as it was set up: a back end that was left for another.
    """

    stage: Stage
    done: int = 0
    total: int = 0
    skipped: int = 0
    last_skipped: str = ""
    passed: tuple[Skipped, ...] = ()
    recent: tuple[bytes, ...] = ()
    note: str = ""


Listener = Callable[[Progress], None]
"""Called from the thread that called the run, a few times a second at most by stage; may raise `Cancelled`."""


def ignore(_progress: Progress) -> None:
    """Listen to nothing."""
