"""Plans, runs, and their undoing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from sosie.config import Settings
from sosie.errors import NotFound, SosieError, UsageError
from sosie.pipeline.rereading import Rereader
from sosie.review import apply_plan, undo_run
from sosie.review.applying import plan_of
from sosie.server.person import person_of
from sosie.server.schemas.decisions import ApplyInput, PlanInput, PlanView, RunItems, Runs, RunView, UndoRunInput
from sosie.server.security.roles import admin, reviewer, viewer
from sosie.server.state import Shared, State
from sosie.server.views.desk import declared_folders, desk_of, rules_of, runs_of
from sosie.server.views.plans import Shelf, damaged_view, outcome_view, plan_view, run_items, run_view, within
from sosie.server.views.showing import printable
from sosie.sources.download import Allowed, Guard
from sosie.store.decisions import Decisions
from sosie.store.journal import Journal

router = APIRouter(prefix="/api", tags=["actions"])


def shelf_of(state: State) -> Shelf:
    """Return the folder of plans."""
    return Shelf(state.settings.data_path / "plans")


@router.post("/plans", status_code=201, dependencies=[reviewer])
def make_plan(state: Shared, body: PlanInput) -> PlanView:
    """Write down what would happen to which file and why. Nothing is touched."""
    found = state.results.get(body.result)
    shelf = shelf_of(state)
    desk = desk_of(found, state.catalogue, state.brands)
    made = desk.plan(rules_of(state.settings), method=body.method, target=target_of(body, shelf, state))
    roots = [*state.settings.allowed_roots, *declared_folders(state.brands, found.images.brands)]
    made = within(made, roots)
    shelf.put(made)
    return plan_view(made, runs_of(state.settings))


def target_of(body: PlanInput, shelf: Shelf, state: State) -> str | None:
    """Return where a list is written or which address is called. Raises `UsageError` for what cannot be."""
    if body.method == "list":
        return shelf.list_file()
    if body.method != "webhook":
        return None
    if not body.target:
        raise UsageError("A webhook needs its address.", next_step="Give it as `target`.")
    _check_address(body.target, state.settings)
    return body.target


def _check_address(url: str, settings: Settings) -> None:
    """Raise `UsageError` for an address that the guard of the network does not let anybody ask."""
    guard = Guard(Allowed.of(settings.allowed_networks))
    try:
        parsed = guard.check(url)
        guard.addresses_of(parsed.host, parsed.port or 443)
    except (SosieError, OSError) as error:
        next_step = error.next_step if isinstance(error, SosieError) else "Check its spelling."
        raise UsageError("This address cannot be called.", next_step=next_step) from error


@router.get("/plans/{plan}", dependencies=[viewer])
def get_plan(state: Shared, plan: str) -> PlanView:
    """Return a plan by its id."""
    return plan_view(shelf_of(state).get(plan), runs_of(state.settings))


@router.post("/plans/{plan}/apply", dependencies=[admin])
def apply(state: Shared, request: Request, plan: str, body: ApplyInput) -> RunView:
    """Carry out a plan, or finish one that was interrupted. Files, keepers and decisions are read again first."""
    made = shelf_of(state).get(plan)
    if body.confirm != len(made.drops):
        raise UsageError(
            f"The plan drops {len(made.drops):,} files, not {body.confirm:,}.",
            next_step="Look at the plan again and confirm its count.",
        )
    if made.method == "webhook" and made.target:
        _check_address(made.target, state.settings)
    runs = runs_of(state.settings)
    decisions = Decisions(state.catalogue)
    with Rereader(state.catalogue, state.settings) as reread:
        return outcome_view(apply_plan(made, runs, person=person_of(request), reread=reread, decisions=decisions), runs)


@router.get("/runs", dependencies=[viewer])
def list_runs(state: Shared) -> Runs:
    """List all runs, newest first."""
    runs = runs_of(state.settings)
    found = runs.newest_first()
    return Runs(runs=[run_view(made) if isinstance(made, Journal) else damaged_view(run, runs) for run, made in found])


@router.get("/runs/{run}/items", dependencies=[viewer])
def list_items(
    state: Shared, run: str, cursor: str = "", limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> RunItems:
    """List the files of a run: where each stands and lies now, what stays for it, and why it was left if it was."""
    journal = _opened(state, run)
    return run_items(journal, cursor, limit)


@router.post("/runs/{run}/undo", dependencies=[admin])
def undo(state: Shared, run: str, body: UndoRunInput | None = None) -> RunView:
    """Bring back the files of a run, all or a part."""
    runs = runs_of(state.settings)
    part = body or UndoRunInput()
    drops = plan_of(_opened(state, run)).drops
    named = {printable(drop.uri): drop.uri for drop in drops} if part.uris else {}
    if unknown := [uri for uri in part.uris if uri not in named]:
        raise NotFound(f"{unknown[0]} is not in this run.", next_step="Look at its files again.")
    return outcome_view(undo_run(run, runs, only=part.only, uris=[named[uri] for uri in part.uris]), runs)


def _opened(state: State, run: str) -> Journal:
    runs = runs_of(state.settings)
    if run not in runs.names():
        raise NotFound("There is no such run.", next_step="Look at the list of runs.")
    return runs.open(run)
