"""Work that several threads ask for at the same time, done in one go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class _Asked(Generic[Item, Answer]):
    def __init__(self, item: Item) -> None:
        self.item = item
        self.answers: list[Answer] = []


class Together(Generic[Item, Answer]):
    """Gathers what threads ask for while one of them works, and lets the next one do all of it at once.

    `work` gives one answer an item. It pays where one call for many costs little more than one for one, and costs
    nothing when nobody else asks. An error of `work` is raised in the thread that worked; the others try again.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Answer]], most: int = 32) -> None:
        self._work, self._most = work, most
        self._entering, self._working = threading.Lock(), threading.Lock()
        self._waiting: list[_Asked[Item, Answer]] = []

    def ask(self, item: Item) -> Answer:
        """Give the answer for one item."""
        asked = _Asked[Item, Answer](item)
        with self._entering:
            self._waiting.append(asked)
        while True:
            with self._working:
                if not asked.answers:
                    self._work_off(asked)
            if asked.answers:
                return asked.answers[0]

    def _work_off(self, first: _Asked[Item, Answer]) -> None:
        with self._entering:
            others = [asked for asked in self._waiting if asked is not first]
            several = [first, *others[: self._most - 1]]
            self._waiting = others[self._most - 1 :]
        try:
            answers = self._work([asked.item for asked in several])
        except BaseException:
            with self._entering:
                self._waiting += several[1:]
            raise
        for asked, answer in zip(several, answers, strict=True):
            asked.answers.append(answer)
