"""Copies looked at again without what strangers in the collection share: logos, templates, banners, watermarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sosie.imaging.picture import ImageInfo
from sosie.matching.verification import Prepared
from sosie.matching.verification.commonplace import MANY, strangers_of
from sosie.pipeline.examining import Finding, finding_of
from sosie.types import Edge

_ALL_AGREES = 0.9
"""Copies of which more agrees hold no other goods: what they share with strangers cannot matter."""

Pair = tuple[int, int]
Rows = tuple[Sequence[int], Sequence[int]]


@dataclass(frozen=True)
class Commonplaces:
    """What strangers share in one run. `followed`: for pairs of strangers the rows of their keypoints that match."""

    followed: Mapping[Pair, Rows]

    def doubtful(self, edges: Sequence[Edge]) -> list[Edge]:
        """Return the copies that may rest on what strangers share: parts differ, and both ends hold such things."""
        times = Counter(row for pair in self.followed for row in pair)
        return [edge for edge in edges if _differs(edge) and min(times[edge.a], times[edge.b]) >= MANY]

    def again(
        self, edges: Sequence[Edge], images: Mapping[int, Prepared], infos: Mapping[int, ImageInfo]
    ) -> Iterator[tuple[Edge, Finding]]:
        """Yield those edges whose ends share keypoints with many strangers, and what is found of them without those.

        `images` and `infos` are those of all ends.
        """
        sizes = {row: len(image.features.points) for row, image in images.items()}
        counts = strangers_of(
            (
                (a, b, np.array(one, np.intp), np.array(other, np.intp))
                for (a, b), (one, other) in self.followed.items()
            ),
            sizes,
        )
        many = {row for row, count in counts.items() if (count >= MANY).any()}
        for edge in edges:
            if edge.a in many and edge.b in many:
                held = counts[edge.a], counts[edge.b]
                yield edge, finding_of(images[edge.a], images[edge.b], (infos[edge.a], infos[edge.b]), held)


def _differs(edge: Edge) -> bool:
    agreement = edge.evidence.agreement
    return edge.relation in ("copy", "contains") and agreement is not None and agreement < _ALL_AGREES
