"""Plans that were made over the API, kept as files, and runs in its words."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sosie.errors import CatalogueError, NotFound
from sosie.review import Outcome, Plan, load_plan
from sosie.review.applying import plan_of
from sosie.review.audit import damaged_run, summary_of_run
from sosie.review.plan import Drop, Left, PlannedGroup, is_file
from sosie.server.schemas.decisions import PlanView, RunItem, RunItems, RunView
from sosie.server.views.cursors import read_cursor, write_cursor
from sosie.server.views.showing import printable
from sosie.store.journal import Journal, Runs

_KEY = re.compile(r"[0-9a-f]{16}")
_ROWS = 500
_FIELDS = ("uri", "sha256", "bytes", "keeper", "keeper_sha256", "relation", "by", "why", "brand", "decision")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of plans, each a file named by its key."""

    folder: Path

    def put(self, plan: Plan) -> str:
        """Keep a plan and give its key. Raises `CatalogueError` when it cannot be written."""
        path = self.folder / f"{plan.key}.json"
        part = path.with_name(f"{secrets.token_hex(8)}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_text(plan.to_json(), encoding="ascii")
            part.replace(path)
        except OSError as error:
            raise CatalogueError(
                f"The plan cannot be kept ({error.strerror}).", next_step="Check the space and permissions of its disk."
            ) from error
        return plan.key

    def get(self, key: str) -> Plan:
        """Give a plan by its key. Raises `NotFound`."""
        path = self.folder / f"{key}.json"
        if not _KEY.fullmatch(key) or not path.is_file():
            raise NotFound(f"There is no plan {printable(key[:40])}.", next_step="Plan again.")
        return load_plan(path)

    def list_file(self) -> str:
        """Give the path of a new list of images to remove."""
        return str(self.folder / f"list-{secrets.token_hex(8)}.csv")


def within(plan: Plan, roots: Iterable[Path]) -> Plan:
    """Give the plan without files that lie in no folder that may be acted on: those are left, and said to be."""
    allowed = [os.path.realpath(root) for root in roots]
    return replace(plan, groups=tuple(_within(group, allowed) for group in plan.groups))


def _within(group: PlannedGroup, allowed: list[str]) -> PlannedGroup:
    may = [_may(drop, allowed) for drop in group.drops]
    kept = tuple(drop for drop, allow in zip(group.drops, may, strict=True) if allow)
    reason = "lies in no folder that may be acted on over the network (setting allowed_roots)"
    left = tuple(Left(drop.uri, reason) for drop, allow in zip(group.drops, may, strict=True) if not allow)
    return replace(group, drops=kept, left=group.left + left)


def _may(drop: Drop, allowed: list[str]) -> bool:
    return not is_file(drop.uri) or all(_below(name, allowed) for name in (drop.uri, *drop.names))


def _below(path: str, allowed: list[str]) -> bool:
    real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    return any(real.startswith(root.rstrip(os.sep) + os.sep) for root in allowed)


def plan_view(plan: Plan, runs: Runs) -> PlanView:
    """Give a plan in the words of the API: its first rows, and all its counts."""
    run = runs.of_plan(plan.key)
    drops = [{name: _plain(asdict(drop)[name]) for name in _FIELDS} for drop in plan.drops[:_ROWS]]
    left = [{"uri": printable(row.uri), "reason": printable(row.reason)} for row in plan.left[:_ROWS]]
    return PlanView(
        id=plan.key,
        created=plan.created,
        method=plan.method,
        drops=drops,
        left=left,
        total_drops=len(plan.drops),
        total_left=len(plan.left),
        gain=plan.gain,
        applied=run.run if run else None,
    )


def _plain(value: Any) -> Any:
    return printable(value) if isinstance(value, str) else value


def run_view(journal: Journal) -> RunView:
    """Give a run in the words of the API, with what it left as it was and why."""
    drops = plan_of(journal).drops
    summary = summary_of_run(journal)
    refused = [
        {"uri": printable(drops[number].uri), "reason": printable(item.reason), "next_step": printable(item.next_step)}
        for number, item in sorted(journal.items.items())
        if item.step == "refused"
    ]
    return RunView(
        id=summary.run,
        at=summary.at,
        state=summary.state,
        done=summary.done,
        refused=refused[:_ROWS],
        undone=summary.undone,
        method=summary.method,
    )


def damaged_view(run: str, runs: Runs) -> RunView:
    """Give a run whose journal cannot be read in the words of the API."""
    summary = damaged_run(run, runs)
    return RunView(id=run, at=summary.at, state=summary.state, done=0)


def run_items(journal: Journal, cursor: str, limit: int) -> RunItems:
    """Give a page of the files of a run. Raises `UsageError` for the cursor of another list."""
    drops, name = plan_of(journal).drops, f"items/{journal.run}"
    begin = read_cursor(cursor, name)
    numbers = sorted(journal.items)
    page = [(drops[number], journal.items[number]) for number in numbers[begin : begin + limit]]
    items = [
        RunItem(
            uri=printable(drop.uri),
            keeper=printable(drop.keeper),
            by=printable(drop.by),
            step=item.step,
            now_at=[printable(path) for _, path in item.begun["moves"]] if item.step in ("begin", "done") else [],
            reason=printable(f"{item.reason} {item.next_step}".strip()),
        )
        for drop, item in page
    ]
    more = write_cursor(begin + limit, name) if begin + limit < len(numbers) else None
    return RunItems(items=items, next=more, total=len(numbers))


def outcome_view(outcome: Outcome, runs: Runs) -> RunView:
    """Give what came of a run just now: as its journal tells it, with what was refused this time."""
    found = run_view(runs.open(outcome.run))
    refused = [
        {"uri": printable(row.uri), "reason": printable(row.reason), "next_step": printable(row.next_step)}
        for row in outcome.refused[:_ROWS]
    ]
    return found.model_copy(update={"refused": refused})
