"""Decisions: on one group, on all that a filter shows, taking them back, the log, and CSV."""

from __future__ import annotations

import io
import sys
import time
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, UploadFile

from sosie.review.importing import write_decisions
from sosie.review.retracting import retract
from sosie.server.api.groups import Threshold
from sosie.server.person import person_of
from sosie.server.schemas.decisions import (
    BulkDecided,
    BulkDecision,
    Decided,
    DecisionPage,
    DecisionRow,
    GroupDecision,
    UndoInput,
)
from sosie.server.security.roles import reviewer, viewer
from sosie.server.state import Shared
from sosie.server.views.deciding import decide_group, decide_many
from sosie.server.views.desk import desk_of, rules_of
from sosie.server.views.imports import read_uploaded, record_imported
from sosie.server.views.showing import printable
from sosie.store.decisions import Decision, Decisions

router = APIRouter(prefix="/api", tags=["decisions"])


@router.post("/results/{result}/groups/{group}/decisions", dependencies=[reviewer])
def decide(
    state: Shared, request: Request, result: str, group: str, body: GroupDecision, threshold: Threshold = None
) -> Decided:
    """Decide on a group. With `seen`, the revision that was shown, a decision that came too late is refused (409)."""
    found = state.results.get(result)
    return decide_group(found, found.grouping_at(threshold), group, body, person_of(request))


@router.post("/results/{result}/decisions", dependencies=[reviewer])
def decide_bulk(
    state: Shared, request: Request, result: str, body: BulkDecision, threshold: Threshold = None
) -> BulkDecided:
    """Decide on all groups that a filter shows; with `preview`, only count what that comes to."""
    found = state.results.get(result)
    desk = desk_of(found, state.catalogue, state.brands)
    grouping = found.grouping_at(threshold)
    return decide_many(found, grouping, desk, rules_of(state.settings), body, person_of(request))


@router.post("/decisions/undo", dependencies=[reviewer])
def undo_decisions(state: Shared, request: Request, body: UndoInput) -> Decided:
    """Take decisions back, all or none; the numbers that come back undo that, too."""
    made = retract(Decisions(state.catalogue), body.decisions, person=person_of(request), now=time.time())
    return Decided(decisions=made, revision=max(made, default=0))


@router.get("/decisions", dependencies=[viewer])
def list_decisions(
    state: Shared,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    content: Annotated[str, Query(pattern="^([0-9a-f]{64})?$")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> DecisionPage:
    """List decisions newer than a number, oldest first; of one content when it is named."""
    decisions = Decisions(state.catalogue)
    if content:
        found = [made for made in decisions.history([bytes.fromhex(content)]) if made.id > after][: limit + 1]
    else:
        found = decisions.since(after, most=limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    rows = [_row(made) for made in found[:limit]]
    return DecisionPage(decisions=rows, next=more, revision=decisions.revision())


@router.get(
    "/decisions/export",
    dependencies=[viewer],
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
)
def export_decisions(state: Shared) -> Response:
    """Return all decisions as a CSV file that /api/decisions/import takes: their backup."""
    text = io.StringIO(newline="")
    write_decisions(Decisions(state.catalogue).since(0, most=sys.maxsize), text)
    headers = {"content-disposition": 'attachment; filename="sosie-decisions.csv"'}
    return Response(text.getvalue().encode("utf-8", "surrogateescape"), media_type="text/csv", headers=headers)


@router.post("/decisions/import", dependencies=[reviewer])
def import_decisions(state: Shared, request: Request, file: UploadFile) -> BulkDecided:
    """Take decisions from a CSV file (docs/review.md): all rows or, when one cannot be, none."""
    rows = read_uploaded(file, state.catalogue)
    made = record_imported(rows, Decisions(state.catalogue), person_of(request))
    dropped = sum(row.verdict.kind == "drop" for row in rows)
    return BulkDecided(groups=0, images=len(rows), dropped=dropped, gain=0, decisions=made)


def _row(made: Decision) -> DecisionRow:
    verdict = made.verdict
    return DecisionRow(
        id=made.id,
        kind=verdict.kind,
        contents=[key.hex() for key in verdict.contents],
        keeper=verdict.keeper.hex() if verdict.keeper else None,
        place=printable(verdict.place) if verdict.place is not None else None,
        person=made.person,
        at=made.at,
        reason=made.reason,
    )
