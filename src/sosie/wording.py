"""Edges in words: what makes two images the same, as people read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from sosie.report import Report
from sosie.types import Edge, Relation

_LINKS: dict[Relation, str] = {
    "contains": "one image stands inside the other",
    "variant": "the same shot in another colour or pattern",
    "scene": "another photograph of the same object or place",
}


class Links:
    """The edges of a report by what they join: images of equal bytes or pixels stand for each other."""

    def __init__(self, report: Report) -> None:
        self._images = report.images
        self._same = list(range(len(report.images)))
        for edge in report.edges:
            if edge.relation == "identical":
                self._same[self._root(edge.b)] = self._root(edge.a)
        self._edges = {self._pair(edge.a, edge.b): edge for edge in reversed(report.edges)}

    def why(self, member: int, keeper: int) -> str:
        """Return in a few words what makes an image a copy of the keeper of its group."""
        if self._root(member) == self._root(keeper):
            bytes_too = self._images[member].sha256 == self._images[keeper].sha256
            return "the same bytes" if bytes_too else "the same pixels"
        edge = self._edges.get(self._pair(member, keeper))
        return why(edge) if edge is None else in_words(edge)

    def _pair(self, a: int, b: int) -> tuple[int, int]:
        a, b = sorted((self._root(a), self._root(b)))
        return a, b

    def _root(self, image: int) -> int:
        while self._same[image] != image:
            image = self._same[image]
        return image


def why(edge: Edge | None) -> str:
    """Return in a few words what makes an image a copy of the keeper of its group."""
    if edge is None:
        return "a copy of another one here"
    evidence = edge.evidence
    if edge.relation == "similar":
        return f"looks alike ({edge.score:.2f})"
    if evidence.equal:
        return f"the same {evidence.equal}"
    if evidence.edits:
        return ", ".join(edit.text for edit in evidence.edits)
    if evidence.pdq_distance is None:
        return "the same picture"
    turned = "" if evidence.orientation in (None, "same") else f"{evidence.orientation}, "
    return f"{turned}hashes {evidence.pdq_distance} of 256 bits apart"


def in_words(edge: Edge) -> str:
    """Return in a few words what joins two images, whatever their relation."""
    words = _LINKS.get(edge.relation)
    if words is None:
        return why(edge)
    edits = ", ".join(edit.text for edit in edge.evidence.edits)
    return f"{words}: {edits}" if edits else words


def verdict(known: int, edges: Sequence[Edge]) -> str:
    """Return in a sentence whether an image (0) is in the catalogue: `known` times as the same bytes, else as `edges`
    from it (the closest first) say.
    """
    if known:
        return f"This very file is in the catalogue{'' if known == 1 else f' {known:,} times'}."
    if not edges:
        return "The catalogue has nothing that is this picture."
    best = edges[0]
    match best.relation:
        case "identical" | "copy":
            return f"The catalogue has this picture already: {why(best)}."
        case "contains":
            where = "stands inside an image" if best.inner == 0 else "holds an image"
            return f"This picture {where} of the catalogue."
        case "variant":
            return "The catalogue has the same shot in another colour or pattern."
        case "scene":
            return "The catalogue has another photograph of the same object or place."
        case "similar":
            return "The catalogue has pictures that look alike."
        case _:
            assert_never(best.relation)
