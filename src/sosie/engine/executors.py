"""Who carries out tasks: this process, or children of it that are replaced when they are lost."""

from __future__ import annotations

import os
import queue
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sosie.engine.children import Child, ChildLost
from sosie.errors import EngineFailure, WorkerLost

TRIES = 4
"""How often a task is begun at the most: one that ends its process every time is given up."""

Function = Callable[[Any], Any]
"""A function at the top of a module, so that other processes find it."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What one task takes up: processors, GPUs (parts of one count), and how many rows it has (0: as many as suits)."""

    cpus: float = 1.0
    gpus: float = 0.0
    batch: int = 0


_USUAL = Needs()


def side_by_side(needs: Needs, cpus: float, gpus: float) -> int:
    """Return how many calls with these needs run at a time. Raises `EngineFailure` where there are too few GPUs."""
    by_cpus = int(cpus / needs.cpus) if needs.cpus else int(cpus)
    if needs.gpus > gpus:
        raise EngineFailure(
            f"A step wants {needs.gpus:g} GPUs, and there are {gpus:g}.",
            next_step="Change the setting steps, or run where there are more.",
        )
    return max(1, min(by_cpus, int(gpus / needs.gpus)) if needs.gpus else by_cpus)


def gpus_here() -> int:
    """Return how many NVIDIA GPUs this machine gives to its programs."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return len([part for part in named.split(",") if part.strip() not in ("", "-1", "none")])
    return len(list(Path("/dev").glob("nvidia[0-9]*")))


class Executor(Protocol):
    """Calls a function for many arguments, in whatever order and wherever it likes.

    `hands`: how many calls run side by side.
    """

    @property
    def hands(self) -> int:
        """How many calls of one processor each run side by side."""
        ...

    @property
    def lost(self) -> int:
        """How often a call was lost with its process or machine so far."""
        ...

    def run(
        self, function: Function, count: int, load: Callable[[int], Any], needs: Needs = _USUAL
    ) -> Iterator[tuple[int, Any]]:
        """Yield number and result of each call as it ends; `load` gives the argument of a number, in any thread.

        So many run side by side as their `needs` allow; `EngineFailure` where not even one fits. A call that is lost
        with its process or machine is made again; `WorkerLost` after the last try. What the function raises is raised
        here, and what is under way then, or when the iterator is closed, is ended.
        """
        ...

    def close(self) -> None:
        """Let go of processes."""
        ...


class Inline:
    """Everything in this process, one after the other."""

    hands = 1
    lost = 0

    def run(
        self, function: Function, count: int, load: Callable[[int], Any], needs: Needs = _USUAL
    ) -> Iterator[tuple[int, Any]]:
        """Yield number and result of each call, in order."""
        side_by_side(needs, 1, gpus_here() if needs.gpus else 0)
        for number in range(count):
            yield number, function(load(number))

    def close(self) -> None:
        """Nothing is held."""


class Pool:
    """Children of this process: as many as `hands`, started when they are first needed."""

    def __init__(self, hands: int) -> None:
        self.hands = hands
        self.lost = 0
        self._idle: list[Child] = []

    def run(
        self, function: Function, count: int, load: Callable[[int], Any], needs: Needs = _USUAL
    ) -> Iterator[tuple[int, Any]]:
        """Yield number and result of each call as it ends, as `Executor` says."""
        batch = _Batch(function, load, deque(range(count)), self._note_loss)
        hands = min(side_by_side(needs, self.hands, gpus_here() if needs.gpus else 0), count)
        threads = [threading.Thread(target=batch.feed, args=(self._idle,)) for _ in range(hands)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(count):
                number, value, error = batch.answers.get()
                if error is not None:
                    raise error
                yield number, value
        finally:
            batch.end()
            for thread in threads:
                thread.join()

    def _note_loss(self) -> None:
        self.lost += 1

    def close(self) -> None:
        """End the children."""
        while self._idle:
            self._idle.pop().stop()


@dataclass
class _Batch:
    """The calls of one run, and what came of them: number, result, error."""

    function: Function
    load: Callable[[int], Any]
    todo: deque[int]
    note_loss: Callable[[], None]
    answers: queue.SimpleQueue[tuple[int, Any, BaseException | None]] = field(default_factory=queue.SimpleQueue)
    lost: Counter[int] = field(default_factory=Counter)
    busy: set[Child] = field(default_factory=set)
    ended: bool = False
    guard: threading.Lock = field(default_factory=threading.Lock)

    def feed(self, idle: list[Child]) -> None:
        """Keep one child busy; runs in a thread of its own."""
        child: Child | None = None
        while (number := self._next()) is not None:
            try:
                child = child or self._take(idle)
                self.answers.put((number, self._ask(child, self.load(number)), None))
            except ChildLost:
                self._lose(child, number)
                child = None
            except BaseException as error:  # raised again by the thread that asked for the run
                self.answers.put((number, None, error))
        if child is not None:
            idle.append(child)

    def _next(self) -> int | None:
        with self.guard:
            return None if self.ended or not self.todo else self.todo.popleft()

    def _take(self, idle: list[Child]) -> Child:
        with self.guard:
            return idle.pop() if idle else Child()

    def _ask(self, child: Child, argument: Any) -> Any:
        with self.guard:
            self.busy.add(child)
        try:
            return child.ask(self.function, argument)
        finally:
            with self.guard:
                self.busy.discard(child)

    def _lose(self, child: Child | None, number: int) -> None:
        if child is not None:
            child.stop()
        with self.guard:
            self.lost[number] += 1
            self.note_loss()
            if self.lost[number] < TRIES:
                self.todo.append(number)
                return
        why = f"A task ended the process that carried it out, {TRIES} times."
        self.answers.put((number, None, WorkerLost(why, next_step="Give it more memory, or use fewer workers.")))

    def end(self) -> None:
        """Begin no further call, and end the children that are still at one."""
        with self.guard:
            self.ended = True
            for child in self.busy:
                child.kill()
