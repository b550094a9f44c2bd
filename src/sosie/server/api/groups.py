"""Groups: a filtered list in pages, and one group with everything."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from sosie.server.answers import as_json
from sosie.server.schemas.decisions import GroupFilter
from sosie.server.schemas.results import GroupDetail, Groups
from sosie.server.security.roles import viewer
from sosie.server.state import Shared
from sosie.server.views.choosing import Sort, matching, page_of
from sosie.server.views.detail import detail_of
from sosie.server.views.places import said_by
from sosie.server.views.showing import group_views
from sosie.types import Relation

router = APIRouter(prefix="/api/results/{result}/groups", tags=["results"])

Threshold = Annotated[float | None, Query(gt=0, le=1)]
"""Cosine for `similar` other than the one of the job; groups are formed anew, nothing is stored."""
Size = Annotated[int | None, Query(ge=0, le=2**53)]
Score = Annotated[float | None, Query(ge=0, le=1)]


@router.get("", dependencies=[viewer], response_model=Groups)
def list_groups(
    state: Shared,
    result: str,
    relation: Annotated[list[Relation] | None, Query()] = None,
    brand: Annotated[list[str] | None, Query()] = None,
    cross_brand: bool = False,
    min_size: Size = None,
    max_size: Size = None,
    min_score: Score = None,
    max_score: Score = None,
    source: str = "",
    text: str = "",
    of: Annotated[Literal["any", "open", "settled"], Query(alias="state")] = "any",
    threshold: Threshold = None,
    sort: Sort = "found",
    descending: bool = True,
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Response:
    """List the groups that a filter lets through, a page at a time."""
    wanted = GroupFilter(
        relation=relation or [],
        brand=brand or [],
        cross_brand=cross_brand,
        min_size=min_size,
        max_size=max_size,
        min_score=min_score,
        max_score=max_score,
        source=source,
        text=text,
        state=of,
    )
    found = state.results.get(result)
    grouping = found.grouping_at(threshold)
    asked = found.standings.asked(grouping)
    name = f"groups/{found.id}/{threshold}/{wanted.model_dump_json()}"
    shown = matching(grouping, wanted, asked)
    listing = page_of(grouping, shown, name=name, sort=sort, descending=descending, cursor=cursor, limit=limit)
    return as_json(
        Groups.model_construct(
            groups=group_views(grouping, listing.page.tolist(), asked),
            next=listing.next,
            total=len(listing.every),
            images=int(grouping.size[listing.every].sum()),
            gain=int(grouping.gain[listing.every].sum()),
        )
    )


@router.get("/{group}", dependencies=[viewer], response_model=GroupDetail)
def get_group(state: Shared, result: str, group: str, threshold: Threshold = None) -> Response:
    """Return one group by its key: members with what is decided of them, edges, links to images outside."""
    found = state.results.get(result)
    return as_json(detail_of(found, found.grouping_at(threshold), group, said_by(state.brands)))
