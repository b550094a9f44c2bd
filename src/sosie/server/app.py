"""The service: the API and the interface over one catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from sosie import __version__
from sosie.config import Settings
from sosie.server import problems, ui
from sosie.server.api import (
    actions,
    brands,
    check,
    contents,
    decisions,
    evidence,
    groups,
    jobs,
    looking,
    outline,
    pairs,
    results,
    rules,
    session,
    system,
    uploads,
)
from sosie.server.description import describe
from sosie.server.jobs.fetching import Fetching
from sosie.server.jobs.service import JobService
from sosie.server.metrics import Metrics
from sosie.server.security.access import Access
from sosie.server.security.gate import Gate
from sosie.server.state import State
from sosie.server.views.checks import Checks
from sosie.server.views.health import Pulse
from sosie.server.views.looking import Likenesses
from sosie.server.views.stored import results_of
from sosie.server.views.thumbnails import Thumbnails
from sosie.server.witness import Witness
from sosie.store.brands import Brands
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals

ROUTERS = (
    check.router,
    groups.router,
    contents.router,
    session.router,
    system.router,
    system.numbers,
    brands.router,
    uploads.router,
    jobs.router,
    outline.router,
    results.router,
    pairs.router,
    decisions.router,
    rules.router,
    actions.router,
    evidence.router,
    looking.router,
)
"""Every topic of the API; what is asked most often stands first, since routes are tried in this order."""


def create_app(settings: Settings, *, everywhere: bool = False) -> FastAPI:
    """Return the service with these settings. It opens the catalogue and goes on with its jobs when it is started.

    `everywhere`: other machines can reach it, so everybody has to sign in. Raises `UsageError` when nobody could.

    There can be one in a process at a time.
    """

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        app.state.sosie = await run_in_threadpool(_begin, settings, everywhere)
        try:
            yield
        finally:
            await run_in_threadpool(_end, app.state.sosie)

    app = FastAPI(
        title="Sosie",
        version=__version__,
        description="Finds duplicate, edited and look-alike images in the catalogues of brands.",
        lifespan=living,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    app.add_middleware(Gate, settings=settings)
    app.add_middleware(Witness, settings=settings)
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    describe(app, app.routes)
    ui.mount(app)
    return app


def _begin(settings: Settings, everywhere: bool) -> State:
    catalogue = Catalogue.of(settings)
    try:
        service = JobService(settings, catalogue)
        originals, results = Originals.of(settings), results_of(catalogue)
        state = State(
            settings=settings,
            catalogue=catalogue,
            originals=originals,
            brands=Brands(catalogue),
            jobs=service,
            results=results,
            thumbnails=Thumbnails(
                settings.data_path / "thumbnails",
                most=int(settings.thumbnail_megabytes * 1e6),
                max_pixels=int(settings.max_megapixels * 1e6),
            ),
            checks=Checks(settings, catalogue, originals, results),
            likenesses=Likenesses(catalogue, results),
            fetching=Fetching(settings),
            access=Access(settings, catalogue, everywhere=everywhere),
            pulse=Pulse(settings, catalogue),
            metrics=Metrics(service.spending),
        )
        service.start()
    except BaseException:
        catalogue.close()
        raise
    return state


def _end(state: State) -> None:
    state.jobs.stop()
    state.checks.close()
    state.access.close()
    state.pulse.probes.close()
    state.catalogue.close()
