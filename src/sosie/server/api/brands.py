"""Brands: declare, look at, fetch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request

from sosie.errors import NotFound, UsageError
from sosie.pipeline.brand_settings import checked_settings
from sosie.server.api.jobs import shown as shown_job
from sosie.server.jobs.service import Asked
from sosie.server.person import person_of
from sosie.server.schemas.brands import Brand, BrandChange, BrandInput, Brands, BrandSettings, BrandState
from sosie.server.schemas.brands import SourceSpec as SpecInput
from sosie.server.schemas.jobs import Job
from sosie.server.security.callers import caller_of
from sosie.server.security.roles import admin, reviewer, viewer
from sosie.server.security.secrecy import discreet
from sosie.server.state import Shared, State
from sosie.server.views.mosaics import mosaic
from sosie.server.views.shares import groups_by_result
from sosie.sources.specs import check_settings
from sosie.store import brands as stored

router = APIRouter(prefix="/api/brands", tags=["brands"])


@router.get("", dependencies=[viewer])
def list_brands(state: Shared, request: Request) -> Brands:
    """List all brands, by name."""
    rows = [row for row in state.brands.all() if not row.key.startswith(stored.PASSING)]
    rows.sort(key=lambda row: (row.name.casefold(), row.key))
    return Brands(brands=[_for_caller(brand, request) for brand in shown(state, rows)])


@router.post("", status_code=201, dependencies=[admin])
def add_brand(state: Shared, body: BrandInput) -> Brand:
    """Declare a brand. Its images are fetched when it is synced."""
    if body.key.startswith(stored.PASSING):
        raise UsageError(f"Keys that begin with {stored.PASSING} are taken.", next_step="Choose another key.")
    if state.brands.get(body.key) is not None:
        raise UsageError(f"There is a brand {body.key} already.", next_step="Change that one, or choose another key.")
    row = stored.Brand(
        key=body.key,
        name=body.name,
        colour=body.colour,
        sources=_specs(body.sources, ()),
        every_hours=body.every_hours,
        settings=_own(body.settings),
    )
    return _one(state, state.brands.save(row))


@router.get("/{key}", dependencies=[viewer])
def get_brand(state: Shared, request: Request, key: str) -> Brand:
    """Return a brand."""
    return _for_caller(_one(state, _known(state, key)), request)


@router.patch("/{key}", dependencies=[admin])
def change_brand(state: Shared, key: str, body: BrandChange) -> Brand:
    """Change what is declared of a brand; what is left out or null stays, but for `every_hours`: null ends that."""
    row = _known(state, key)
    given = body.model_dump(exclude_unset=True, exclude={"sources", "settings"})
    changes = {name: value for name, value in given.items() if value is not None or name == "every_hours"}
    if body.sources is not None:
        changes["sources"] = _specs(body.sources, row.sources)
    if body.settings is not None:
        changes["settings"] = _own(body.settings)
    return _one(state, state.brands.save(replace(row, **changes)))


@router.delete("/{key}", status_code=204, dependencies=[admin])
def remove_brand(state: Shared, key: str) -> None:
    """Forget a brand and which images it has; files stay."""
    _known(state, key)
    state.brands.remove(key)


@router.post("/{key}/sync", status_code=202, dependencies=[reviewer])
def sync_brand(state: Shared, request: Request, key: str) -> Job:
    """Start a job that fetches a brand and finds the duplicates in it."""
    return shown_job(state.jobs.submit(Asked((_known(state, key).key,)), person=person_of(request)))


def shown(state: State, rows: Iterable[stored.Brand]) -> list[Brand]:
    """Return brands as the API shows them."""
    counts = state.brands.counts()
    jobs = state.jobs.rows.newest_of()
    groups = groups_by_result(state.catalogue, state.results, {done for _, done in jobs.values() if done})
    found = []
    for row in rows:
        images, skipped = counts.get(row.key, (0, 0))
        job, result = jobs.get(row.key, (None, None))
        found.append(
            Brand(
                key=row.key,
                name=row.name,
                colour=row.colour,
                sources=[SpecInput.model_validate({"kind": s.kind, "settings": dict(s.settings)}) for s in row.sources],
                every_hours=row.every_hours,
                settings=BrandSettings.model_validate(dict(row.settings)),
                state=_state(row, working=job is not None),
                error=row.error,
                images=images,
                skipped=skipped,
                last_sync=row.last_sync,
                mosaic=mosaic(state.catalogue, state.brands, row.key),
                job=job,
                result=result,
                groups=groups.get(result or "", {}).get(row.key, 0),
            )
        )
    return found


def _state(row: stored.Brand, *, working: bool) -> BrandState:
    """Return where a brand stands; a sync that was cut off and that no job goes on with is none."""
    if row.state != "syncing" or working:
        return row.state
    return replace(row, sync_begun=None).state


def _for_caller(brand: Brand, request: Request) -> Brand:
    """Return a brand without keys in addresses and places on the machine, for all who may not change it anyway."""
    caller = caller_of(request)
    if caller is not None and caller.may("admin"):
        return brand
    sources = [SpecInput(kind=spec.kind, settings=_discreet(spec.settings)) for spec in brand.sources]
    return brand.model_copy(update={"sources": sources})


def _discreet(value: Any) -> Any:
    if isinstance(value, str):
        return discreet(value)
    if isinstance(value, dict):
        return {name: _discreet(part) for name, part in value.items()}
    return [_discreet(part) for part in value] if isinstance(value, list) else value


def _one(state: State, row: stored.Brand) -> Brand:
    return shown(state, [row])[0]


def _known(state: State, key: str) -> stored.Brand:
    row = state.brands.get(key)
    if row is None:
        raise NotFound(f"There is no brand {key[:64]}.", next_step="Add it, or see the list of brands.")
    return row


def _own(given: BrandSettings | None) -> dict[str, Any]:
    return {} if given is None else checked_settings(given.model_dump(exclude_none=True))


def _specs(given: Iterable[SpecInput], before: Iterable[stored.SourceSpec]) -> tuple[stored.SourceSpec, ...]:
    """Return sources as they are stored; only those that the operator declared on the machine stay trusted."""
    trusted = {spec.key for spec in before if spec.trusted}
    given = list(given)
    for spec in given:
        check_settings(spec.kind, spec.settings)
    specs = [stored.SourceSpec(kind=spec.kind, settings=spec.settings) for spec in given]
    return tuple(stored.SourceSpec(s.kind, s.settings, trusted=s.key in trusted) for s in specs)
