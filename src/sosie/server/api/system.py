"""Health, settings, models, what is stored, and who did what."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from sosie.fingerprints.embedders.chain import model_files
from sosie.fingerprints.embedders.registry import MODELS
from sosie.server.person import person_of
from sosie.server.schemas.system import (
    Audit,
    CacheState,
    Deed,
    Health,
    Model,
    Models,
    Setting,
    Settings,
    SettingsChange,
)
from sosie.server.security.callers import caller_of
from sosie.server.security.roles import admin, anyone, viewer
from sosie.server.state import Shared, State
from sosie.server.views import settings as shown
from sosie.server.views import storage
from sosie.store.brands import PASSING

router = APIRouter(prefix="/api", tags=["system"])


@router.get("/health", dependencies=[viewer])
def health(state: Shared) -> Health:
    """Tell how the service is: each back end of the chain, the database, the cache, the jobs."""
    vitals = state.pulse.vitals()
    return Health(
        success=True,
        status="ready" if vitals.well else "degraded",
        version=state.version,
        uptime=time.time() - state.started,
        instance=state.instance,
        database=vitals.database,
        cache=vitals.cache,
        embedders=list(vitals.embedders),
        jobs=vitals.jobs,
        images=vitals.images,
        brands=sum(not row.key.startswith(PASSING) for row in state.brands.all()),
    )


@router.get("/health/live", dependencies=[anyone])
def live() -> dict[str, str]:
    """Answer while the process lives."""
    return {"status": "live"}


@router.get("/health/ready", dependencies=[anyone])
def ready(state: Shared) -> dict[str, str]:
    """Answer 200 when the database answers, else 503: then balancers send requests elsewhere."""
    state.access.store.holds_tokens()
    return {"status": "ready"}


@router.get("/settings", dependencies=[viewer])
def get_settings(state: Shared, request: Request) -> Settings:
    """List all settings: what is in force, and where it comes from. Secrets are "set" or empty; so are places on the
    server's machine for all but admins.
    """
    caller = caller_of(request)
    return _settings(state, whole=caller is not None and caller.may("admin"))


@router.patch("/settings", dependencies=[admin])
def change_settings(state: Shared, request: Request, body: SettingsChange) -> Settings:
    """Change settings for all servers of the database, from the next job on."""
    shown.change(state.access.store, body.values, person=person_of(request), now=time.time())
    state.pulse.forget()
    return _settings(state, whole=True)


def _settings(state: State, *, whole: bool) -> Settings:
    rows = shown.shown_settings(state.settings, state.access.store.settings())
    return Settings(
        settings=[
            Setting(
                name=row.name,
                value=row.value if whole else _hidden(row.value),
                default=row.default,
                source=row.source,
                description=row.description,
                secret=row.secret,
                editable=row.editable,
                choices=list(row.choices),
            )
            for row in rows
        ]
    )


def _hidden(value: object) -> object:
    """Show to others than admins only that a place is set."""
    parts = value if isinstance(value, list) else [value]
    return "set" if any(isinstance(part, str) and ("/" in part or "\\" in part) for part in parts) else value


@router.get("/models", dependencies=[viewer])
def models(state: Shared) -> Models:
    """List all models that are known, and which of them are here."""
    files = model_files(state.settings)
    return Models(
        models=[
            Model(
                name=model.name,
                title=model.about,
                licence=model.licence,
                bytes=model.file.size or None,
                present=files.find(model) is not None,
                dims=model.dims,
                threshold=model.threshold,
            )
            for model in MODELS.values()
        ]
    )


@router.get("/cache", dependencies=[viewer])
def cache(state: Shared) -> CacheState:
    """Tell what is stored, by part."""
    return CacheState(parts=storage.parts(state))


@router.post("/cache/prune", dependencies=[admin])
def prune(state: Shared, max_bytes: Annotated[int | None, Query(ge=0, le=2**53)] = None) -> CacheState:
    """Forget what no image needs any more; with `max_bytes`, also the downloads asked for longest ago beyond that."""
    storage.prune(state, max_bytes)
    return CacheState(parts=storage.parts(state))


@router.get("/audit", dependencies=[admin])
def audit(
    state: Shared,
    cursor: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Audit:
    """List who did what, newest first."""
    rows = state.access.store.deeds(before=cursor, limit=limit + 1)
    shown_rows = [
        Deed(
            id=row.id,
            at=row.at,
            person=row.person,
            role=row.role,
            client=row.client,
            method=row.method,
            route=row.route,
            target=dict(row.target),
            status=row.status,
            request=row.request,
        )
        for row in rows[:limit]
    ]
    return Audit(deeds=shown_rows, next=rows[limit - 1].id if len(rows) > limit else None)


numbers = APIRouter(tags=["system"])


@numbers.get(
    "/metrics", dependencies=[viewer], response_class=Response, responses={200: {"content": {"text/plain": {}}}}
)
def metrics(state: Shared) -> Response:
    """Return the numbers of this server for Prometheus."""
    return Response(state.metrics.text(state.pulse.vitals(), state.thumbnails), media_type=state.metrics.media_type)
