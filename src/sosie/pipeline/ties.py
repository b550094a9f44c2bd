"""What is known of contents while they are verified: who is tied to whom, and which pairs that spares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.types import MERGED, Edge

Pair = tuple[int, int]

LIKELY = 0.5
"""Edges with a lower score are more likely wrong than right: they are reported, and join nothing."""
_WITNESSES = 24
"""Copies that an image is proved against before pairs inside its own group are left out."""
_STRONG = 0.95
_PLAINLY = 0.9
"""Score and agreement of a copy from which on it can stand for a pair that it implies."""
_RECOLOURING = frozenset({"invert", "grey", "recolour", "brighten", "darken"})
_MOST_LINKS = 8
"""Strong copies that are remembered of a row: one is enough in common with another."""
_FEWEST_REFUSALS = 4
_MOST_TOGETHER = 64
"""Contents of a cluster: a group of more is verified in several steps."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The way from one image to another over a third one: the matrix, float64 (3, 3), from pixels of the first at full
    size to those of the second, the score of the weaker link, and whether something was added around an image."""

    matrix: NDArray[np.float64]
    score: float
    framed: bool


class Ties:
    """Groups as they grow: contents (rows) that verified copies join, and what holds them together."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))
        self._size = [1] * count
        self._witnesses = [0] * count
        self._links: list[dict[int, tuple[int, Chain]]] = [{} for _ in range(count)]
        self._refused: Counter[Pair] = Counter()

    def root(self, row: int) -> int:
        """Return the row that stands for its group."""
        while self._parent[row] != row:
            self._parent[row] = self._parent[self._parent[row]]
            row = self._parent[row]
        return row

    def proved(self, a: int, b: int) -> bool:
        """Tell whether two rows of one group are each proved against enough others of it."""
        return min(self._witnesses[a], self._witnesses[b]) >= _WITNESSES and self.root(a) == self.root(b)

    def note(self, edge: Edge) -> None:
        """Take in what was found of a pair."""
        a, b = edge.a, edge.b
        if edge.relation not in MERGED:
            if edge.relation != "contains":
                self.refuse(a, b)
            return
        if edge.score < LIKELY:
            return
        self._witnesses[a] += 1
        self._witnesses[b] += 1
        self.join(a, b)
        self._link(edge)

    def join(self, a: int, b: int, most: int = 0) -> None:
        """Make two groups one, unless it would have more than `most` rows (0: any number)."""
        one, two = self.root(a), self.root(b)
        if one == two or 0 < most < self._size[one] + self._size[two]:
            return
        self._parent[two] = one
        self._size[one] += self._size[two]

    def _link(self, edge: Edge) -> None:
        told = edge.evidence
        if edge.score < _STRONG or (told.agreement or 0.0) < _PLAINLY or told.transform is None:
            return
        kinds = {edit.kind for edit in told.edits}
        if _RECOLOURING.isdisjoint(kinds):
            self.link(edge.a, edge.b, Chain(np.array(told.transform), edge.score, "border" in kinds))

    def link(self, a: int, b: int, chain: Chain) -> None:
        """Take in that two rows are strong copies, and how the first lies on the second."""
        for row, other in ((a, b), (b, a)):
            if len(self._links[row]) < _MOST_LINKS:
                self._links[row][other] = (a, chain)

    def links(self, rows: Sequence[int]) -> list[tuple[int, int, Chain]]:
        """Return the strong copies among some rows, as positions in these."""
        at = {row: number for number, row in enumerate(rows)}
        found: dict[Pair, Chain] = {}
        for row in rows:
            for other, (first, chain) in self._links[row].items():
                if other in at:
                    found[at[first], at[other if first == row else row]] = chain
        return [(a, b, found[a, b]) for a, b in sorted(found)]

    def chain(self, a: int, b: int) -> Chain | None:
        """Return the best way from `a` to `b` over one other row; None where no two strong copies make one."""
        mine, theirs = self._links[a], self._links[b]
        ways = [(min(mine[row][1].score, theirs[row][1].score), -row) for row in mine.keys() & theirs.keys()]
        if not ways:
            return None
        score, row = max(ways)
        (_, there), (_, back) = mine[-row], theirs[-row]
        first = there.matrix if mine[-row][0] == a else np.linalg.inv(there.matrix)
        then = back.matrix if theirs[-row][0] != b else np.linalg.inv(back.matrix)
        return Chain(np.asarray(then @ first, np.float64), score, there.framed or back.framed)

    def refuse(self, a: int, b: int) -> None:
        """Take in that a pair is no copy."""
        one, two = sorted((self.root(a), self.root(b)))
        self._refused[one, two] += 1

    def strangers(self) -> Strangers:
        """Return what tells how many more pairs between two groups are worth a look."""
        found: Counter[Pair] = Counter()
        for (a, b), times in self._refused.items():
            one, two = sorted((self.root(a), self.root(b)))
            found[one, two] += times
        self._refused = found
        return Strangers(self, Counter(found))

    def size(self, root: int) -> int:
        """Return how many rows a group has."""
        return self._size[root]


@dataclass(frozen=True, slots=True)
class Strangers:
    """Pairs between groups that were refused or are about to be asked."""

    ties: Ties
    asked: Counter[Pair]

    def ask(self, a: int, b: int) -> bool:
        """Tell whether to ask a pair, and count it: not where two groups were told apart often enough.

        Every member of one group against every member of the other would be asked otherwise.
        """
        one, two = sorted((self.ties.root(a), self.ties.root(b)))
        sizes = self.ties.size(one), self.ties.size(two)
        if one == two or min(sizes) == 1:
            return True
        if self.asked[one, two] >= max(_FEWEST_REFUSALS, sum(sizes) // 2):
            return False
        self.asked[one, two] += 1
        return True


def clusters(pairs: Sequence[Pair]) -> tuple[list[list[Pair]], list[Pair]]:
    """Cut pairs into clusters of contents that share no content, each with its pairs in order, and the pairs between.

    What is found out of a pair can then spare others of its cluster at once, in whatever process.
    """
    ties = Ties(1 + max((max(pair) for pair in pairs), default=0))
    for a, b in pairs:
        ties.join(a, b, most=_MOST_TOGETHER)
    inside: dict[int, list[Pair]] = {}
    between = []
    for a, b in pairs:
        if ties.root(a) == ties.root(b):
            inside.setdefault(ties.root(a), []).append((a, b))
        else:
            between.append((a, b))
    return list(inside.values()), between
