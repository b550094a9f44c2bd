"""Decisions: the later word counts, nothing is lost, and two people do not overrule each other unknowingly."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from sosie.errors import DecisionConflict, UsageError
from sosie.store.catalogue import Catalogue
from sosie.store.decisions import Decisions, Kind, Verdict
from sosie.store.memo import apart_revision
from tests.store.conftest import Opener


def key(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


SUN, MOON, STAR = key("sun"), key("moon"), key("star")


@pytest.fixture
def decisions(opened: Opener) -> Iterator[Decisions]:
    with opened() as catalogue:
        yield Decisions(catalogue)


def say(
    decisions: Decisions, kind: Kind, *contents: bytes, keeper: bytes | None = None, place: str | None = None
) -> int:
    return decisions.record([Verdict(kind, contents, keeper, place)], person="ann", now=1.0, reason="so")[0]


def test_the_later_word_counts(decisions: Decisions) -> None:
    say(decisions, "drop", SUN, keeper=MOON)
    say(decisions, "keep", SUN)
    assert decisions.standing([SUN, MOON]).choices[SUN].verdict.kind == "keep"
    say(decisions, "open", SUN)
    assert not decisions.standing([SUN]).choices
    assert [made.verdict.kind for made in decisions.history([SUN])] == ["drop", "keep", "open"]


def test_a_decision_says_who_when_and_why(decisions: Decisions) -> None:
    say(decisions, "keep", SUN)
    made = decisions.history([SUN])[0]
    assert (made.person, made.at, made.reason) == ("ann", 1.0, "so")


def test_a_whole_group_is_set_apart_pair_by_pair(decisions: Decisions) -> None:
    say(decisions, "apart", SUN, MOON, STAR)
    pairs = {tuple(sorted(pair)) for pair in combinations((SUN, MOON, STAR), 2)}
    assert set(decisions.standing([SUN, MOON, STAR]).apart) == pairs
    say(decisions, "together", SUN, STAR)
    assert len(decisions.standing([SUN, MOON, STAR]).apart) == 2


def test_setting_apart_makes_remembered_reports_old(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "catalogue.db") as catalogue:
        decisions = Decisions(catalogue)
        before = apart_revision(tmp_path / "catalogue.db")
        say(decisions, "keep", SUN)
        assert apart_revision(tmp_path / "catalogue.db") == before
        say(decisions, "apart", SUN, MOON)
        assert apart_revision(tmp_path / "catalogue.db") != before


def test_a_word_on_one_place_yields_to_a_later_word_on_the_content(decisions: Decisions) -> None:
    say(decisions, "drop", SUN, keeper=SUN, place="/b/sun")
    assert decisions.standing([SUN]).places[SUN, "/b/sun"].verdict.kind == "drop"
    assert SUN not in decisions.standing([SUN]).choices
    say(decisions, "keep", SUN)
    assert not decisions.standing([SUN]).places


def test_who_comes_late_is_told_who_was_faster_and_nothing_is_recorded(decisions: Decisions) -> None:
    seen = decisions.standing([SUN, MOON]).revision
    decisions.record([Verdict("keep", (MOON,))], person="bob", now=2.0)
    with pytest.raises(DecisionConflict, match=r"bob decided on this group meanwhile \(keep\)") as caught:
        decisions.record([Verdict("drop", (SUN,))], person="ann", now=3.0, seen=seen, contents=[SUN, MOON])
    assert len(caught.value.decisions) == 1
    assert len(decisions.history([SUN, MOON])) == 1
    decisions.record([Verdict("drop", (SUN,))], person="ann", now=3.0, seen=decisions.revision(), contents=[SUN, MOON])


def test_a_decision_elsewhere_is_no_conflict(decisions: Decisions) -> None:
    say(decisions, "keep", STAR)
    decisions.record([Verdict("keep", (SUN,))], person="ann", now=1.0, seen=0, contents=[SUN, MOON])


def test_of_many_at_once_exactly_one_wins(opened: Opener) -> None:
    results: list[str] = []

    def decide(person: str) -> None:
        with opened() as catalogue:
            try:
                Decisions(catalogue).record([Verdict("keep", (SUN,))], person=person, now=1.0, seen=0)
                results.append("won")
            except DecisionConflict:
                results.append("late")

    opened().close()
    threads = [threading.Thread(target=decide, args=(f"person {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["late"] * 5 + ["won"]


def test_what_is_new_since_a_number_is_told(decisions: Decisions) -> None:
    first = say(decisions, "keep", SUN)
    second = say(decisions, "keep", MOON)
    assert [made.id for made in decisions.since(first)] == [second]
    assert decisions.revision() == second


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict("keep", (SUN, MOON)),
        Verdict("keep", ()),
        Verdict("apart", (SUN,)),
        Verdict("apart", (SUN, SUN)),
        Verdict("drop", (SUN,), SUN),
        Verdict("keep", (b"short",)),
        Verdict("burn", (SUN,)),  # type: ignore[arg-type]
    ],
)
def test_a_verdict_that_cannot_be_is_refused(decisions: Decisions, verdict: Verdict) -> None:
    with pytest.raises(UsageError):
        decisions.record([verdict], person="ann", now=1.0)
    assert decisions.revision() == 0
