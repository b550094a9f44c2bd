"""The groups of a result as columns: what they are filtered and sorted by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from sosie.review.groups import group_key
from sosie.server.views.columns import CODE, Edges, Ids, Images, Mask
from sosie.server.views.spanning import spanning
from sosie.types import MERGED, RELATIONS, Group


@dataclass(frozen=True)
class Grouping:
    """Groups of the images of a report, and the edges that hold them together."""

    images: Images
    edges: Edges
    groups: Sequence[Group]

    def __len__(self) -> int:
        return len(self.groups)

    @cached_property
    def relation(self) -> NDArray[np.int8]:
        """The relation of each group, as a position in `RELATIONS`."""
        return np.array([CODE[group.relation] for group in self.groups], np.int8)

    @cached_property
    def size(self) -> Ids:
        """How many images each group has."""
        return np.array([len(group.members) for group in self.groups], np.int64)

    @cached_property
    def gain(self) -> Ids:
        """Bytes that the copies in each group take; none for pictures that only look alike."""
        return np.array([group.gain for group in self.groups], np.int64)

    @cached_property
    def members(self) -> Ids:
        """The members of all groups, one group after the other."""
        return np.fromiter(chain.from_iterable(group.members for group in self.groups), np.int64)

    @cached_property
    def starts(self) -> Ids:
        """Where the members of each group begin."""
        return np.cumsum([0, *self.size.tolist()], dtype=np.int64)

    @cached_property
    def owner(self) -> Ids:
        """The group of each entry of `members`."""
        return np.repeat(np.arange(len(self)), self.size)

    @cached_property
    def merged(self) -> Ids:
        """For each image the group in which it is one picture with others, else -1."""
        return self._owners([CODE[relation] for relation in MERGED])

    @cached_property
    def home(self) -> Ids:
        """For each image the closest group that it is in, -1 for none."""
        found = self.merged
        for code in range(len(RELATIONS)):
            found = np.where(found >= 0, found, self._owners([code]))
        return found

    def _owners(self, codes: Sequence[int]) -> Ids:
        found = np.full(len(self.images), -1, np.int64)
        wanted = np.isin(self.relation[self.owner], codes)
        found[self.members[wanted]] = self.owner[wanted]
        return found

    @cached_property
    def in_brand(self) -> tuple[Ids, NDArray[np.int32]]:
        """Each group with each of its brands, once: two columns."""
        wide = max(len(self.images.brands), 1)
        pairs = np.unique(self.owner * wide + self.images.brand[self.members])
        return pairs // wide, (pairs % wide).astype(np.int32)

    @cached_property
    def brand_count(self) -> Ids:
        """How many brands have an image in each group."""
        return np.bincount(self.in_brand[0], minlength=len(self)).astype(np.int64)

    @cached_property
    def first_brand(self) -> NDArray[np.int32]:
        """The first brand of each group in the order of their names."""
        group, brand = self.in_brand
        return brand[np.searchsorted(group, np.arange(len(self)))]

    @cached_property
    def _inner(self) -> tuple[Ids, Ids]:
        """The edges inside groups that speak for them, and the group of each."""
        numbers, owners = [], []
        for code in np.unique(self.relation).tolist():
            kinds = {CODE[relation] for relation in MERGED} | {code}
            layer = self._owners([code])
            group = layer[self.edges.a]
            inside = (group >= 0) & (group == layer[self.edges.b]) & np.isin(self.edges.relation, list(kinds))
            numbers.append(np.flatnonzero(inside))
            owners.append(group[inside])
        empty = np.empty(0, np.int64)
        return np.concatenate([empty, *numbers]), np.concatenate([empty, *owners])

    @cached_property
    def average(self) -> NDArray[np.float64]:
        """Mean score of the edges inside each group."""
        numbers, owners = self._inner
        total = np.bincount(owners, self.edges.score[numbers], len(self))
        return np.asarray(total / np.maximum(np.bincount(owners, minlength=len(self)), 1))

    @cached_property
    def holding(self) -> tuple[Ids, Ids]:
        """The edges that hold groups together, each group's weakest last, and the group of each."""
        numbers, owners = self._inner
        kept = []
        for code in np.unique(self.relation).tolist():
            part = np.flatnonzero(self.relation[owners] == code)
            edges = numbers[part]
            tree = spanning(len(self.images), self.edges.a[edges], self.edges.b[edges], self.edges.score[edges])
            kept.append(part[tree])
        chosen = np.concatenate([np.empty(0, np.int64), *kept])
        order = chosen[np.lexsort((-self.edges.score[numbers[chosen]], owners[chosen]))]
        return numbers[order], owners[order]

    @cached_property
    def weakest(self) -> Ids:
        """The weakest of the edges that hold each group together, -1 where there is none."""
        numbers, owners = self.holding
        found = np.full(len(self), -1, np.int64)
        found[owners] = numbers  # sorted: the last one written is the weakest
        return found

    @cached_property
    def score(self) -> NDArray[np.float32]:
        """The score of the weakest edge that holds each group together, 0 where there is none."""
        if not len(self.edges):
            return np.zeros(len(self), np.float32)
        return np.where(self.weakest >= 0, self.edges.score[self.weakest], np.float32(0))

    @cached_property
    def keys(self) -> list[str]:
        """The name of each group, by its contents."""
        content, contents = self.images.content, self.images.contents
        return [group_key(contents[content[member]] for member in group.members) for group in self.groups]

    @cached_property
    def by_key(self) -> dict[str, int]:
        """The group of each name; of several groups of the same contents the first."""
        return {key: number for number, key in reversed(list(enumerate(self.keys)))}

    def having(self, images: Mask) -> Mask:
        """Which groups hold one of the marked images."""
        found = np.zeros(len(self), np.bool_)
        found[self.owner[images[self.members]]] = True
        return found
