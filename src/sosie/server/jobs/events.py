"""A job as a stream of server-sent events: from any server, from where the reader left off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool

from sosie.errors import NotFound
from sosie.store.jobs import JobRow, Jobs

_POLL = 0.3


async def follow(jobs: Jobs, name: str, after: int) -> AsyncIterator[dict[str, str]]:
    """Yield the events of a job newer than a number, as they come; end once the job has ended or is deleted."""
    while True:
        row = await run_in_threadpool(_standing, jobs, name)
        for number, data in await run_in_threadpool(jobs.events, name, after):
            after = number
            yield {"event": "job", "id": str(number), "data": data}
        if row is None or (row.ended and after >= row.events):
            return
        if after >= row.events:
            await asyncio.sleep(_POLL)


def _standing(jobs: Jobs, name: str) -> JobRow | None:
    try:
        return jobs.get(name)
    except NotFound:
        return None
