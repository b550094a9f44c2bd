"""Copies looked at again without what strangers in the collection share: logos, templates, banners, watermarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sosie.imaging.picture import ImageInfo
from sosie.matching.verification import Prepared
from sosie.matching.verification.commonplace import MANY
from sosie.pipeline.examining import Finding, finding_of
from sosie.types import Edge

_ALL_AGREES = 0.9
"""Copies of which more agrees hold no other goods: what they share with strangers cannot matter."""

_FIRST_SIZE = 256


@dataclass
class Commonplaces:
    """What strangers share in one run: a few hundred bytes for each image that shares anything.

    `times`: how many strangers share keypoints with a content; `held`: how many share each of its keypoints.
    """

    times: Counter[int] = field(default_factory=Counter)
    held: dict[int, NDArray[np.uint16]] = field(default_factory=dict)

    def note(self, a: int, b: int, followed: Sequence[Sequence[int]]) -> None:
        """Count two strangers; `followed` are the rows of the keypoints of each that match all the same."""
        for content, rows in zip((a, b), followed, strict=True):
            self.times[content] += 1
            counts = self.held.get(content, np.zeros(_FIRST_SIZE, np.uint16))
            most = max(rows, default=0)
            if most >= len(counts):
                counts = np.concatenate([counts, np.zeros(most + 1 - len(counts), np.uint16)])
            counts[np.unique(rows)] += 1
            self.held[content] = counts

    def doubtful(self, edges: Sequence[Edge]) -> list[Edge]:
        """Return the copies that may rest on what strangers share: parts differ, and both ends hold such things."""
        return [edge for edge in edges if _differs(edge) and min(self._most(edge.a), self._most(edge.b)) >= MANY]

    def _most(self, content: int) -> int:
        return int(self.held[content].max()) if self.times[content] >= MANY else 0

    def again(
        self, edges: Sequence[Edge], images: Mapping[int, Prepared], infos: Mapping[int, ImageInfo]
    ) -> Iterator[tuple[Edge, Finding]]:
        """Yield doubtful edges and what is found of them without what many strangers share.

        `images` and `infos` are those of all ends.
        """
        for edge in edges:
            ends, counts = (
                (images[edge.a], images[edge.b]),
                (self._counts(edge.a, images), self._counts(edge.b, images)),
            )
            yield edge, finding_of(*ends, (infos[edge.a], infos[edge.b]), counts)

    def _counts(self, content: int, images: Mapping[int, Prepared]) -> NDArray[np.intp]:
        """How many strangers hold each keypoint of a content."""
        counts = np.zeros(len(images[content].places), np.intp)
        held = self.held[content][: len(counts)]
        counts[: len(held)] = held
        return counts


def _differs(edge: Edge) -> bool:
    agreement = edge.evidence.agreement
    return edge.relation in ("copy", "contains") and agreement is not None and agreement < _ALL_AGREES
