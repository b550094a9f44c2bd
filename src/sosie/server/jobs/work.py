"""One run of one job by this server: what it does in which order, and what it tells on the way."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sosie.errors import CatalogueError, SosieError
from sosie.server.jobs.child import FetchTask, MapTask, ScanTask
from sosie.server.jobs.spending import Account, Spending
from sosie.server.jobs.tally import Tally, told_of
from sosie.server.jobs.worker import Worker
from sosie.server.security.secrecy import discreet
from sosie.store.jobs import JobRow, Jobs

log = logging.getLogger(__name__)
_WORD = 0.25
"""Seconds between two words to those who follow the job."""
_LOOK = 0.4
"""Seconds between two looks at whether somebody wants it to stop."""
_OUTAGE = 60.0
"""Seconds for which the database may be away before the job fails."""

Step = Callable[[str, Callable[[], Any]], Any]
"""Runs a function under a name, or gives what it gave before the last crash."""


class Left(BaseException):
    """This server works no longer on a job: it stops, or another one has taken over. Nothing is to be recorded."""


class Stopped(SosieError):
    """Somebody asked the job to stop."""


@dataclass
class Work:
    """A job that this server has taken. `leaving` is set when the server stops; `spending` adds up what it costs."""

    jobs: Jobs
    taken: JobRow
    worker: Worker
    leaving: threading.Event
    spending: Spending
    account: Account = field(default_factory=Account)
    tally: Tally = field(default_factory=Tally)
    failed: dict[str, str] = field(default_factory=dict)
    images: int = 0
    changed: bool = False
    told: float = 0.0
    looked: float = 0.0
    away_since: float | None = None

    def carry_out(self, step: Step) -> None:
        """Do all of it and write how it ended. Raises `Left`."""
        try:
            self._go(step)
        except Stopped:
            self._end("cancelled")
        except SosieError as error:
            self._end("failed", error.message, error.next_step)
        except Exception as error:
            self._end(
                "failed", discreet(f"It failed ({type(error).__name__}: {error})."), "The server's log says more."
            )
            raise

    def _go(self, step: Step) -> None:
        self.look()
        if self.taken.params.get("sync", True):
            for brand in self.taken.brands:
                self._note_fetch(step(f"fetch {brand}", partial(self._fetch, brand)))
        found = step("scan", self._scan)
        self.tally.fallbacks = list(found["fallbacks"])
        for sentence in self.tally.fallbacks:
            log.info("%s", sentence)
        if not found["images"] and self.failed:
            raise SosieError(_none_fetched(self.failed), next_step="Correct the sources of these brands, then retry.")
        step("save", lambda: self._end("done"))
        self._draw_map()

    def _draw_map(self) -> None:
        """Compute the map while nobody waits for it. A job is done without: then whoever looks at it first waits."""
        self.changed = False
        try:
            self.worker.run(MapTask(), self._hear, self.look)
        except (SosieError, Left) as error:
            log.info("the map of the job was not computed (%s)", type(error).__name__)

    def _fetch(self, brand: str) -> dict[str, Any]:
        return self.worker.run(FetchTask(brand), self._hear, self.look)

    def _note_fetch(self, fetched: Mapping[str, Any]) -> None:
        """Take in what a fetch came to, also one that was finished before a crash."""
        count = fetched["images"]
        news = told_of("fetch", part=fetched["brand"], done=count, total=count, skipped=fetched["skipped"])
        self._hear(news)
        if fetched["error"]:
            self.failed[fetched["brand"]] = fetched["error"]

    def _scan(self) -> dict[str, Any]:
        row = self.taken
        names = {"method": "method", "embedders": "embedders", "threshold": "similarity_threshold"}
        overrides = {setting: row.params[name] for name, setting in names.items() if row.params.get(name) is not None}
        if "embedders" in overrides:
            overrides["embedders"] = tuple(overrides["embedders"])
        if row.params.get("confirm_cost"):
            overrides["paid_images"] = sys.maxsize
        found = self.worker.run(ScanTask(row.id, row.claim, row.brands, overrides), self._hear, self.look)
        if not found["kept"]:
            raise Left
        return found

    def _hear(self, news: Mapping[str, Any]) -> None:
        self.tally.hear(news, time.monotonic())
        self.changed = True

    def look(self) -> None:
        """Tell what is new, and see whether to go on. Raises `Stopped` and `Left`."""
        if self.leaving.is_set():
            raise Left
        now = time.monotonic()
        try:
            if self.changed and now - self.told >= _WORD:
                self._tell()
                self.changed, self.told = False, now
            if now - self.looked >= _LOOK:
                self.looked = now
                self._obey()
            self.away_since = None
        except CatalogueError:
            self.away_since = self.away_since or now
            if now - self.away_since > _OUTAGE:
                raise

    def _tell(self) -> None:
        shown, failed = self.tally.shown(), dict(self.failed)
        self.spending.spend(self.account, shown["stages"], self.tally.steps)
        if self.jobs.tell(self.taken, now=time.time(), progress=shown, failed_brands=failed) is None:
            raise Left

    def _obey(self) -> None:
        match self.jobs.wish(self.taken):
            case "stop":
                raise Stopped("The job was cancelled.")
            case "leave":
                raise Left
            case "go on":
                return

    def _end(self, state: Any, error: str = "", next_step: str = "") -> None:
        self._tell()
        if self.jobs.end(self.taken, state, now=time.time(), error=error, next_step=next_step) is None:
            raise Left


def _none_fetched(failed: Mapping[str, str]) -> str:
    return "No brand could be fetched. " + " ".join(f"{brand}: {reason}" for brand, reason in failed.items())
