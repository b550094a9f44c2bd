"""Which groups of a result are shown, in which order, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sosie.server.schemas.decisions import GroupFilter
from sosie.server.views.columns import CODE, Ids, Mask
from sosie.server.views.cursors import read_cursor, write_cursor
from sosie.server.views.grouping import Grouping

Sort = Literal["gain", "size", "score", "brand", "found"]


@dataclass(frozen=True)
class Listing:
    """A page of groups (their numbers), the cursor of the next page, and all groups that the filter lets through."""

    page: Ids
    next: str | None
    every: Ids


def page_of(
    grouping: Grouping, shown: Mask, *, name: str, sort: Sort, descending: bool, cursor: str, limit: int
) -> Listing:
    """Give one page of the groups of a mask. `name` tells this listing from others, so that cursors are not mixed up.

    A cursor is a place in the order of all groups, shown or not: what is settled meanwhile moves no later page.
    """
    name = f"{name}/{sort}/{descending}"
    order = ordered(grouping, sort, descending=descending)
    after = read_cursor(cursor, name)
    places = np.flatnonzero(shown[order])
    begin = int(np.searchsorted(places, after))
    page = places[begin : begin + limit]
    more = begin + limit < len(places)
    return Listing(order[page], write_cursor(int(page[-1]) + 1, name) if more else None, order[places])


def ordered(grouping: Grouping, sort: Sort, *, descending: bool) -> Ids:
    """Give all groups in an order; equal ones as they were found, and "found" is always that order itself."""
    if sort == "found":
        return np.arange(len(grouping))
    keys: dict[str, NDArray[np.generic]] = {
        "gain": grouping.gain,
        "size": grouping.size,
        "score": grouping.score,
        "brand": grouping.first_brand,
    }
    value = keys[sort].astype(np.float64)
    return np.argsort(-value if descending else value, kind="stable")


def matching(grouping: Grouping, wanted: GroupFilter, asked: Ids) -> Mask:
    """Tell which groups a filter lets through; `asked` is how many images of each wait for a decision."""
    shown = np.ones(len(grouping), np.bool_)
    if wanted.relation:
        shown &= np.isin(grouping.relation, [CODE[relation] for relation in wanted.relation])
    if wanted.brand:
        shown &= _of_brands(grouping, wanted.brand)
    if wanted.cross_brand:
        shown &= grouping.brand_count > 1
    for bound, column in ((wanted.min_size, grouping.size), (wanted.min_score, grouping.score)):
        if bound is not None:
            shown &= column >= bound
    for bound, column in ((wanted.max_size, grouping.size), (wanted.max_score, grouping.score)):
        if bound is not None:
            shown &= column <= bound
    if wanted.source:
        shown &= grouping.having(grouping.images.from_source(wanted.source))
    if wanted.text:
        shown &= grouping.having(grouping.images.named(wanted.text))
    if wanted.state != "any":
        shown &= (asked > 0) == (wanted.state == "open")
    return shown


def _of_brands(grouping: Grouping, brands: list[str]) -> Mask:
    numbers = [number for number, brand in enumerate(grouping.images.brands) if brand in brands]
    group, brand = grouping.in_brand
    found = np.zeros(len(grouping), np.bool_)
    found[group[np.isin(brand, numbers)]] = True
    return found
