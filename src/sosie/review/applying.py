"""Apply a plan, finish one that was interrupted, and undo a run: each a loop over the journal's items."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sosie.errors import ActionRefused, CatalogueError, UsageError
from sosie.review.acting import ActionUnfinished, Actor, checked
from sosie.review.disk import Disk
from sosie.review.overruled import Overruled
from sosie.review.patterns import matcher
from sosie.review.plan import Drop, Plan
from sosie.review.remote import Remote, Reread, check_remote, remote_of
from sosie.review.reverting import Way, revert
from sosie.store.decisions import Decisions
from sosie.store.journal import Journal, Runs
from sosie.store.lock import alone

Listener = Callable[[int, int, str], None]
"""Hears of each item: how many are through, of how many, and its URI."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was left as it is, why, and what to do."""

    uri: str
    reason: str
    next_step: str


@dataclass
class Outcome:
    """What came of a run: `done` URIs in order, `refused` ones with reasons. `bytes` is the size of the done ones."""

    run: str
    done: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    bytes: int = 0

    def add(self, drop: Drop) -> None:
        """Count an item as done."""
        self.done.append(drop.uri)
        self.bytes += drop.bytes

    def leave(self, drop: Drop, error: ActionRefused) -> None:
        """Count an item as left as it is."""
        self.refused.append(Refusal(drop.uri, error.message, error.next_step))


def ignore(_done: int, _total: int, _uri: str) -> None:
    """Hear nothing."""


def rehearse(
    plan: Plan,
    disk: Disk | None = None,
    listen: Listener = ignore,
    *,
    reread: Reread | None = None,
    decisions: Decisions | None = None,
) -> Outcome:
    """Return what applying would do now: every file and keeper is read, nothing is touched or noted.

    `reread` and `decisions` as in `apply_plan`.
    """
    disk = disk or Disk()
    outcome = Outcome("")
    overruled = Overruled(plan, decisions) if decisions else None
    for number, drop in enumerate(plan.drops):
        try:
            if overruled:
                overruled.check(drop)
            if plan.method in ("list", "webhook"):
                check_remote(drop, disk, reread)
            else:
                checked(drop, disk)
            outcome.add(drop)
        except ActionRefused as error:
            outcome.leave(drop, error)
        listen(number + 1, len(plan.drops), drop.uri)
    return outcome


def apply_plan(
    plan: Plan,
    runs: Runs,
    *,
    person: str = "",
    disk: Disk | None = None,
    listen: Listener = ignore,
    reread: Reread | None = None,
    decisions: Decisions | None = None,
) -> Outcome:
    """Carry out a plan, or finish or repeat what an earlier attempt left open, and return what came of it.

    Before each file it and its keeper are read again, and the journal is on the disk. A file that cannot be acted on is
    left and named with its reason. `reread` reads images that are no files of this machine (`pipeline.rereading`);
    without it they are left. With `decisions` those are read again as well: what somebody decided otherwise since the
    plan was made is left. Raises `RunStopped` when another run is under way or the journal cannot be written,
    and `UsageError` when the plan's run is half undone.
    """
    with alone(runs.folder / "lock"):
        journal = _journal_of(plan, runs, person)
        try:
            overruled = Overruled(plan, decisions) if decisions else None
            return _apply(plan, journal, disk or Disk(), listen, reread, overruled)
        finally:
            journal.close()


def undo_run(
    run: str,
    runs: Runs,
    *,
    only: Iterable[str] = (),
    uris: Iterable[str] = (),
    disk: Disk | None = None,
    listen: Listener = ignore,
) -> Outcome:
    """Bring back the files of a run, all or those that match one of the patterns `only` or lie at one of `uris`.

    Returns what came of it. Raises `UsageError` when there is no such run, `RunStopped` as `apply_plan` does.
    """
    wanted = _wanted(only, uris)
    with alone(runs.folder / "lock"):
        journal = open_run(run, runs)
        try:
            return _undo(journal, disk or Disk(), wanted, listen)
        finally:
            journal.close()


def open_run(run: str, runs: Runs) -> Journal:
    """Return the journal of a run. Raises `UsageError` that names the runs there are."""
    try:
        return runs.open(run)
    except KeyError:
        names = runs.names()
        known = f"The newest are {', '.join(names[-3:])}." if names else "Nothing was applied yet."
        raise UsageError(f"There is no run {run!r}.", next_step=known) from None


def last_run(runs: Runs, passed_over: Callable[[str], None] = lambda _: None) -> str:
    """Return the newest run that still has something to undo. Raises `UsageError` when there is none.

    `passed_over` hears of each newer run whose journal is damaged, in a sentence.
    """
    for run, journal in runs.newest_first():
        if isinstance(journal, CatalogueError):
            passed_over(f"Run {run} is passed over. {journal}")
        elif _to_undo(journal):
            return run
    raise UsageError("There is no run to undo.", next_step="`sosie audit --runs` lists all.")


