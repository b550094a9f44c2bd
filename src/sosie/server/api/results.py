"""Results: the summary, the histogram, what was skipped, the report itself and its exports."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from sosie.review.exports import Format
from sosie.server.answers import as_json
from sosie.server.schemas.results import Histogram, Map, Regrouped, SkippedPage, Summary
from sosie.server.security.roles import viewer
from sosie.server.state import Shared
from sosie.server.views.copies import exported
from sosie.server.views.cursors import read_cursor, write_cursor
from sosie.server.views.desk import desk_of, rules_of
from sosie.server.views.maps import map_of
from sosie.server.views.showing import printable
from sosie.server.views.summary import histogram_of, summary_of

_REPORT: dict[int | str, Any] = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}

router = APIRouter(prefix="/api/results", tags=["results"])


@router.get("/{result}", dependencies=[viewer])
def get_summary(state: Shared, result: str) -> Summary:
    """Return the summary of a finished job, by its id or as "latest"."""
    return summary_of(state.results.get(result))


@router.get("/{result}/histogram", dependencies=[viewer], response_model=Histogram)
def get_histogram(state: Shared, result: str) -> Response:
    """Return how the scores of pairs are spread, and the cosines that a threshold for `similar` cuts."""
    found = state.results.get(result)
    return as_json(histogram_of(found))


@router.get("/{result}/regroup", dependencies=[viewer])
def get_regrouped(state: Shared, result: str, threshold: Annotated[float, Query(gt=0, le=1)]) -> Regrouped:
    """Tell what another cosine for `similar` would give. Nothing is embedded, nothing stored."""
    return state.results.get(result).looser_from(threshold).count(threshold)


@router.get("/{result}/map", dependencies=[viewer], response_model=Map)
def get_map(state: Shared, result: str, brand: Annotated[list[str] | None, Query()] = None) -> Response:
    """Return all images in a plane, near ones being alike. The job computed it."""
    return as_json(map_of(state.results.get(result), state.catalogue, brand or []))


@router.get("/{result}/skipped", dependencies=[viewer])
def list_skipped(
    state: Shared, result: str, cursor: str = "", limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> SkippedPage:
    """List the images that were given but could not be used, each with its reason."""
    found = state.results.get(result)
    every, name = found.report.skipped, f"skipped/{found.id}"
    begin = read_cursor(cursor, name)
    end = begin + limit
    return SkippedPage(
        skipped=[{"uri": printable(row.uri), "reason": printable(row.reason)} for row in every[begin:end]],
        next=write_cursor(end, name) if end < len(every) else None,
        total=len(every),
    )


@router.get(
    "/{result}/export", dependencies=[viewer], response_class=FileResponse, responses={200: {"content": {"*/*": {}}}}
)
def get_export(
    state: Shared,
    result: str,
    kind: Annotated[Format, Query(alias="format")] = "csv",
    brand: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Return what was found and decided as a file; `urls` gives a ZIP with a list of what is to go for each brand."""
    found = state.results.get(result)
    desk = desk_of(found, state.catalogue, state.brands)
    settings = state.settings
    made = exported(desk, rules_of(settings), kind, brand, originals=state.originals, settings=settings)
    gone = BackgroundTask(made.path.unlink, missing_ok=True)
    name = f"sosie-{found.id}.{made.suffix}"
    return FileResponse(made.path, media_type=made.media, filename=name, background=gone)


@router.get(
    "/{result}/report",
    dependencies=[viewer],
    response_class=Response,
    responses=_REPORT,
)
def get_report(state: Shared, result: str) -> Response:
    """Return the whole report, as `sosie scan --report` writes it."""
    found = state.results.get(result)
    headers = {"content-disposition": f'attachment; filename="sosie-{found.id}.json"'}
    return Response(found.report.to_json(), media_type="application/json", headers=headers)
