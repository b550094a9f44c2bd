"""Decisions that are made between a plan and its run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sosie.review import Outcome, Plan, Rules, apply_plan, rehearse
from sosie.review.plan import Drop
from sosie.store.catalogue import Catalogue
from sosie.store.decisions import Decisions, Verdict
from sosie.store.journal import Runs
from tests.review.folders import contents, desk_of


@pytest.fixture
def catalogue(folder: Path) -> Catalogue:
    return desk_of(folder).catalogue


def key(drop: Drop) -> bytes:
    return bytes.fromhex(drop.sha256)


def keeper(drop: Drop) -> bytes:
    return bytes.fromhex(drop.keeper_sha256)


def say(catalogue: Catalogue, *verdicts: Verdict) -> int:
    return Decisions(catalogue).record(list(verdicts), person="ann", now=time.time())[-1]


def plan_of(folder: Path) -> Plan:
    desk = desk_of(folder)
    with desk.catalogue:
        return desk.plan(Rules())


def drop_of(plan: Plan, name: str) -> Drop:
    return next(drop for drop in plan.drops if Path(drop.uri).name == name)


def applied(plan: Plan, catalogue: Catalogue) -> Outcome:
    return apply_plan(plan, Runs.beside(catalogue.path), decisions=Decisions(catalogue))


_LATER: dict[str, tuple[Callable[[Drop], Verdict], str]] = {
    "set apart": (lambda drop: Verdict("apart", (key(drop), keeper(drop))), "ann said that it is no duplicate"),
    "to be kept": (lambda drop: Verdict("keep", (key(drop),)), "ann decided to keep it"),
    "its keeper to go": (lambda drop: Verdict("drop", (keeper(drop),), key(drop)), "ann decided to drop its keeper"),
}


@pytest.mark.parametrize("later", _LATER)
def test_what_somebody_decided_otherwise_since_is_left_and_the_rest_goes(
    folder: Path, catalogue: Catalogue, later: str
) -> None:
    plan = plan_of(folder)
    drop = drop_of(plan, "two (1).png")
    make, why = _LATER[later]
    say(catalogue, make(drop))
    rehearsed = rehearse(plan, decisions=Decisions(catalogue))
    outcome = applied(Plan.from_json(plan.to_json()), catalogue)
    assert [refusal.uri for refusal in outcome.refused] == [refusal.uri for refusal in rehearsed.refused] == [drop.uri]
    assert why in outcome.refused[0].reason
    assert Path(drop.uri).exists()
    assert len(outcome.done) == len(plan.drops) - 1
    journal = Runs.beside(catalogue.path).open(outcome.run)
    (left,) = [item for item in journal.items.values() if item.step == "refused"]
    assert why in left.reason
    assert "Plan again" in left.next_step


def test_a_decision_to_drop_that_was_taken_back_drops_nothing(folder: Path, catalogue: Catalogue) -> None:
    first = drop_of(plan_of(folder), "two (1).png")
    say(catalogue, Verdict("drop", (key(first),), keeper(first)))
    plan = plan_of(folder)
    assert drop_of(plan, "two (1).png").decision is not None
    say(catalogue, Verdict("open", (key(first),)))
    outcome = applied(plan, catalogue)
    assert ["taken back" in refusal.reason for refusal in outcome.refused] == [True]


def test_what_was_decided_before_a_plan_stops_nothing_in_it(folder: Path, catalogue: Catalogue) -> None:
    first = plan_of(folder)
    copy = drop_of(first, "one-copy.png")
    say(catalogue, Verdict("keep", (key(copy),), None, copy.keeper))  # of equal bytes, the one that stays anyway
    small = drop_of(first, "one-small.png")
    say(catalogue, Verdict("drop", (key(small),), keeper(small)))
    assert not applied(plan_of(folder), catalogue).refused


def test_of_equal_files_only_the_one_that_is_to_be_kept_is_left(folder: Path, catalogue: Catalogue) -> None:
    plan = plan_of(folder)
    copy = drop_of(plan, "one-copy.png")
    say(catalogue, Verdict("keep", (key(copy),), None, copy.keeper))
    assert copy.uri not in [refusal.uri for refusal in rehearse(plan, decisions=Decisions(catalogue)).refused]
    say(catalogue, Verdict("keep", (key(copy),), None, copy.uri))
    assert copy.uri in [refusal.uri for refusal in rehearse(plan, decisions=Decisions(catalogue)).refused]


def test_a_plan_that_names_no_decision_goes_by_the_time_it_was_made(folder: Path, catalogue: Catalogue) -> None:
    plan = replace(plan_of(folder), revision=None)
    assert '"revision"' not in plan.to_json(), "plans of before keep their keys"
    drop = drop_of(plan, "two (1).png")
    say(catalogue, Verdict("keep", (key(drop),)))
    assert [refusal.uri for refusal in applied(plan, catalogue).refused] == [drop.uri]


def test_a_decision_in_the_middle_of_a_run_counts_from_the_next_file_on(folder: Path, catalogue: Catalogue) -> None:
    plan = plan_of(folder)
    before = contents(folder)

    def decide(done: int, _total: int, _uri: str) -> None:
        if done == 1:
            say(catalogue, *(Verdict("keep", (key(drop),), None, drop.uri) for drop in plan.drops[1:]))

    outcome = apply_plan(plan, Runs.beside(catalogue.path), decisions=Decisions(catalogue), listen=decide)
    assert outcome.done == [plan.drops[0].uri]
    assert [refusal.uri for refusal in outcome.refused] == [drop.uri for drop in plan.drops[1:]]
    assert contents(folder) == before