def to_undo(run: str, runs: Runs, *, only: Iterable[str] = ()) -> list[str]:
    """Return the URIs that undoing a run would restore, the last one first. Raises as `open_run` does."""
    journal = open_run(run, runs)
    plan = plan_of(journal)
    wanted = _wanted(only, ())
    uris = [plan.drops[number].uri for number in sorted(_to_undo(journal), reverse=True)]
    return [uri for uri in uris if wanted is None or wanted(uri)]


def _wanted(only: Iterable[str], uris: Iterable[str]) -> Callable[[str], bool] | None:
    """Return the test of what is to come back, None for everything."""
    patterns, exact = tuple(only), frozenset(uris)
    if not patterns and not exact:
        return None
    matches = matcher(patterns)
    return lambda uri: uri in exact or matches(uri)


def plan_of(journal: Journal) -> Plan:
    """Return the plan that a run carries out."""
    return Plan.from_value(journal.head["plan"])


def _journal_of(plan: Plan, runs: Runs, person: str) -> Journal:
    journal = runs.of_plan(plan.key)
    if journal is not None and journal.undo_begun:
        if _to_undo(journal):
            raise UsageError(
                f"The run {journal.run} of this plan is half undone.",
                next_step=f"Finish with `sosie undo {journal.run}`.",
            )
        journal = None
    if journal is not None:
        return journal
    now = time.time()
    head = {"version": 1, "plan_key": plan.key, "person": person, "at": now, "plan": plan.to_value()}
    return runs.begin(runs.free_name(plan.key, now), head)


def _apply(
    plan: Plan,
    journal: Journal,
    disk: Disk,
    listen: Listener,
    reread: Reread | None,
    overruled: Overruled | None,
) -> Outcome:
    outcome = Outcome(journal.run)
    actor: Actor | Remote = remote_of(plan, journal.run, disk, reread) or Actor(plan, journal.run, disk)
    for number, drop in enumerate(plan.drops):
        try:
            if _attempt(number, drop, actor, journal, disk, overruled):
                outcome.add(drop)
        except ActionUnfinished as error:
            outcome.leave(drop, error)  # the journal still says `begin`: the next attempt starts from there
        except ActionRefused as error:
            journal.note(number, "refused", time.time(), reason=error.message, next_step=error.next_step)
            outcome.leave(drop, error)
        listen(number + 1, len(plan.drops), drop.uri)
    journal.mark("finished", time.time())
    return outcome


def _attempt(
    number: int, drop: Drop, actor: Actor | Remote, journal: Journal, disk: Disk, overruled: Overruled | None
) -> bool:
    """Do one item unless it is done; what a crash left half done is taken back first."""
    item = journal.items.get(number)
    if item is not None and item.step in ("done", "undone", "undoing"):
        return False
    if item is not None and item.step == "begin" and isinstance(actor, Actor):
        try:
            revert(Way.of(item.begun), drop, disk, verify=False)
        except ActionRefused as error:
            raise ActionUnfinished(error.message, next_step=error.next_step) from error

    if overruled:
        overruled.check(drop)

    def note(step: Any, **details: Any) -> None:
        journal.note(number, step, time.time(), **details)

    actor.act(drop, note)
    return True


def _to_undo(journal: Journal) -> dict[int, Mapping[str, Any]]:
    steps = ("done", "begin", "undoing")
    return {number: item.begun for number, item in journal.items.items() if item.step in steps}


def _undo(journal: Journal, disk: Disk, wanted: Callable[[str], bool] | None, listen: Listener) -> Outcome:
    plan = plan_of(journal)
    outcome = Outcome(journal.run)
    remote = remote_of(plan, journal.run, disk)
    if wanted is None:
        journal.mark("undo", time.time())
    pending = sorted(_to_undo(journal), reverse=True)
    chosen = [number for number in pending if wanted is None or wanted(plan.drops[number].uri)]
    at_once = remote.at_once if remote else 1
    for start in range(0, len(chosen), at_once):
        part = chosen[start : start + at_once]
        drops = [plan.drops[number] for number in part]
        try:
            _bring_back(part, drops, journal, disk, remote)
            for drop in drops:
                outcome.add(drop)
        except ActionRefused as error:
            for drop in drops:
                outcome.leave(drop, error)
        listen(start + len(part), len(chosen), drops[-1].uri)
    if not _to_undo(journal):
        journal.mark("undo finished", time.time())
    return outcome


def _bring_back(
    part: Sequence[int], drops: Sequence[Drop], journal: Journal, disk: Disk, remote: Remote | None
) -> None:
    """Undo some items together (one, where they are files), each noted before and after."""
    finished = [journal.items[number].step != "begin" for number in part]
    for number in part:
        journal.note(number, "undoing", time.time())
    if remote is not None:
        remote.take_back(drops)
    else:
        for number, drop, verify in zip(part, drops, finished, strict=True):
            item = journal.items[number]
            revert(Way.of(item.begun), drop, disk, verify=verify, left=item.ended.get("folders"))
    for number in part:
        journal.note(number, "undone", time.time())
