"""From edges to groups: connected components that one wrong edge cannot weld together."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sosie.types import Pairs


def connected(
    count: int, edges: Pairs, apart: Pairs | None = None, *, witnesses: int = 2, sure: float = 1.0
) -> NDArray[np.int64]:
    """Return a label a row, shape (count,): rows of one group share one, the smallest row among them.

    Edges are taken best score first (ties by row). A single row joins by one edge. Two groups of two or more become
    one when edges between them end in `witnesses` different rows of each, or when one edge has a score of `sure` or
    more: otherwise one mistake, or one page that shows two pictures, would weld strangers together. An edge that would
    put two rows of `apart` under one label is left out, so that the weakest link of a chain gives way. With one witness
    and nothing apart these are the connected components.
    """
    forest = _Forest(list(range(count)), [1] * count, witnesses, sure)
    if apart is not None:
        for a, b in zip(apart.a.tolist(), apart.b.tolist(), strict=True):
            forest.keep_apart(a, b)
    scores = edges.score.astype(np.float64)
    order = np.lexsort((edges.b, edges.a, -scores))
    for a, b, score in zip(edges.a[order].tolist(), edges.b[order].tolist(), scores[order].tolist(), strict=True):
        forest.add(a, b, score)
    return np.array([forest.root(row) for row in range(count)], dtype=np.int64)


@dataclass
class _Link:
    """The edges between two groups: which rows they end in, by group, and the best score."""

    ends: dict[int, set[int]]
    score: float


@dataclass
class _Forest:
    parent: list[int]
    size: list[int]
    witnesses: int
    sure: float
    foes: dict[int, set[int]] = field(default_factory=dict)
    links: dict[int, dict[int, _Link]] = field(default_factory=dict)

    def root(self, row: int) -> int:
        while self.parent[row] != row:
            self.parent[row] = self.parent[self.parent[row]]
            row = self.parent[row]
        return row

    def keep_apart(self, a: int, b: int) -> None:
        self.foes.setdefault(a, set()).add(b)
        self.foes.setdefault(b, set()).add(a)

    def add(self, a: int, b: int, score: float) -> None:
        """Note an edge, and join what can be joined now."""
        one, two = self.root(a), self.root(b)
        if one == two:
            return
        link = self.links.setdefault(one, {}).get(two) or _Link({one: set(), two: set()}, 0.0)
        link.ends[one].add(a)
        link.ends[two].add(b)
        link.score = max(link.score, score)
        self.links[one][two] = self.links.setdefault(two, {})[one] = link
        waiting = deque([(one, two)])
        while waiting:
            first, second = waiting.popleft()
            if self.root(first) == first and self.root(second) == second and self.may_join(first, second):
                waiting.extend(self.join(first, second))

    def may_join(self, a: int, b: int) -> bool:
        if a == b or b in self.foes.get(a, ()):
            return False
        link = self.links.get(a, {}).get(b)
        if link is None:
            return False
        vouched = all(len(rows) >= min(self.witnesses, self.size[end]) for end, rows in link.ends.items())
        return min(self.size[a], self.size[b]) == 1 or vouched or link.score >= self.sure

    def join(self, a: int, b: int) -> list[tuple[int, int]]:
        """Make two groups one, and return the pairs of groups that may follow."""
        a, b = sorted((a, b))
        self.parent[b] = a
        self.size[a] += self.size[b]
        for foe in self.foes.pop(b, set()):
            self.foes[foe].discard(b)
            self.keep_apart(a, foe)
        mine = self.links.setdefault(a, {})
        mine.pop(b, None)
        for other, link in sorted(self.links.pop(b, {}).items()):
            if other == a:
                continue
            del self.links[other][b]
            known = mine.get(other) or _Link({a: set(), other: set()}, 0.0)
            known.ends[a] |= link.ends[b]
            known.ends[other] |= link.ends[other]
            known.score = max(known.score, link.score)
            mine[other] = self.links[other][a] = known
        return [(a, other) for other in sorted(mine)]
