"""The jobs of this server: taken in, worked on, steered, and those of dead servers taken over."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Any

from structlog.contextvars import bound_contextvars

from sosie.config import EMBEDDERS, Settings
from sosie.errors import NotFound, SosieError, UsageError
from sosie.server.jobs.durable import Durable
from sosie.server.jobs.spending import Spending
from sosie.server.jobs.work import Step, Work
from sosie.server.jobs.worker import Worker
from sosie.server.views.settings import in_force
from sosie.store.access import AccessStore
from sosie.store.brands import PASSING, Brand, Brands
from sosie.store.catalogue import Catalogue
from sosie.store.instances import Heart, claim_turn
from sosie.store.jobs import JobRow, Jobs, JobState

log = logging.getLogger(__name__)
_BEAT = 1.0
_PATIENCE = 10.0
"""Seconds without a beat after which a server counts as dead."""
_LOST = 5.0
"""Seconds after which a job that waits without a workflow gets one: its server died between the two."""
_DAY = 86400.0
_SETTLE = 5.0
"""Seconds between two looks for what has to be set right."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job is to do; see `schemas.jobs.JobInput`. No brands means all."""

    brands: tuple[str, ...] = ()
    method: str | None = None
    embedders: tuple[str, ...] | None = None
    threshold: float | None = None
    sync: bool = True
    confirm_cost: bool = False

    def params(self) -> dict[str, Any]:
        """Return what is kept as the job's parameters: only what was asked for."""
        embedders = None if self.embedders is None else list(self.embedders)
        value = {"method": self.method, "threshold": self.threshold, "embedders": embedders}
        value |= {"confirm_cost": True} if self.confirm_cost else {}
        return {"sync": self.sync, **{name: item for name, item in value.items() if item is not None}}


