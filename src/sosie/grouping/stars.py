"""Groups of what looks alike: stars around a medoid, or cliques, never chains."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.types import Pairs


@dataclass(frozen=True, slots=True)
class Stars:
    """`labels`: int64 (n,), the centre of each row's group; a row that stands alone is its own centre.

    Every member of a group reaches the threshold of the pairs with the centre itself.
    """

    labels: NDArray[np.int64]

    def groups(self) -> dict[int, list[int]]:
        """Give the members of each group of two or more, by centre; both sorted."""
        order = np.argsort(self.labels, kind="stable")
        centres, starts = np.unique(self.labels[order], return_index=True)
        parts = np.split(order, starts[1:])
        return {int(c): [int(row) for row in part] for c, part in zip(centres, parts, strict=True) if len(part) > 1}


def stars(count: int, pairs: Pairs) -> Stars:
    """Group rows around those that are most similar to most others.

    `pairs`: all pairs at or above the threshold, `score` their similarity. The row with the greatest sum of
    similarities to its neighbours (ties: the lowest row) becomes a centre and takes all neighbours that are still
    free; then the next free one. Deterministic; time and memory are linear in the pairs.
    """
    return StarGraph(count, pairs).at(-np.inf)


class StarGraph:
    """Pairs made ready for being grouped at several thresholds: each costs a pass over the pairs."""

    def __init__(self, count: int, pairs: Pairs) -> None:
        begins, ends = np.concatenate((pairs.a, pairs.b)), np.concatenate((pairs.b, pairs.a))
        score = np.concatenate((pairs.score, pairs.score))
        order = np.lexsort((ends, begins))
        self._count = count
        self._begins, self._ends, self._score = begins[order], ends[order], score[order]

    def at(self, threshold: float) -> Stars:
        """Group by the pairs whose similarity is at or above a threshold, as `stars` does with just these."""
        kept = self._score >= np.float32(threshold)
        begins, ends = self._begins[kept], self._ends[kept]
        weight = np.bincount(begins, self._score[kept].astype(np.float64), self._count)
        starts = np.searchsorted(begins, np.arange(self._count + 1)).tolist()
        linked = np.flatnonzero(np.bincount(begins, minlength=self._count))
        labels = list(range(self._count))
        free = [True] * self._count
        for row in linked[np.lexsort((linked, -weight[linked]))].tolist():
            if free[row]:
                free[row] = False
                for near in ends[starts[row] : starts[row + 1]].tolist():
                    if free[near]:
                        free[near] = False
                        labels[near] = row
        return Stars(np.array(labels, np.int64))


def cliques(count: int, pairs: Pairs) -> Stars:
    """Group rows so that every two members of a group reach the threshold: complete linkage, cut at it.

    Merges the two groups whose least similar members are most similar (ties: the lowest rows), as long as every pair
    between them is one of `pairs`. The centre is the member with the greatest sum of similarities inside the group.
    """
    links: list[dict[int, float]] = [{} for _ in range(count)]
    for a, b, score in zip(pairs.a.tolist(), pairs.b.tolist(), pairs.score.tolist(), strict=True):
        links[a][b] = links[b][a] = score
    heap = [(-score, a, b) for a in range(count) for b, score in links[a].items() if a < b]
    heapq.heapify(heap)
    members: list[list[int]] = [[row] for row in range(count)]
    while heap:
        score, a, b = heapq.heappop(heap)
        if links[a].get(b) == -score:
            _merge(a, b, links, members, heap)
    return Stars(_centres(count, pairs, members))


def _merge(
    a: int, b: int, links: list[dict[int, float]], members: list[list[int]], heap: list[tuple[float, int, int]]
) -> None:
    """Put group b into group a; a link to a third group stays only where both had one, the weaker."""
    both = {other: min(score, links[b][other]) for other, score in links[a].items() if other in links[b]}
    for group in (a, b):
        for other in links[group]:
            links[other].pop(group, None)
    links[a], links[b] = both, {}
    for other, score in both.items():
        links[other][a] = score
        heapq.heappush(heap, (-score, min(a, other), max(a, other)))
    members[a] += members[b]
    members[b] = []


def _centres(count: int, pairs: Pairs, members: list[list[int]]) -> NDArray[np.int64]:
    group = np.empty(count, np.int64)
    for number, rows in enumerate(members):
        group[rows] = number
    inside = group[pairs.a] == group[pairs.b]
    weight = np.zeros(count)
    for end in (pairs.a, pairs.b):
        np.add.at(weight, end[inside], pairs.score[inside].astype(np.float64))
    labels = np.empty(count, np.int64)
    for rows in members:
        if rows:
            labels[rows] = min(rows, key=lambda row: (-weight[row], row))
    return labels
