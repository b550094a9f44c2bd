"""Groups of `similar` at another threshold, formed from the pairs that are kept with a result: nothing is embedded."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sosie.grouping.stars import StarGraph
from sosie.server.schemas.results import Regrouped
from sosie.server.views.columns import CODE, Edges, Ids
from sosie.server.views.grouping import Grouping
from sosie.types import MERGED, Group, Pairs

_REASON = "the one that is most like all others of its group"
Foes = dict[int, set[int]]
"""Contents (their numbers) that somebody set apart."""


@dataclass(frozen=True)
class Pictures:
    """The pictures of a result: groups of copies, then images that stand alone; what stars are formed of.

    `of_image`: the picture of each image. `keeper`: the image that stands for each picture.
    """

    of_image: Ids
    keeper: Ids

    @classmethod
    def of(cls, grouping: Grouping) -> Pictures:
        """The pictures of a grouping, in the order in which a scan takes them: equal sums go to the first."""
        merged = [group for group in grouping.groups if group.relation in MERGED]
        of_image = np.full(len(grouping.images), -1, np.int64)
        for number, group in enumerate(merged):
            of_image[list(group.members)] = number
        alone = np.flatnonzero(of_image < 0)
        contents, content = grouping.images.contents, grouping.images.content
        ranked = np.array(sorted(alone.tolist(), key=lambda image: contents[content[image]]), np.int64)
        of_image[ranked] = len(merged) + np.arange(len(ranked))
        keepers = np.array([group.keeper for group in merged], np.int64)
        return cls(of_image, np.concatenate((keepers, ranked)))

    @cached_property
    def sizes(self) -> Ids:
        """How many images each picture has."""
        return np.bincount(self.of_image, minlength=len(self.keeper)).astype(np.int64)


class Looser:
    """The pairs kept with a result, ready for any threshold from `lowest` on."""

    def __init__(self, base: Grouping, pairs: Pairs, lowest: float, space: str) -> None:
        self._base, self._pairs, self.lowest, self._space = base, pairs, lowest, space
        self._pictures = Pictures.of(base)
        one, other = self._pictures.of_image[pairs.a], self._pictures.of_image[pairs.b]
        low, high = np.minimum(one, other), np.maximum(one, other)
        self._graph = StarGraph(len(self._pictures.keeper), Pairs(low, high, pairs.score))

    @property
    def cosines(self) -> NDArray[np.float32]:
        """The cosines of all pairs."""
        return self._pairs.score

    def count(self, threshold: float) -> Regrouped:
        """Tell what groups there would be, without forming them."""
        started = time.perf_counter()
        labels = self._graph.at(threshold).labels
        pictures = np.bincount(labels, minlength=len(labels))
        images = np.bincount(labels, self._pictures.sizes, len(labels)).astype(np.int64)[pictures > 1]
        return Regrouped(
            threshold=threshold,
            groups=len(images),
            images=int(images.sum()),
            largest=int(images.max(initial=0)),
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )

    def grouping(self, threshold: float, foes: Foes) -> Grouping:
        """Form the groups: those of copies as they are, those of look-alikes anew."""
        kept = [group for group in self._base.groups if group.relation != "similar"]
        found = self._graph.at(threshold).groups()
        order = np.argsort(self._pictures.of_image, kind="stable")
        begins = np.searchsorted(self._pictures.of_image[order], np.arange(len(self._pictures.keeper) + 1)).tolist()
        images: list[int] = order.tolist()
        alike = []
        for centre, rows in found.items():
            parts = [images[begins[row] : begins[row + 1]] for row in (centre, *(row for row in rows if row != centre))]
            members = self._not_apart(parts, foes) if foes else [image for part in parts for image in part]
            if len(members) > len(parts[0]):
                keeper = int(self._pictures.keeper[centre])
                alike.append(Group(0, "similar", tuple(sorted(members)), keeper, _REASON))
        alike.sort(key=lambda group: group.members)
        groups = [*kept, *(_numbered(group, len(kept) + number) for number, group in enumerate(alike))]
        return Grouping(self._base.images, self._edges(threshold), groups)

    def _not_apart(self, pictures: list[list[int]], foes: Foes) -> list[int]:
        """The images of the first picture and of those that nobody has set apart from what is in the group already."""
        content = self._base.images.content
        members: list[int] = []
        held: set[int] = set()
        for picture in pictures:
            contents = {int(content[image]) for image in picture}
            if not any(foes.get(number, set()) & held for number in contents):
                members += picture
                held |= contents
        return members

    def _edges(self, threshold: float) -> Edges:
        """The edges of the report, those of `similar` replaced by the pairs that reach the threshold."""
        base, pairs = self._base.edges, self._pairs
        stay = np.flatnonzero(base.relation != CODE["similar"])
        wide = len(self._base.images)
        closer = base.a[stay] * wide + base.b[stay]
        take = np.flatnonzero((pairs.score >= np.float32(threshold)) & ~np.isin(pairs.a * wide + pairs.b, closer))
        a, b = np.concatenate((base.a[stay], pairs.a[take])), np.concatenate((base.b[stay], pairs.b[take]))
        order = np.lexsort((b, a))
        relation = np.concatenate((base.relation[stay], np.full(len(take), CODE["similar"], np.int8)))
        score = np.concatenate((base.score[stay], pairs.score[take]))
        row = np.concatenate((base.row[stay], np.full(len(take), -1, np.int64)))
        return Edges(base.listed, a[order], b[order], score[order], relation[order], row[order], self._space)


def _numbered(group: Group, number: int) -> Group:
    return Group(number, group.relation, group.members, group.keeper, group.reason, group.gain)