class JobService:
    """Starts with `start`, ends with `stop`; there can be one of these in a process at a time."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._brands = Brands(catalogue)
        self._heart = Heart(catalogue, patience=_PATIENCE, clock=time.monotonic)
        self._durable = Durable(settings, self._heart.id, self._execute)
        self._leaving = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="sosie-heart", daemon=True)
        self.rows = Jobs(catalogue)
        """The jobs as they are stored, for reading."""
        self.spending = Spending()
        """What the jobs that this server worked on have cost."""

    @property
    def instance(self) -> str:
        """The name of this server among those that share the database."""
        return self._heart.id

    def start(self) -> None:
        """Begin to work."""
        self._heart.start()
        self._durable.launch()
        self._heart.bury()
        self._set_right()
        self._keeper.start()

    def stop(self) -> None:
        """Leave what runs to the next start, or to another server."""
        self._leaving.set()
        self._keeper.join(10)
        self._heart.stop()
        self._durable.stop()

    def submit(self, asked: Asked, *, person: str = "") -> JobRow:
        """Queue a job, or return the equal one that has not ended.

        Raises `NotFound` for a brand that is not there, `Busy`, and `UsageError` for an embedder that is unknown and
        when there is no brand at all.
        """
        unknown = [name for name in asked.embedders or () if name not in EMBEDDERS]
        if unknown:
            raise UsageError(f"There is no embedder {unknown[0][:64]}.", next_step=f"Known are {', '.join(EMBEDDERS)}.")
        known = [brand.key for brand in self._brands.all()]
        missing = sorted(set(asked.brands) - set(known))
        if missing:
            raise NotFound(f"There is no brand {missing[0][:64]}.", next_step="Add it, or see the list of brands.")
        brands = asked.brands or tuple(key for key in known if not key.startswith(PASSING))
        if not brands:
            raise UsageError("There is no brand yet.", next_step="Add one with its sources first.")
        row, fresh = self.rows.submit(
            brands, asked.params(), now=time.time(), person=person, most_waiting=self._settings.jobs_waiting
        )
        if fresh:
            self._durable.enqueue(row.id, row.attempt)
        return row

    def cancel(self, name: str) -> JobRow:
        """Stop a job wherever it runs, within a second or two. Raises `NotFound`."""
        row = self.rows.cancel(name, now=time.time(), living=self._heart.living())
        if row.ended and self._durable.is_under_way(row.id, row.attempt):
            self._durable.cancel(row.id, row.attempt)
        return row

    def retry(self, name: str) -> JobRow:
        """Queue a job again that failed or was cancelled; it goes on from what was kept. Raises as `Jobs.retry`."""
        row = self.rows.retry(name, now=time.time(), most_waiting=self._settings.jobs_waiting)
        if row.state == "queued":
            self._durable.enqueue(row.id, row.attempt)
        return row

    def remove(self, name: str) -> None:
        """Forget a job that has ended, its events and its result. Raises `NotFound`, `UsageError`."""
        row = self.rows.remove(name)
        self._durable.forget(row.id, range(row.attempt + 1))

    def page(self, state: JobState | None, brand: str, cursor: str, limit: int) -> tuple[list[JobRow], str | None]:
        """Return jobs, newest first, and the cursor of the next page."""
        return self.rows.page(state=state, brand=brand, before=cursor, limit=limit)

    def _execute(self, name: str, attempt: int, step: Step) -> None:
        """Work on a job; called by its workflow, in a thread of its own."""
        taken = self.rows.take(name, self.instance, now=time.time(), attempt=attempt)
        if taken is None:
            return
        settings = in_force(self._settings, AccessStore(self._catalogue))
        with bound_contextvars(job=name), Worker(settings) as worker:
            Work(self.rows, taken, worker, self._leaving, self.spending).carry_out(step)
        for old in self.rows.trim(taken, self._settings.results_kept):
            self._durable.forget(old.id, range(old.attempt + 1))

    def _keep(self) -> None:
        """Beat, and look after what others left; runs in a thread of its own."""
        settled = time.monotonic()
        while not self._leaving.wait(_BEAT):
            try:
                if not self._heart.beat():
                    log.warning("other servers took this one for dead and went on with its jobs")
                if self._heart.bury() or time.monotonic() - settled > _SETTLE:
                    self._set_right()
                    self._look_through_brands()
                    settled = time.monotonic()
            except Exception:
                log.exception("looking after the jobs failed; it is tried again")

    def _set_right(self) -> None:
        """Give every job that has not ended a workflow that works on it, or the end that its workflow came to."""
        for dead in self._durable.take_over(self._heart.living()):
            log.warning("going on with the jobs of %s", dead)
        for row in self.rows.unfinished():
            under_way = self._durable.is_under_way(row.id, row.attempt)
            if under_way is None and time.time() - row.queued > _LOST:
                self._durable.enqueue(row.id, row.attempt)
            elif under_way is False:
                self._give_up(row)

    def _give_up(self, row: JobRow) -> None:
        """End a job whose workflow ended without doing so, if that is still how it stands."""
        again = self.rows.get(row.id)
        if again.ended or again.attempt != row.attempt:
            return
        taken = self.rows.take(row.id, self.instance, now=time.time())
        if taken is not None:
            error = "The job ended its server again and again, or its workflow was ended from outside."
            self.rows.end(taken, "failed", now=time.time(), error=error, next_step="See the server's log, then retry.")

    def _look_through_brands(self) -> None:
        """Put brands to work whose time has come, and forget those that were made for one job."""
        now = time.time()
        for brand in self._brands.all():
            if brand.key.startswith(PASSING) and now - brand.created > _DAY:
                self._brands.remove(brand.key)
            elif brand.every_hours is not None:
                self._put_to_work(brand, now - brand.every_hours * 3600, now)

    def _put_to_work(self, brand: Brand, due_before: float, now: float) -> None:
        if (brand.last_sync or 0) > due_before:
            return
        if claim_turn(self._catalogue, brand.key, due_before=due_before, now=now):
            self._try_to_submit(brand.key)

    def _try_to_submit(self, brand: str) -> None:
        try:
            self.submit(Asked((brand,)), person="schedule")
        except SosieError as error:
            log.warning("the brand %s could not be put to work as scheduled: %s", brand, error)
