"""From edges to groups: connected components that keep apart what must stay apart."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sosie.types import Pairs


def connected(count: int, edges: Pairs, apart: Pairs | None = None) -> NDArray[np.int64]:
    """Return a label a row, shape (count,): rows that edges connect share one, the smallest row among them.

    Edges are taken best score first (ties by row), and one that would put two rows of `apart` under one label is
    left out, so that the weakest link of a chain gives way. Without `apart` these are the connected components.
    """
    forest = _Forest(list(range(count)))
    if apart is not None:
        for a, b in zip(apart.a.tolist(), apart.b.tolist(), strict=True):
            forest.keep_apart(a, b)
    order = np.lexsort((edges.b, edges.a, -edges.score.astype(np.float64)))
    for a, b in zip(edges.a[order].tolist(), edges.b[order].tolist(), strict=True):
        forest.join(a, b)
    return np.array([forest.root(row) for row in range(count)], dtype=np.int64)


@dataclass
class _Forest:
    parent: list[int]
    foes: dict[int, set[int]] = field(default_factory=dict)

    def root(self, row: int) -> int:
        while self.parent[row] != row:
            self.parent[row] = self.parent[self.parent[row]]
            row = self.parent[row]
        return row

    def keep_apart(self, a: int, b: int) -> None:
        self.foes.setdefault(a, set()).add(b)
        self.foes.setdefault(b, set()).add(a)

    def join(self, a: int, b: int) -> None:
        a, b = sorted((self.root(a), self.root(b)))
        if a == b or b in self.foes.get(a, ()):
            return
        self.parent[b] = a
        for foe in self.foes.pop(b, set()):
            self.foes[foe].discard(b)
            self.keep_apart(a, foe)
