"""How the service is: its back ends, its database, its cache. Nothing paid is asked, nothing twice in ten seconds."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from sosie.config import Settings
from sosie.server.schemas.system import BackEnd
from sosie.server.views.probes import Probes
from sosie.server.views.settings import in_force
from sosie.store.access import AccessStore
from sosie.store.catalogue import Catalogue
from sosie.store.jobs import Jobs

_FRESH = 10.0


@dataclass(frozen=True, slots=True)
class Vitals:
    """What was found when it was last looked at."""

    embedders: tuple[BackEnd, ...]
    database: str
    cache: str
    well: bool
    jobs: dict[str, int]
    images: int
    rate: float
    """Images a second of the jobs that run, of the stage that each is in."""


@dataclass
class Pulse:
    """Looks after how the service is, for all who ask. Raises `CatalogueError` when the database is away."""

    settings: Settings
    catalogue: Catalogue
    probes: Probes = field(default_factory=Probes)
    _found: Vitals | None = None
    _at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def vitals(self) -> Vitals:
        """Return how it is now, or was up to ten seconds ago."""
        with self._lock:
            if self._found is None or time.monotonic() - self._at > _FRESH:
                self._found, self._at = self._look(), time.monotonic()
            return self._found

    def forget(self) -> None:
        """Look anew next time."""
        with self._lock:
            self._found = None

    def _look(self) -> Vitals:
        settings = in_force(self.settings, AccessStore(self.catalogue))
        cache, well = _cache(settings.redis_url)
        jobs = Jobs(self.catalogue)
        return Vitals(
            embedders=self.probes.states(settings),
            database="PostgreSQL" if settings.database_url else "SQLite",
            cache=cache,
            well=well,
            jobs=jobs.counts(),
            images=self.catalogue.counts()["content"],
            rate=_rate(jobs),
        )


def _rate(jobs: Jobs) -> float:
    stages = (row.progress.get("stages") or [{}] for row in jobs.unfinished())
    return sum(float(rows[-1].get("rate") or 0) for rows in stages)


def _cache(url: str) -> tuple[str, bool]:
    if not url:
        return "database", True
    try:
        from redis import Redis, RedisError
    except ImportError:
        return "Redis (its package is missing)", False
    try:
        with Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5) as client:
            client.ping()
    except (RedisError, OSError, ValueError):
        return "Redis (not reachable; the database is used)", False
    return "Redis", True
