"""What routes are handed: settings, the catalogue, the jobs. One object a process."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from sosie import __version__
from sosie.config import Settings
from sosie.server.jobs.fetching import Fetching
from sosie.server.jobs.service import JobService
from sosie.server.metrics import Metrics
from sosie.server.security.access import Access
from sosie.server.views.checks import Checks
from sosie.server.views.health import Pulse
from sosie.server.views.loaded import Results
from sosie.server.views.looking import Likenesses
from sosie.server.views.thumbnails import Thumbnails
from sosie.store.brands import Brands
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals


@dataclass(frozen=True)
class State:
    """All that the routes of one server share. `started` is seconds since 1970."""

    settings: Settings
    catalogue: Catalogue
    originals: Originals
    brands: Brands
    jobs: JobService
    results: Results
    thumbnails: Thumbnails
    checks: Checks
    likenesses: Likenesses
    fetching: Fetching
    access: Access
    pulse: Pulse
    metrics: Metrics
    started: float = field(default_factory=time.time)

    @property
    def version(self) -> str:
        """The version of this server."""
        return __version__

    @property
    def instance(self) -> str:
        """The name of this server among those that share the database."""
        return self.jobs.instance


def state_of(request: Request) -> State:
    """Return the state of the app that a request came to."""
    state: State = request.app.state.sosie
    return state


async def _state(request: Request) -> State:
    return state_of(request)


Shared = Annotated[State, Depends(_state)]
"""The parameter of a route that needs the state."""
