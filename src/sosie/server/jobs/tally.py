"""How far a job is, from what its worker tells."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_SHOWN_SKIPPED = 20
_SHOWN_RECENT = 12
_SETTLED = 2.0
"""Seconds after which the rate of a stage says something."""


@dataclass(slots=True)
class _Stage:
    name: str
    begun: float
    first: int
    seconds: float = 0.0
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Done and total of each brand; of all of them under the empty name."""

    @property
    def done(self) -> int:
        return sum(done for done, _ in self.parts.values())

    @property
    def total(self) -> int:
        return sum(max(done, total) for done, total in self.parts.values())

    def shown(self) -> dict[str, Any]:
        rate = (self.done - self.first) / self.seconds if self.seconds >= _SETTLED else None
        left = (self.total - self.done) / rate if rate else None
        return {
            "stage": self.name,
            "done": self.done,
            "total": self.total,
            "seconds": round(self.seconds, 2),
            "rate": None if rate is None else round(rate, 2),
            "left": None if left is None else round(left, 1),
        }


@dataclass
class Tally:
    """The stages of one run of a job, in the order in which they began. Times are seconds of any one clock."""

    stages: dict[str, _Stage] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    last_skipped: deque[dict[str, str]] = field(default_factory=lambda: deque(maxlen=_SHOWN_SKIPPED))
    recent: deque[str] = field(default_factory=lambda: deque(maxlen=_SHOWN_RECENT))
    fallbacks: list[str] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    """What tasks have cost so far, as `engine.costs.StepCost` has it."""

    def hear(self, news: Mapping[str, Any], now: float) -> None:
        """Take in what the worker told, as `told_of` gives it."""
        name, part = news["stage"], news["part"]
        stage = self.stages.get(name)
        if stage is None:
            stage = self.stages[name] = _Stage(name, now, first=news["done"])
        stage.parts[part] = (news["done"], news["total"])
        stage.seconds = max(0.0, now - stage.begun)
        self.skipped[part] = max(self.skipped.get(part, 0), news["skipped"])
        self.last_skipped.extend(news["passed"])
        self._pass(news["recent"])
        self.steps = news["steps"] or self.steps
        if news["note"] and news["note"] not in self.fallbacks:
            self.fallbacks.append(news["note"])

    def _pass(self, contents: Sequence[str]) -> None:
        for content in contents:
            if content not in self.recent:
                self.recent.append(content)

    def shown(self) -> dict[str, Any]:
        """Return the fields of `schemas.jobs.Progress`."""
        return {
            "stages": [stage.shown() for stage in self.stages.values()],
            "skipped": sum(self.skipped.values()),
            "last_skipped": list(self.last_skipped),
            "recent": list(self.recent),
            "fallbacks": list(self.fallbacks),
            "steps": [_step_shown(step) for step in self.steps],
        }


def _step_shown(step: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `schemas.jobs.StepCost`."""
    shown = {name: round(value, 2) if isinstance(value, float) else value for name, value in step.items()}
    shown["slowest"] = [{**one, "seconds": round(one["seconds"], 2)} for one in step["slowest"]]
    shown["rate"] = round(step["rows"] / step["seconds"], 2) if step["seconds"] else None
    del shown["spread"]
    return shown


def told_of(
    stage: str,
    *,
    part: str = "",
    done: int = 0,
    total: int = 0,
    skipped: int = 0,
    passed: Sequence[Mapping[str, str]] = (),
    recent: Sequence[str] = (),
    note: str = "",
    steps: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return one piece of news; `part` is the brand that it is about, empty for all together."""
    return {
        "stage": stage,
        "part": part,
        "done": done,
        "total": total,
        "skipped": skipped,
        "passed": list(passed),
        "recent": list(recent),
        "note": note,
        "steps": list(steps),
    }
