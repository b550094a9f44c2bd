"""How a run tells what it is doing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sosie.types import Skipped

if TYPE_CHECKING:
    from sosie.engine.costs import StepCost

Stage = Literal["find", "fetch", "read", "compare", "verify", "embed", "similar", "group"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is. `total` is 0 while it is not known; `skipped` counts since the run began.

    `passed` are those skipped since the last word, `recent` the last contents (SHA-256) that were read since then.
    `note` is a plain sentence when something does not go as it was set up: a back end that was left for another.
    `steps` is what tasks on files have cost so far, now and then: empty means nothing new.
    """

    stage: Stage
    done: int = 0
    total: int = 0
    skipped: int = 0
    last_skipped: str = ""
    passed: tuple[Skipped, ...] = ()
    recent: tuple[bytes, ...] = ()
    note: str = ""
    steps: tuple[StepCost, ...] = ()


Listener = Callable[[Progress], None]
"""Called from the thread that called the run, a few times a second at most by stage; may raise `Cancelled`."""


def ignore(_progress: Progress) -> None:
    """Listen to nothing."""


class Accountant:
    """A listener that hands on what it hears, once a second with what `costs` tells; `end` hands on the last word."""

    _PAUSE = 1.0

    def __init__(self, listen: Listener, costs: Callable[[], tuple[StepCost, ...]]) -> None:
        self._listen, self._costs = listen, costs
        self._told = time.monotonic()
        self._last = Progress("find")

    def __call__(self, progress: Progress) -> None:
        """Hear of a run."""
        self._last = progress
        now = time.monotonic()
        if now - self._told >= self._PAUSE:
            self._told, progress = now, replace(progress, steps=self._costs())
        self._listen(progress)

    def end(self) -> None:
        """Tell what all of it has cost, if tasks did it."""
        if steps := self._costs():
            self._listen(replace(self._last, passed=(), recent=(), note="", steps=steps))
