"""The three addresses of the product's first outline that are about images, with their fields."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import time
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from sosie.errors import UsageError
from sosie.server.jobs.service import Asked
from sosie.server.person import person_of
from sosie.server.schemas.outline import OutlineImage, OutlineImages, OutlineProcess, OutlineProcessInput
from sosie.server.security.roles import reviewer
from sosie.server.state import Shared, State
from sosie.server.views.outline import Given, image_id, outline_of
from sosie.store.brands import PASSING, Brand, SourceSpec
from sosie.store.jobs import JobRow
from sosie.store.results import load_result
from sosie.store.upsert import storable

router = APIRouter(prefix="/api", tags=["outline"])
_LOOK = 0.3
_PATIENCE = 3600.0
"""Seconds for which ?wait=true waits; the job goes on after that."""


@router.get("/images", dependencies=[reviewer])
def images(
    state: Shared,
    brands: Annotated[str, Query(max_length=70_000)] = "",
    refresh: bool = False,
    cursor: Annotated[str, Query(max_length=20_000)] = "",
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> OutlineImages:
    """List the images of some brands (names with commas between them), or of all.

    A brand that was never fetched is fetched now; with `refresh`, all of them are.
    """
    known = {row.key: row for row in state.brands.all() if not row.key.startswith(PASSING)}
    wanted = [key.strip() for key in brands.split(",") if key.strip()] or sorted(known)
    there = [key for key in dict.fromkeys(wanted) if key in known]
    due = [key for key in there if refresh or known[key].last_sync is None]
    failed = {key: "There is no such brand." for key in wanted if key not in known}
    failed |= state.fetching.fetch([] if cursor else due)
    counts = state.brands.counts()
    rows = state.brands.page(there, _place(cursor), limit + 1)
    shown = [OutlineImage(id=image_id(row.brand, row.uri), brand=row.brand, url=_text(row.uri)) for row in rows[:limit]]
    return OutlineImages(
        success=bool(there) or not wanted,
        totalImages=sum(counts.get(key, (0, 0))[0] for key in there),
        brandCounts={key: counts.get(key, (0, 0))[0] for key in there},
        failedBrands=_failed(failed),
        images=shown,
        next=_cursor(rows[limit - 1].brand, rows[limit - 1].uri) if len(rows) > limit else None,
    )


@router.post("/process", dependencies=[reviewer])
async def process(state: Shared, request: Request, body: OutlineProcessInput, wait: bool = False) -> OutlineProcess:
    """Find the duplicates among the images of brands, and among images that are given with their addresses.

    Answers with the job at once, or with `wait` once it has ended, with its result.
    """
    row, failed = await run_in_threadpool(_start, state, body, person_of(request))
    given = {image.url: image for image in body.images}
    deadline = time.monotonic() + _PATIENCE
    while wait and not row.ended and time.monotonic() < deadline:
        await asyncio.sleep(_LOOK)
        row = await run_in_threadpool(state.jobs.rows.get, row.id)
    return await run_in_threadpool(_answer, state, row, failed, given)


def _start(state: State, body: OutlineProcessInput, person: str) -> tuple[JobRow, dict[str, str]]:
    known = {row.key for row in state.brands.all()}
    failed = {key[:64]: "There is no such brand." for key in body.brands if key not in known}
    keys = [key for key in body.brands if key in known]
    if body.images:
        keys.append(_passing_brand(state, body.images))
    if not keys and (body.brands or not known):
        raise UsageError("There is nothing to process.", next_step="Name brands that exist, or give images.")
    asked = Asked(tuple(keys), method=body.algorithm, threshold=body.similarityThreshold)
    return state.jobs.submit(asked, person=person), failed


def _passing_brand(state: State, given: Sequence[OutlineImage]) -> str:
    """Return the brand that holds images which were given for one job: equal ones are one brand."""
    urls = sorted({image.url for image in given})
    if not all(url.lower().startswith(("http://", "https://")) for url in urls):
        raise UsageError("An image has no http or https address.", next_step="Upload files to a brand instead.")
    key = PASSING + hashlib.sha256("\n".join(urls).encode()).hexdigest()[:16]
    if state.brands.get(key) is None:
        spec = SourceSpec("urls", {"urls": urls})
        state.brands.save(Brand(key=key, name=f"{len(urls)} images by address", sources=(spec,)))
    return key


def _answer(state: State, row: JobRow, failed: dict[str, str], given: Given) -> OutlineProcess:
    answer = OutlineProcess(success=row.state not in ("failed", "cancelled"), job=row.id, state=row.state)
    answer.failedBrands = _failed({**failed, **row.failed_brands})
    if row.state != "done":
        return answer
    report = load_result(state.catalogue, row.id)
    answer.results = outline_of(report, given)
    answer.totalImages = len(report.images)
    answer.duplicateClusters = len(report.groups)
    answer.totalDuplicateImages = len({member for group in report.groups for member in group.members})
    answer.similarityThreshold = report.params.get("similarity_threshold")
    answer.algorithm = str(report.params.get("embedder", report.params.get("method", "")))
    answer.processingTime = report.timings.get("total")
    answer.performance = {"timings": dict(report.timings), "fallbacks": list(report.fallbacks)}
    return answer


def _failed(reasons: dict[str, str]) -> list[dict[str, str]]:
    return [{"brand": brand, "error": reason} for brand, reason in reasons.items()]


def _text(uri: str) -> str:
    """Return a name as JSON can carry it: odd bytes of file names become question marks."""
    return uri.encode("utf-8", "replace").decode()


def _cursor(brand: str, uri: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([brand, uri]).encode()).decode()


def _place(cursor: str) -> tuple[str, str] | None:
    if not cursor:
        return None
    try:
        brand, uri = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        os.fsencode(uri)
        return storable(brand), uri
    except (ValueError, TypeError, AttributeError) as error:
        raise UsageError("The cursor is not one of this list.", next_step="Begin again without it.") from error
