"""What the neighbours of a pair say of it: which copies to trust, and which variants keep groups apart."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

Pair = tuple[int, int]

_OTHERS = 4
_CONFIRMED = 0.05
"""Share of the other copies of one end that must be copies of the other end as well, where there are `_OTHERS`."""


@cache
def votes_needed() -> int:
    """Return how many images both ends of a pair must be copies of for the pair to be no variant of a product.

    Fitted by `training/votes_fit.py`.
    """
    written = json.loads((files("sosie.grouping") / "votes.json").read_text(encoding="utf-8"))
    return int(written["outvoted"])


def outvoted_copies(copies: Iterable[Pair], contains: Iterable[Pair]) -> set[Pair]:
    """Return those copies that the neighbours contradict: pages that rather hold the picture than are it.

    For a copy (a, b), every copy of b votes: as what it stands to a, `copy` or `contains`. The same from the other end.
    """
    copies = list(copies)
    near, pages = _neighbours(copies), _neighbours(contains)
    return {(a, b) for a, b in copies if len(near[a] & near[b]) < max(len(pages[a] & near[b]), len(pages[b] & near[a]))}


def lone_copies(copies: Iterable[Pair]) -> set[Pair]:
    """Return those copies that nothing confirms: one end has four copies or more that others confirm, and next to none
    of its copies is one of the other end.

    A blend of two photos is a copy of both, and would join all copies of the one to all of the other.
    """
    copies = list(copies)
    near = _neighbours(copies)

    def lone(a: int, b: int) -> bool:
        common = len(near[a] & near[b])
        return any(common < _CONFIRMED * (len(near[end]) - 1) and _confirmed(near, end) >= _OTHERS for end in (a, b))

    return {(a, b) for a, b in copies if lone(a, b)}


def _confirmed(near: Mapping[int, set[int]], end: int) -> int:
    return sum(not near[end].isdisjoint(near[other]) for other in near[end])


def standing_variants(variants: Iterable[Pair], copies: Iterable[Pair]) -> list[Pair]:
    """Return those variants that fewer common copies than `votes_needed` contradict.

    Two strong filters of one photo can look like two colours of a product; the photo itself, and other edits of it,
    then are copies of both.
    """
    near, enough = _neighbours(copies), votes_needed()
    return [(a, b) for a, b in variants if len(near[a] & near[b]) < enough]


def _neighbours(pairs: Iterable[Pair]) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        found[a].add(b)
        found[b].add(a)
    return found
