"""What the neighbours of a pair say of it: which copies to trust, and which variants keep groups apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

Pair = tuple[int, int]

_OUTVOTED = 3
"""Images that both ends of a pair are copies of, from which on the pair is no variant of a product."""


def outvoted_copies(copies: Iterable[Pair], contains: Iterable[Pair]) -> set[Pair]:
    """Return those copies that the neighbours contradict: pages that rather hold the picture than are it.

    For a copy (a, b), every copy of b votes: as what it stands to a, `copy` or `contains`. The same from the other end.
    """
    copies = list(copies)
    near, pages = _neighbours(copies), _neighbours(contains)
    return {(a, b) for a, b in copies if len(near[a] & near[b]) < max(len(pages[a] & near[b]), len(pages[b] & near[a]))}


def standing_variants(variants: Iterable[Pair], copies: Iterable[Pair]) -> list[Pair]:
    """Return those variants that fewer than three common copies contradict.

    Two strong filters of one photo can look like two colours of a product; the photo itself, and other edits of it,
    then are copies of both.
    """
    near = _neighbours(copies)
    return [(a, b) for a, b in variants if len(near[a] & near[b]) < _OUTVOTED]


def _neighbours(pairs: Iterable[Pair]) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        found[a].add(b)
        found[b].add(a)
    return found
