"""What joins an image to the one that stays for it, and whether that is enough to let it go without a person."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sosie.types import Edge, Relation

_STRENGTH: Mapping[Relation, int] = {"identical": 0, "copy": 1, "variant": 2, "scene": 3, "similar": 4, "contains": 5}
_SURE = 0.95
"""Score of a copy from which rules may let it go without a person: 95 in 100 such pairs are right."""
_SMALL = 0.03
"""Share of an image below which what is laid over it, a mark or a speck, does not make it another picture."""


class Ways:
    """Finds the most trustworthy chain of edges between two images of a report, each known by its id."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._edges: dict[int, list[Edge]] = {}
        for edge in edges:
            self._edges.setdefault(edge.a, []).append(edge)
            self._edges.setdefault(edge.b, []).append(edge)
        self._tree = _Tree(-1, self._edges)

    def between(self, image: int, keeper: int) -> list[Edge]:
        """Return the edges from an image to its keeper, the closest relations first, then the fewest; or none.

        Quickest when asked for one keeper after the other: what was found on the way to one image serves the next.
        """
        if self._tree.root != keeper:
            self._tree = _Tree(keeper, self._edges)
        return self._tree.way_of(image)

    def doubt(self, image: int, keeper: int) -> str:
        """Return why a copy of a keeper waits for a person although rules would let it go, or an empty text.

        An image with something laid over it is a picture of its own to whoever made it, and two pictures of one design
        look the same to geometry.
        """
        way = self.between(image, keeper)
        if not way and image != keeper:
            return "waits for a decision: nothing that was measured joins it to what is kept"
        for edge in way:
            if edge.relation == "copy" and edge.score < _SURE:
                return f"waits for a decision: only {edge.score:.0%} sure that it is a copy of what is kept"
            if _laid_over(edge) > _SMALL:
                return "waits for a decision: something is laid over it, or over what is kept"
        return ""


def _laid_over(edge: Edge) -> float:
    """Return how much of an image is laid over, as a share of its area."""
    boxes = [box for edit in edge.evidence.edits if edit.kind == "overlay" for box in edit.rectangles]
    return sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)


@dataclass
class _Tree:
    """The best chains to one image, found as far as they were asked for (Dijkstra, by weakest edge, then length)."""

    root: int
    edges: Mapping[int, list[Edge]]
    found: dict[int, Edge | None] = field(default_factory=dict)
    """Images that are settled: the edge that leads from each towards the root."""

    def __post_init__(self) -> None:
        self._steps = self._settle()

    def way_of(self, image: int) -> list[Edge]:
        """Return the edges from an image to the root, or none."""
        while image not in self.found:
            if next(self._steps, None) is None:
                return []
        way: list[Edge] = []
        while (edge := self.found[image]) is not None:
            way.append(edge)
            image = edge.b if edge.a == image else edge.a
        return way

    def _settle(self) -> Iterator[int]:
        queue: list[tuple[int, int, int, int, Edge | None]] = [(0, 0, 0, self.root, None)]
        count = 0
        while queue:
            weakest, length, _, here, edge = heapq.heappop(queue)
            if here in self.found:
                continue
            self.found[here] = edge
            for nearer in self.edges.get(here, ()):
                there = nearer.b if nearer.a == here else nearer.a
                if there not in self.found:
                    count += 1
                    step = max(weakest, _STRENGTH[nearer.relation])
                    heapq.heappush(queue, (step, length + 1, count, there, nearer))
            yield here
