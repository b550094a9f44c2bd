"""What the jobs of one server have cost since it started: by stage, and by step where tasks did the work."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

STAGE = ("done", "seconds")
STEP = ("kept", "rows", "busy", "cpu", "read", "written", "lost", "stragglers")
SPREAD = "spread"

Numbers = dict[str, dict[str, Any]]


class Spending:
    """Adds up what runs tell of themselves; safe from any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._stages: Numbers = {}
        self._steps: Numbers = {}

    def spend(self, account: Account, stages: Sequence[Mapping[str, Any]], steps: Sequence[Mapping[str, Any]]) -> None:
        """Add what is new of one run. Numbers never fall: a straggler stays one although the others got slower."""
        with self._guard:
            for stage in stages:
                _grow(self._stages, account.stages, stage["stage"], {name: stage[name] for name in STAGE})
            for step in steps:
                numbers = {name: step[name] for name in STEP}
                _grow(self._steps, account.steps, step["step"], numbers)
                _spread(self._steps[step["step"]], account.steps[step["step"]], step[SPREAD])

    def shown(self) -> tuple[Numbers, Numbers]:
        """Return the numbers by stage and by step."""
        with self._guard:
            return deepcopy(self._stages), deepcopy(self._steps)


class Account:
    """What has been counted of one run already."""

    def __init__(self) -> None:
        self.stages: Numbers = {}
        self.steps: Numbers = {}


def _grow(total: Numbers, counted: Numbers, name: str, numbers: Mapping[str, float]) -> None:
    sums, before = total.setdefault(name, {}), counted.setdefault(name, {})
    for key, value in numbers.items():
        sums[key] = sums.get(key, 0) + max(value - before.get(key, 0), 0)
        before[key] = max(value, before.get(key, 0))


def _spread(sums: dict[str, Any], before: dict[str, Any], spread: Sequence[int]) -> None:
    old, told = before.get(SPREAD, [0] * len(spread)), sums.get(SPREAD, [0] * len(spread))
    sums[SPREAD] = [number + now - then for number, now, then in zip(told, spread, old, strict=True)]
    before[SPREAD] = list(spread)
