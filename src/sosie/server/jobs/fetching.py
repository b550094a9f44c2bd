"""Brands fetched at once, while somebody waits, rather than by a job."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from sosie.config import Settings
from sosie.errors import Busy
from sosie.server.jobs.child import FetchTask
from sosie.server.jobs.worker import Worker, WorkFailed

_AT_ONCE = 2


@dataclass(frozen=True)
class Fetching:
    """Fetches brands in processes of their own, so that the server answers others meanwhile."""

    settings: Settings
    turns: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(_AT_ONCE))

    def fetch(self, brands: Iterable[str]) -> dict[str, str]:
        """Bring brands up to date; return the reason of each that could not be.

        Raises `Busy` when others are waiting for as much already.
        """
        keys = list(brands)
        if not keys:
            return {}
        if not self.turns.acquire(timeout=5):
            raise Busy("Other brands are being fetched.", next_step="Try again in a moment, or start a job.")
        try:
            with Worker(self.settings) as worker:
                return {key: reason for key in keys if (reason := _fetched(worker, key))}
        finally:
            self.turns.release()


def _fetched(worker: Worker, brand: str) -> str:
    try:
        return str(worker.run(FetchTask(brand), lambda _news: None, lambda: None)["error"])
    except WorkFailed as error:
        return str(error)
