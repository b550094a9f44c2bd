"""How a run tells what it is doing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["find", "fetch", "read", "compare", "verify", "embed", "similar", "group"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is. `total` is 0 while it is not known; `skipped` counts since the run began."""

    stage: Stage
    done: int = 0
    total: int = 0
    skipped: int = 0
    last_skipped: str = ""


Listener = Callable[[Progress], None]
"""Called from the thread that called the run, a few times a second at most by stage; may raise `Cancelled`."""


def ignore(_progress: Progress) -> None:
    """Listen to nothing."""
