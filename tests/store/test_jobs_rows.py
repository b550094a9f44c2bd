"""Jobs as rows: who may write what, and what those who follow are told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

from sosie.errors import Busy, NotFound, UsageError
from sosie.report import Report
from sosie.store.brands import Brands
from sosie.store.catalogue import Catalogue
from sosie.store.instances import Heart, claim_turn
from sosie.store.jobs import KEPT_EVENTS, JobRow, Jobs
from sosie.store.results import load_result, newest_result, save_result
from tests.store.conftest import Opener

EMPTY = Report((), (), (), ())


@pytest.fixture
def catalogue(opened: Opener) -> Iterator[Catalogue]:
    with opened() as catalogue:
        yield catalogue


@pytest.fixture
def jobs(catalogue: Catalogue) -> Jobs:
    return Jobs(catalogue)


def taken(jobs: Jobs, owner: str = "one", **params: object) -> JobRow:
    row = jobs.take(jobs.submit(["a"], params, now=1.0)[0].id, owner, now=2.0)
    assert row is not None
    return row


def test_equal_jobs_are_joined_until_they_have_ended(jobs: Jobs) -> None:
    first, fresh = jobs.submit(["b", "a", "b"], {"sync": True}, now=1.0)
    assert (first.brands, fresh) == (("a", "b"), True)
    assert jobs.submit(["a", "b"], {"sync": True}, now=2.0) == (first, False)
    assert jobs.submit(["a", "b"], {"sync": False}, now=2.0)[1]
    row = jobs.take(first.id, "one", now=3.0)
    assert row is not None
    jobs.end(row, "done", now=4.0)
    assert jobs.submit(["a", "b"], {"sync": True}, now=5.0)[0].id != first.id


def test_of_many_that_ask_for_the_same_at_once_all_get_one_job(opened: Opener) -> None:
    found: list[str] = []

    def ask() -> None:
        with opened() as catalogue:
            found.append(Jobs(catalogue).submit(["a"], {}, now=1.0)[0].id)

    opened().close()
    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found))) == (6, 1)


def test_whoever_has_lost_a_job_writes_no_more_of_it(catalogue: Catalogue, jobs: Jobs) -> None:
    before = taken(jobs)
    after = jobs.take(before.id, "two", now=3.0)
    assert after is not None
    assert jobs.tell(before, now=4.0, progress={}, failed_brands={}) is None
    assert jobs.end(before, "failed", now=4.0) is None
    assert jobs.wish(before) == "leave"
    assert not save_result(catalogue, before.id, before.claim, EMPTY, now=4.0)
    assert save_result(catalogue, after.id, after.claim, EMPTY, now=4.0)
    with pytest.raises(NotFound):
        load_result(catalogue, after.id)
    assert jobs.end(after, "done", now=5.0) is not None
    assert load_result(catalogue, after.id) == EMPTY
    assert newest_result(catalogue) == after.id
    assert jobs.take(after.id, "three", now=6.0) is None


def test_a_job_that_nobody_works_on_is_cancelled_at_once_and_another_when_its_server_obeys(jobs: Jobs) -> None:
    waiting, _ = jobs.submit(["b"], {}, now=1.0)
    assert jobs.cancel(waiting.id, now=2.0, living=["one"]).state == "cancelled"
    row = taken(jobs)
    assert jobs.cancel(row.id, now=2.0, living=["one"]).state == "running"
    assert jobs.wish(row) == "stop"
    assert jobs.cancel(row.id, now=2.0, living=["two"]).state == "cancelled"
    assert jobs.wish(row) == "leave"
    again = jobs.retry(row.id, now=3.0)
    assert (again.state, again.attempt, again.finished) == ("queued", 1, None)


def test_only_so_many_jobs_wait(jobs: Jobs) -> None:
    for number in range(3):
        jobs.submit([str(number)], {}, now=1.0, most_waiting=3)
    with pytest.raises(Busy):
        jobs.submit(["more"], {}, now=1.0, most_waiting=3)
    assert not jobs.submit(["1"], {}, now=1.0, most_waiting=3)[1]


def test_events_are_numbered_and_only_the_newest_are_kept(jobs: Jobs) -> None:
    row = taken(jobs)
    for number in range(KEPT_EVENTS + 5):
        assert jobs.tell(row, now=3.0, progress={"n": number}, failed_brands={}) is not None
    numbers = [number for number, _ in jobs.events(row.id, 0, limit=1000)]
    assert numbers == list(range(8, KEPT_EVENTS + 8))
    assert json.loads(jobs.events(row.id, numbers[-2])[0][1])["progress"] == {"n": KEPT_EVENTS + 4}


def test_jobs_are_found_by_state_brand_and_page(jobs: Jobs) -> None:
    rows = [jobs.submit([brand], {"n": number}, now=float(number))[0] for number, brand in enumerate("abab")]
    assert [row.id for row in jobs.page(brand="a")[0]] == [rows[2].id, rows[0].id]
    page, cursor = jobs.page(limit=3)
    assert [row.id for row in page] == [row.id for row in rows[:0:-1]]
    assert jobs.page(limit=3, before=str(cursor)) == ([rows[0]], None)
    assert jobs.page(state="done") == ([], None)
    assert jobs.counts() == {"queued": 4}
    with pytest.raises(UsageError):
        jobs.page(before="' OR 1=1")


def test_of_equal_jobs_only_the_newest_are_kept(catalogue: Catalogue, jobs: Jobs) -> None:
    made = []
    for number in range(4):
        row = jobs.take(jobs.submit(["a"], {}, now=float(number))[0].id, "one", now=2.0)
        assert row is not None
        save_result(catalogue, row.id, row.claim, EMPTY, now=3.0)
        jobs.end(row, "done", now=4.0 + number)
        made.append(row)
    assert [row.id for row in jobs.trim(made[0], 3)] == [made[0].id]
    assert jobs.newest_of() == {"a": (None, made[3].id)}
    with pytest.raises(NotFound):
        jobs.get(made[0].id)


def test_odd_texts_of_errors_are_stored_all_the_same(jobs: Jobs) -> None:
    row = taken(jobs)
    ended = jobs.end(row, "failed", now=3.0, error="odd \ud800 name \0 here", next_step="ü")
    assert ended is not None
    assert (ended.error, ended.next_step) == ("odd ? name  here", "ü")


def test_a_server_that_beats_no_more_is_buried_by_one_other(catalogue: Catalogue) -> None:
    clock = [0.0]
    hearts = [Heart(catalogue, patience=10, clock=lambda: clock[0]) for _ in range(3)]
    for number, heart in enumerate(hearts):
        heart.host = f"machine {number}"
        heart.start()
    one, two, silent = hearts
    buried: list[str] = []
    for now, beating in ((0.0, hearts), (4.0, hearts), *((now, [one, two]) for now in (8.0, 12.0, 16.0))):
        assert not buried
        clock[0] = now
        assert all(heart.beat() for heart in beating)
        for heart in (one, two):
            buried += heart.bury()
    assert buried == [silent.id]
    assert set(one.living()) == {one.id, two.id}
    clock[0] = 40.0  # one was asleep: it has not listened for long enough to say who else lives
    assert one.beat()
    assert not one.bury()
    assert not silent.beat()
    assert silent.id in one.living()


def test_a_scheduled_turn_is_taken_once(catalogue: Catalogue) -> None:
    assert claim_turn(catalogue, "a", due_before=10.0, now=100.0)
    assert not claim_turn(catalogue, "a", due_before=10.0, now=101.0)
    assert claim_turn(catalogue, "a", due_before=100.0, now=200.0)


def test_a_late_workflow_of_an_earlier_attempt_takes_nothing(jobs: Jobs) -> None:
    row = taken(jobs)
    jobs.end(row, "failed", now=3.0)
    again = jobs.retry(row.id, now=4.0)
    assert jobs.take(row.id, "one", now=5.0, attempt=row.attempt) is None
    assert jobs.take(row.id, "one", now=5.0, attempt=again.attempt) is not None


def test_names_that_no_database_can_hold_are_names_of_nothing(catalogue: Catalogue, jobs: Jobs) -> None:
    assert jobs.page(brand="a\0\ud800") == ([], None)
    assert Brands(catalogue).get("a\0b") is None
    with pytest.raises(NotFound):
        jobs.get("0123456789abcdef01234\0")
