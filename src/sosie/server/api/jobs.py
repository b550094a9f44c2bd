"""Jobs: start, follow, steer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from sse_starlette import EventSourceResponse

from sosie.errors import UsageError
from sosie.server.jobs.events import follow
from sosie.server.jobs.service import Asked
from sosie.server.person import person_of
from sosie.server.schemas.jobs import Job, JobInput, Jobs, JobState
from sosie.server.security.roles import reviewer, viewer
from sosie.server.state import Shared
from sosie.server.views.snapshot import snapshot_of
from sosie.store.jobs import JobRow
from sosie.store.results import load_result

router = APIRouter(prefix="/api/jobs", tags=["jobs"])
_HEARTBEAT = 15


def shown(row: JobRow) -> Job:
    """Return a job as the API shows it."""
    return Job.model_validate(row.shown())


@router.get("", dependencies=[viewer])
def list_jobs(
    state: Shared,
    of: Annotated[JobState | None, Query(alias="state")] = None,
    brand: str = "",
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Jobs:
    """List jobs, newest first."""
    rows, following = state.jobs.page(of, brand, cursor, limit)
    return Jobs(jobs=[shown(row) for row in rows], next=following)


@router.post("", status_code=202, dependencies=[reviewer])
def start_job(state: Shared, request: Request, body: JobInput) -> Job:
    """Start a job over some brands, or all. An equal job that has not ended is given instead of a second one."""
    embedders = None if body.embedders is None else tuple(body.embedders)
    asked = Asked(tuple(body.brands), body.method, embedders, body.threshold, body.sync, body.confirm_cost)
    return shown(state.jobs.submit(asked, person=person_of(request)))


@router.get("/{job}", dependencies=[viewer])
def get_job(state: Shared, job: str) -> Job:
    """Return a job as it stands."""
    return shown(state.jobs.rows.get(job))


@router.post("/{job}/cancel", dependencies=[reviewer])
def cancel_job(state: Shared, job: str) -> Job:
    """Stop a job, wherever it runs; what it has read and computed is kept."""
    return shown(state.jobs.cancel(job))


@router.post("/{job}/retry", status_code=202, dependencies=[reviewer])
def retry_job(state: Shared, job: str) -> Job:
    """Start a job again that failed or was cancelled; it goes on from what was kept."""
    return shown(state.jobs.retry(job))


@router.delete("/{job}", status_code=204, dependencies=[reviewer])
def delete_job(state: Shared, job: str) -> None:
    """Forget a job that has ended, its events and its result."""
    state.jobs.remove(job)


@router.get("/{job}/snapshot", dependencies=[viewer])
def snapshot(state: Shared, job: str, response: Response) -> dict[str, Any]:
    """Return what is worth knowing of a job to somebody who looks for a bug; no images, no names, no secrets."""
    row = state.jobs.rows.get(job)
    report = load_result(state.catalogue, row.id) if row.state == "done" else None
    response.headers["content-disposition"] = f'attachment; filename="sosie-job-{row.id}.json"'
    return snapshot_of(row, report, state.settings, state.catalogue.counts())


@router.get(
    "/{job}/events",
    dependencies=[viewer],
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
def job_events(state: Shared, job: str, last_event_id: Annotated[str | None, Header()] = None) -> EventSourceResponse:
    """Follow a job until it ends. Each event is `job`, its data a Job as JSON, its id rising; Last-Event-ID resumes."""
    after = last_event_id or "0"
    if not (after.isascii() and after.isdigit() and len(after) < 10):
        raise UsageError("Last-Event-ID is no number of an event.", next_step="Leave the header out.")
    state.jobs.rows.get(job)
    return EventSourceResponse(follow(state.jobs.rows, job, int(after)), ping=_HEARTBEAT)
