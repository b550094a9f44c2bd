"""Steps of one run: each task's result is a file named by what went into it, and what is there is not done again."""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from sosie.engine.costs import Costs, Done
from sosie.engine.executors import Executor, Needs
from sosie.engine.files import Metered, RunFiles
from sosie.engine.tables import Columns, pack, unpack

__all__ = ["Done", "Run", "Work", "perform"]

Work = Callable[[RunFiles, Any], Columns]
"""What a step does: columns from a task and the files that the task names. A pure function at the top of a module."""


_PIECES = 16
"""Tasks of a step that is not small: enough for some machines to end at about the same time."""


@runtime_checkable
class Reads(Protocol):
    """A task that reads something besides files of the run."""

    @property
    def outside(self) -> int:
        """How many bytes that is."""
        ...


@dataclass(frozen=True, slots=True)
class _Order:
    files: RunFiles
    work: Work
    step: str
    name: str
    task: bytes


@dataclass
class Run:
    """The files of a run and who works on them. `hear` is told of each task that ends, `costs` adds them up.

    `shards`: into how many tasks each step is cut, at most; 0 goes by the number of rows. `needs`: what tasks of a
    step take up, and how many rows they have, where that is not as usual.
    """

    files: RunFiles
    executor: Executor
    shards: int = 0
    hear: Callable[[Done], None] = lambda _done: None
    given: set[str] = field(default_factory=set)
    needs: Mapping[str, Needs] = field(default_factory=dict)
    costs: Costs = field(default_factory=Costs)

    def give(self, kind: str, columns: Columns) -> str:
        """Write what many tasks of a step read, and return its name, which says what is in it."""
        data = pack(columns)
        name = f"given/{kind}-{hashlib.sha256(data).hexdigest()[:32]}.parquet"
        if name not in self.given and not self.files.has(name):
            self.files.write(name, data)
        self.given.add(name)
        return name

    def parts(self, count: int, least: int, most: int, step: str = "") -> list[range]:
        """Cut `count` rows into tasks of `least` to `most` rows, unless the needs of the step or `shards` rule.

        It does not depend on who works: a run that is taken up elsewhere has the same tasks.
        """
        size = self.rows_each(count, least, most, step)
        return [range(start, min(start + size, count)) for start in range(0, count, size or 1)]

    def rows_each(self, count: int, least: int, most: int, step: str = "") -> int:
        """Return how many of `count` rows are in a task, as `parts` says."""
        usual = -(-count // self.shards) if self.shards else min(max(least, -(-count // _PIECES)), most)
        return self._needs(step).batch or usual

    def map(
        self, step: str, work: Work, keys: Sequence[str], load: Callable[[int], Any]
    ) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Yield number and columns of each task as it ends, the ones that were finished before first.

        `keys` say all that a task's result depends on; `load` gives the task itself and is not called for what is
        finished.
        """
        names = [_name(step, key) for key in keys]
        self.costs.begin(step, len(names))
        finished = [number for number, name in enumerate(names) if self.files.has(name)]
        fresh = sorted(set(range(len(names))) - set(finished))
        for number in finished:
            self._note(Done(step, names[number], 0.0, 0, ""))
            yield self._taken(number, names[number])

        def order(position: int) -> _Order:
            number = fresh[position]
            task = pickle.dumps(load(number), pickle.HIGHEST_PROTOCOL)
            return _Order(self.files, work, step, names[number], task)

        lost = self.executor.lost
        for position, done in self.executor.run(perform, len(fresh), order, self._needs(step)):
            self.costs.lose(step, self.executor.lost - lost)
            lost = self.executor.lost
            self._note(done)
            yield self._taken(fresh[position], done.name)

    def _note(self, done: Done) -> None:
        self.costs.add(done)
        self.hear(done)

    def _needs(self, step: str) -> Needs:
        return self.needs.get(step, Needs())

    def _taken(self, number: int, name: str) -> tuple[int, Mapping[str, Any]]:
        return number, unpack(self.files.read(name))

    def forget(self, step: str, key: str) -> None:
        """Remove the result of a task that may come out otherwise the next time."""
        self.files.drop(_name(step, key))

    def close(self) -> None:
        """Let go of the workers; the files stay."""
        self.executor.close()


def perform(order: _Order) -> Done:
    """Carry out one task, unless its result is there: what workers call."""
    worker = f"{platform.node()}:{os.getpid()}"
    if order.files.has(order.name):
        return Done(order.step, order.name, 0.0, 0, worker)
    started, before = time.perf_counter(), time.process_time()
    files = Metered(order.files)
    task = pickle.loads(order.task)  # noqa: S301 - from the process that leads the run
    data = pack(order.work(files, task))
    order.files.write(order.name, data)
    return Done(
        order.step,
        order.name,
        time.perf_counter() - started,
        len(data),
        worker,
        cpu=time.process_time() - before,
        read=len(order.task) + files.count + (task.outside if isinstance(task, Reads) else 0),
        rows=len(task) if isinstance(task, Sized) else 1,
    )


def _name(step: str, key: str) -> str:
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{step}/{digest[:32]}.parquet"
