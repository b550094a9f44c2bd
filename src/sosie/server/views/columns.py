"""Images and edges of a report as columns, so that twenty thousand groups are filtered in milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sosie.report import ImageRecord, Report
from sosie.types import RELATIONS, Edge, Evidence, Relation

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]
CODE: dict[Relation, int] = {relation: code for code, relation in enumerate(RELATIONS)}


@dataclass(frozen=True)
class Images:
    """The images of a report: `brand` are numbers of `brands`, `content` those of `contents` (SHA-256), `weight` is
    in bytes.
    """

    records: Sequence[ImageRecord]
    brands: tuple[str, ...]
    brand: NDArray[np.int32]
    contents: tuple[bytes, ...]
    content: Ids
    weight: Ids

    @classmethod
    def of(cls, records: Sequence[ImageRecord]) -> Images:
        """The columns of these images."""
        brands = tuple(sorted({record.brand for record in records}))
        numbers = {brand: number for number, brand in enumerate(brands)}
        contents: dict[str, int] = {}
        content = [contents.setdefault(record.sha256, len(contents)) for record in records]
        return cls(
            records=records,
            brands=brands,
            brand=np.array([numbers[record.brand] for record in records], np.int32),
            contents=tuple(bytes.fromhex(sha256) for sha256 in contents),
            content=np.array(content, np.int64),
            weight=np.array([record.bytes for record in records], np.int64),
        )

    def __len__(self) -> int:
        return len(self.records)

    @cached_property
    def by_content(self) -> dict[bytes, list[int]]:
        """The images of each content."""
        found: dict[bytes, list[int]] = {}
        for record, content in zip(self.records, self.content.tolist(), strict=True):
            found.setdefault(self.contents[content], []).append(record.id)
        return found

    @cached_property
    def _names(self) -> list[str]:
        return [f"{record.uri}\0{record.title}".casefold() for record in self.records]

    def named(self, text: str) -> Mask:
        """Which images have a text in their URI or title, whatever the case of its letters."""
        part = text.casefold()
        return np.fromiter((part in name for name in self._names), np.bool_, len(self))

    def from_source(self, source: str) -> Mask:
        """Which images come from a source: a folder or the beginning of an address, or the name of a host."""
        begin, host = source.casefold(), f"://{source.casefold().rstrip('/')}/"
        return np.fromiter((name.startswith(begin) or host in name for name in self._names), np.bool_, len(self))


@dataclass(frozen=True)
class Edges:
    """Edges as columns, sorted by `a` and `b`; `relation` are positions in `RELATIONS`.

    `row` says which edge of the report each one is; -1 for a pair that only its cosine joins (`space` names its kind).
    """

    listed: Sequence[Edge]
    a: Ids
    b: Ids
    score: NDArray[np.float32]
    relation: NDArray[np.int8]
    row: Ids
    space: str = ""

    @classmethod
    def of(cls, report: Report) -> Edges:
        """The edges of a report."""
        edges, count = report.edges, len(report.edges)
        return cls(
            listed=edges,
            a=np.fromiter((edge.a for edge in edges), np.int64, count),
            b=np.fromiter((edge.b for edge in edges), np.int64, count),
            score=np.fromiter((edge.score for edge in edges), np.float32, count),
            relation=np.fromiter((CODE[edge.relation] for edge in edges), np.int8, count),
            row=np.arange(count),
        )

    def __len__(self) -> int:
        return len(self.a)

    def edge(self, number: int) -> Edge:
        """The edge with this number, with its evidence."""
        row = int(self.row[number])
        if row >= 0:
            return self.listed[row]
        score = round(float(self.score[number]), 4)
        return Edge(int(self.a[number]), int(self.b[number]), "similar", score, Evidence(cosine={self.space: score}))

    def find(self, a: int, b: int) -> int | None:
        """The number of the edge between two images, if there is one."""
        a, b = sorted((a, b))
        low, high = np.searchsorted(self.a, [a, a + 1])
        at = low + int(np.searchsorted(self.b[low:high], b))
        return at if at < high and self.b[at] == b else None

    @cached_property
    def _touching(self) -> tuple[Ids, Ids]:
        """The numbers of all edges by the images they touch, and where those of each image begin."""
        ends = np.concatenate((self.a, self.b))
        order = np.argsort(ends, kind="stable")
        most = int(ends.max(initial=-1)) + 2
        return order % max(len(self), 1), np.searchsorted(ends[order], np.arange(most)).astype(np.int64)

    def touching(self, images: Ids) -> Ids:
        """The numbers of all edges that touch one of these images, ascending."""
        order, begins = self._touching
        images = images[images < len(begins) - 1]
        parts = [order[begins[image] : begins[image + 1]] for image in images.tolist()]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)

    @cached_property
    def same(self) -> Ids:
        """For each image up to the last with an edge, the first one of equal bytes or pixels."""
        parent = list(range(int(max(self.a.max(initial=-1), self.b.max(initial=-1))) + 1))

        def root(image: int) -> int:
            while parent[image] != image:
                parent[image] = parent[parent[image]]
                image = parent[image]
            return image

        equal = np.flatnonzero(self.relation == CODE["identical"])
        for a, b in zip(self.a[equal].tolist(), self.b[equal].tolist(), strict=True):
            one, other = sorted((root(a), root(b)))
            parent[other] = one
        return np.array([root(image) for image in range(len(parent))], np.int64)

    def first(self, image: int) -> int:
        """The image that stands for all of the same bytes or pixels."""
        return int(self.same[image]) if image < len(self.same) else image
