"""What the neighbours of a pair say of it: which copies to trust, and which variants keep groups apart."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """How many neighbours it takes to contradict what was found of a pair.

    `training/votes_fit.py` fits all three; of those that come with the package `outvoted` is fitted, and the others are
    looser than its small families say (see docs/judge.md).

    `outvoted`: so many images both ends of a variant are copies of, and it is none. `others`: so many copies of an end
    that others confirm make it a member of a group; `confirmed`: a copy that joins it to something else needs more than
    this share of its copies to be copies of the other end as well.
    """

    outvoted: int
    others: int
    confirmed: float


@cache
def fitted_votes() -> Votes:
    """Return the votes that come with the package."""
    written = json.loads((files("sosie.grouping") / "votes.json").read_text(encoding="utf-8"))
    return Votes(outvoted=written["outvoted"], others=written["others"], confirmed=written["confirmed"])


def outvoted_copies(copies: Iterable[Pair], contains: Iterable[Pair]) -> set[Pair]:
    """Return those copies that the neighbours contradict: pages that rather hold the picture than are it.

    For a copy (a, b), every copy of b votes: as what it stands to a, `copy` or `contains`. The same from the other end.
    """
    copies = list(copies)
    near, pages = _neighbours(copies), _neighbours(contains)
    return {(a, b) for a, b in copies if len(near[a] & near[b]) < max(len(pages[a] & near[b]), len(pages[b] & near[a]))}


def lone_copies(copies: Iterable[Pair], votes: Votes | None = None, *, confirming: Iterable[Pair] = ()) -> set[Pair]:
    """Return those copies that nothing confirms: one end has some copies that others confirm, and next to none of its
    copies is one of the other end.

    A blend of two photos is a copy of both, and would join all copies of the one to all of the other. `confirming` are
    further pairs that tell for a copy as other copies do: they confirm, and are not asked about themselves.
    """
    copies, votes = list(copies), votes or fitted_votes()
    near, told = _neighbours(copies), _neighbours([*copies, *confirming])

    def lone(a: int, b: int) -> bool:
        common = len(told[a] & told[b])
        return any(
            common < votes.confirmed * (len(near[end]) - 1) and _confirmed(near, end) >= votes.others for end in (a, b)
        )

    return {(a, b) for a, b in copies if lone(a, b)}


def _confirmed(near: Mapping[int, set[int]], end: int) -> int:
    return sum(not near[end].isdisjoint(near[other]) for other in near[end])


def standing_variants(variants: Iterable[Pair], copies: Iterable[Pair]) -> list[Pair]:
    """Return those variants that fewer common copies than `Votes.outvoted` contradict.

    Two strong filters of one photo can look like two colours of a product; the photo itself, and other edits of it,
    then are copies of both.
    """
    near, enough = _neighbours(copies), fitted_votes().outvoted
    return [(a, b) for a, b in variants if len(near[a] & near[b]) < enough]


def _neighbours(pairs: Iterable[Pair]) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        found[a].add(b)
        found[b].add(a)
    return found
