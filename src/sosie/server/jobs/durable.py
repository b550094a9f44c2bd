"""The seam to DBOS: workflows of checkpointed steps in a queue, on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID, WorkflowHandle
from sqlalchemy import URL, make_url

from sosie.config import Settings
from sosie.server.jobs.work import Step

APPLICATION = "jobs-1"
"""Which order of steps is meant. A release that changes it cannot go on with jobs of the one before; all others can."""
_QUEUE = "sosie-jobs"
_POLL = 0.25
_MOST_DEATHS = 20
"""A job that ends its server so often is not begun again."""

_UNFINISHED = ("PENDING", "ENQUEUED", "DELAYED")


class Durable:
    """The workflows of this process: there can be one of these at a time.

    `execute` is called with a job's name, the attempt and a way to run steps, in a thread of its own, and again after
    each crash.
    """

    def __init__(self, settings: Settings, executor: str, execute: Callable[[str, int, Step], None]) -> None:
        self._settings = settings
        self._executor = executor
        self._execute = execute
        self._workflow: Any = None

    def launch(self) -> None:
        """Begin to work on what is queued, and to go on with what this executor was killed in."""
        config: DBOSConfig = {
            "name": "sosie",
            "system_database_url": system_database(self._settings).render_as_string(hide_password=False),
            "application_version": APPLICATION,
            "executor_id": self._executor,
            "log_level": "ERROR",
            "run_migrations": True,
            "sys_db_pool_size": 8,
        }
        DBOS(config=config)

        @DBOS.workflow(name="job", max_recovery_attempts=_MOST_DEATHS)
        def job(name: str, attempt: int) -> None:
            self._execute(name, attempt, lambda title, work: DBOS.run_step({"name": title}, work))

        self._workflow = job
        DBOS.launch()
        DBOS.register_queue(_QUEUE, worker_concurrency=self._settings.jobs_at_once, polling_interval_sec=_POLL)

    def stop(self) -> None:
        """Let go; what runs is left to be gone on with."""
        DBOS.destroy(destroy_registry=True)

    def enqueue(self, job: str, attempt: int) -> None:
        """Queue an attempt at a job; doing so twice is doing so once."""
        with SetWorkflowID(_id(job, attempt)):
            handle: WorkflowHandle[None] = DBOS.enqueue_workflow(_QUEUE, self._workflow, job, attempt)
        del handle

    def cancel(self, job: str, attempt: int) -> None:
        """Take an attempt out of the queue."""
        DBOS.cancel_workflow(_id(job, attempt))

    def forget(self, job: str, attempts: Iterable[int]) -> None:
        """Remove all that is kept of some attempts."""
        DBOS.delete_workflows([_id(job, attempt) for attempt in attempts])

    def is_under_way(self, job: str, attempt: int) -> bool | None:
        """Tell whether an attempt waits or runs; None when there is none."""
        status = DBOS.get_workflow_status(_id(job, attempt))
        return None if status is None else status.status in _UNFINISHED

    def take_over(self, living: Collection[str]) -> list[str]:
        """Queue again what executors ran that live no longer, and return who they were."""
        pending = DBOS.list_workflows(status=["PENDING"], load_input=False, load_output=False)
        dead = sorted({str(row.executor_id) for row in pending} - set(living))
        if dead:
            DBOS._recover_pending_workflows(dead)
        return dead


def system_database(settings: Settings) -> URL:
    """Return where workflows are kept: in the shared database, or in a file beside the catalogue."""
    if settings.database_url:
        return make_url(settings.database_url).set(drivername="postgresql+psycopg")
    path: Path = settings.catalogue_path
    return URL.create("sqlite", database=str(path.with_suffix(".jobs.db")))


def _id(job: str, attempt: int) -> str:
    return f"{job}-{attempt}"
