"""Whom to ask for the nearest: exactly while that is quick, by cells beyond, with the recall measured on a sample."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sosie.matching.near_cells import EVIDENT, Reach
from sosie.matching.neighbours import Ids, Nearest

Ask = Callable[[Ids, int, Reach | None], Nearest]
"""Gives the nearest of some rows: by cells, as far as a reach says, or exactly without one or for `EVIDENT`."""

EXACT_UP_TO = 20_000
"""Images up to which all are compared with all."""
_SAMPLE = 500
_FIRST = 12
"""Candidates of an image that count: those of the first round."""
_RECALL = 0.995
_TRIES = 3


class Asked:
    """Finds the nearest of `count` images, `exact_up_to` so many exactly.

    Beyond, a sample of rows is also asked exactly. `recall` is the share of its evident candidates that cells find;
    while that is under 0.995, they are asked to look twice as far, twice at most.
    """

    def __init__(self, count: int, ask: Ask, exact_up_to: int = EXACT_UP_TO) -> None:
        self._count, self._ask = count, ask
        self._reach: Reach | None = None
        self.recall = 1.0
        if count > exact_up_to:
            self._settle()

    def _settle(self) -> None:
        draw = np.random.default_rng(2)
        rows = np.sort(draw.choice(self._count, min(_SAMPLE, self._count), replace=False)).astype(np.int64)
        truth = self._ask(rows, _FIRST, EVIDENT)
        reach = Reach()
        for _ in range(_TRIES):
            self._reach, self.recall = reach, recall_of(self._ask(rows, _FIRST, reach), truth)
            if self.recall >= _RECALL:
                return
            reach = reach.further

    def __len__(self) -> int:
        return self._count

    def nearest(self, rows: Ids, count: int) -> Nearest:
        """The `count` nearest others of each row."""
        return self._ask(rows, count, self._reach)

    @property
    def note(self) -> str:
        """What a report says of how candidates were found; nothing where all were compared with all."""
        if self._reach is None:
            return ""
        return (
            f"Candidates were found by cells ({self._reach.visitors} visitors, {self._reach.hits} hits); "
            f"{self.recall:.2%} of a sample's evident candidates were found."
        )


def recall_of(found: Nearest, truth: Nearest) -> float:
    """The share of true candidates that were found for the same row."""
    held = (truth.ids[:, :, None] == found.ids[:, None, :]).any(axis=2)
    wanted = truth.ids >= 0
    return float(held[wanted].mean()) if wanted.any() else 1.0
