"""What the steps of a run have cost: how much was done, how fast, with how many bytes, and which tasks lagged."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from dataclasses import dataclass, field

BUCKETS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Seconds up to which tasks are counted together in `StepCost.spread`."""
_TIMES = 3.0
"""A task that takes so many times the median of its step is a straggler, if it is also a second longer."""
_LONGER = 1.0
_SLOWEST = 3


@dataclass(frozen=True, slots=True)
class Done:
    """One finished task: seconds that it took (0 when it was finished before), bytes written, and who did it.

    `cpu`: seconds of processor; `read`: bytes that came to it, with the task itself; `rows`: images or pairs in it.
    """

    step: str
    name: str
    seconds: float
    size: int
    worker: str
    cpu: float = 0.0
    read: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Straggler:
    """A task that took far longer than most of its step: its file, seconds, and who did it (`HOST:PID`)."""

    task: str
    seconds: float
    worker: str


@dataclass(frozen=True, slots=True)
class StepCost:
    """What one step has cost so far.

    `tasks` of `total` are done; for `kept` of them the result was there already, and all else counts the others only.
    `rows`: images, or pairs where pairs are verified. `seconds` by the clock, `busy` those of all tasks together, `cpu`
    those of processor. `read` and `written` are bytes, `lost` tasks begun again since their process or machine was
    lost. `median`: seconds of a task. `stragglers`: how many took over three times that and a second more; `slowest`
    are the worst three. `spread`: how many tasks took up to each of `BUCKETS` seconds and more than the one before,
    and last those beyond.
    """

    step: str
    tasks: int
    total: int
    kept: int
    rows: int
    seconds: float
    busy: float
    cpu: float
    read: int
    written: int
    lost: int
    median: float
    stragglers: int
    slowest: tuple[Straggler, ...]
    spread: tuple[int, ...]

    @property
    def rate(self) -> float:
        """Rows a second by the clock, 0 where nothing was done."""
        return self.rows / self.seconds if self.seconds else 0.0


@dataclass
class _Step:
    name: str
    begun: float
    last: float
    total: int = 0
    kept: int = 0
    rows: int = 0
    before: float = 0.0
    busy: float = 0.0
    cpu: float = 0.0
    read: int = 0
    written: int = 0
    lost: int = 0
    durations: list[float] = field(default_factory=list)
    slowest: list[Straggler] = field(default_factory=list)
    spread: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))

    def add(self, done: Done) -> None:
        self.rows += done.rows
        self.busy += done.seconds
        self.cpu += done.cpu
        self.read += done.read
        self.written += done.size
        insort(self.durations, done.seconds)
        self.spread[bisect_left(BUCKETS, done.seconds)] += 1
        named = [*self.slowest, Straggler(done.name, done.seconds, done.worker)]
        self.slowest = sorted(named, key=lambda one: (-one.seconds, one.task))[:_SLOWEST]

    def shown(self) -> StepCost:
        median = self.durations[len(self.durations) // 2] if self.durations else 0.0
        limit = max(_TIMES * median, median + _LONGER)
        return StepCost(
            self.name,
            tasks=self.kept + len(self.durations),
            total=self.total,
            kept=self.kept,
            rows=self.rows,
            seconds=self.before + self.last - self.begun,
            busy=self.busy,
            cpu=self.cpu,
            read=self.read,
            written=self.written,
            lost=self.lost,
            median=median,
            stragglers=len(self.durations) - bisect_right(self.durations, limit),
            slowest=tuple(one for one in self.slowest if one.seconds > limit),
            spread=tuple(self.spread),
        )


class Costs:
    """Adds up what tasks cost, by step, in the order in which steps began. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._steps: dict[str, _Step] = {}

    def begin(self, step: str, tasks: int) -> None:
        """So many more tasks of a step are under way; a step may begin several times."""
        now = self._clock()
        known = self._steps.setdefault(step, _Step(step, now, now))
        known.before += known.last - known.begun
        known.begun = known.last = now
        known.total += tasks

    def add(self, done: Done) -> None:
        """A task of a step that began has ended."""
        step = self._steps[done.step]
        if not done.seconds:
            step.kept += 1
            return
        step.last = self._clock()
        step.add(done)

    def lose(self, step: str, tasks: int) -> None:
        """So many tasks of a step were begun again."""
        self._steps[step].lost += tasks

    def shown(self) -> tuple[StepCost, ...]:
        """Return what each step has cost so far."""
        return tuple(step.shown() for step in self._steps.values())
