"""The process that does the heavy work of one job: it fetches, reads, compares and saves, and tells how far it is.

It ends when told to, and by itself as soon as its server is gone: the catalogue is safe from being left at any moment.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from typing import Any, assert_never

from sosie.config import Settings
from sosie.errors import SosieError, SourceFailure, UsageError
from sosie.pipeline.progress import Progress
from sosie.server.jobs.tally import told_of

log = logging.getLogger(__name__)
_NICE = 5
"""Whoever asks the server something goes before a job."""
_PAUSE = 0.2
"""Seconds between two words about one stage."""


@dataclass(frozen=True, slots=True)
class FetchTask:
    """Bring what is known of one brand up to date with its sources."""

    brand: str


@dataclass(frozen=True, slots=True)
class ScanTask:
    """Find the duplicates in some brands and keep the report as the result of a job, as long as the claim holds."""

    job: str
    claim: int
    brands: tuple[str, ...]
    overrides: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MapTask:
    """Compute the map of what was scanned last, so that nobody has to wait for it."""


Task = FetchTask | ScanTask | MapTask


@dataclass(slots=True)
class _Scanned:
    """What the process remembers of its last scan."""

    job: str = ""
    contents: tuple[bytes, ...] = ()
    spaces: tuple[str, ...] = ()


def serve(pipe: Connection, settings: Settings) -> None:
    """Carry out tasks from a pipe until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches all its processes: the server decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, tasks), daemon=True).start()
    scanned = _Scanned()
    while True:
        task = tasks.get()
        teller = Teller(pipe, task.brand if isinstance(task, FetchTask) else "")
        try:
            value = _carry_out(settings, task, teller, scanned)
            teller.flush()
            pipe.send(("done", value))
        except SosieError as error:
            pipe.send(("failed", error.message, error.next_step))
        except Exception as error:
            log.exception("a job's worker failed")
            pipe.send(("failed", f"It failed ({type(error).__name__}: {error}).", "The server's log says more."))


def _carry_out(settings: Settings, task: Task, teller: Teller, scanned: _Scanned) -> dict[str, Any]:
    match task:
        case FetchTask():
            return _fetch(settings, task, teller)
        case ScanTask():
            return _scan(settings, task, teller, scanned)
        case MapTask():
            return _map(settings, scanned)
        case _:
            assert_never(task)


def _listen(pipe: Connection, tasks: queue.SimpleQueue[Task]) -> None:
    """Hand on tasks; end the process when nobody is there any more to give some, whatever it is doing."""
    while True:
        try:
            tasks.put(pipe.recv())
        except (EOFError, OSError):
            os._exit(1)


@dataclass
class Teller:
    """Sends news of a run through a pipe, a few a second; what was skipped or noted meanwhile goes along."""

    pipe: Connection
    part: str
    clock: Callable[[], float] = time.monotonic
    sent: float = -1.0
    stage: str = ""
    waiting: dict[str, Any] | None = None

    def __call__(self, progress: Progress) -> None:
        """Listen to a run."""
        if progress.stage == "find":
            return
        if progress.stage != self.stage:
            self.flush()
            self.stage, self.sent = progress.stage, -1.0
        before = self.waiting or {"passed": [], "recent": [], "note": "", "steps": []}
        self.waiting = told_of(
            progress.stage,
            part=self.part,
            done=progress.done,
            total=progress.total,
            skipped=progress.skipped,
            passed=[*before["passed"], *({"uri": row.uri, "reason": row.reason} for row in progress.passed)][-20:],
            recent=[*before["recent"], *(key.hex() for key in progress.recent)][-12:],
            note=progress.note or before["note"],
            steps=[asdict(step) for step in progress.steps] or before["steps"],
        )
        if self.clock() - self.sent >= _PAUSE or progress.note:
            self.flush()

    def flush(self) -> None:
        """Send what waits."""
        if self.waiting is not None:
            self.pipe.send(("news", self.waiting))
            self.waiting, self.sent = None, self.clock()


def _fetch(settings: Settings, task: FetchTask, listen: Teller) -> dict[str, Any]:
    from sosie.pipeline.jobs import fetch_brand

    try:
        result = fetch_brand(task.brand, settings, listen)
    except (UsageError, SourceFailure) as error:
        return {"brand": task.brand, "images": 0, "skipped": 0, "error": str(error)}
    why = " ".join(result.failures)
    return {"brand": task.brand, "images": result.images, "skipped": len(result.skipped), "error": why}


def _scan(settings: Settings, task: ScanTask, listen: Teller, scanned: _Scanned) -> dict[str, Any]:
    from sosie.pipeline.jobs import process_brands
    from sosie.store.catalogue import Catalogue
    from sosie.store.results import save_result

    with Catalogue.of(settings) as catalogue:
        report = process_brands(catalogue, task.brands, settings, listen, chosen=task.overrides)
        kept = save_result(catalogue, task.job, task.claim, report, now=time.time())
    scanned.job, scanned.spaces = task.job, tuple(report.spaces)
    scanned.contents = tuple(bytes.fromhex(key) for key in dict.fromkeys(image.sha256 for image in report.images))
    return {"images": len(report.images), "kept": kept, "fallbacks": list(report.fallbacks)}


def _map(settings: Settings, scanned: _Scanned) -> dict[str, Any]:
    from sosie.server.views.maps import places_of
    from sosie.store.catalogue import Catalogue

    with Catalogue.of(settings) as catalogue:
        if scanned.contents:
            places_of(catalogue, scanned.job, scanned.contents, scanned.spaces)
    return {"images": len(scanned.contents)}
