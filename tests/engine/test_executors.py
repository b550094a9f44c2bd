"""Every executor gives what the plain loop gives, and a lost process costs nothing but its time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sosie.engine.executors import Executor, Inline, Pool
from sosie.errors import WorkerLost
from tests.engine import work

COUNT = 23


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(2)
    yield made
    made.close()


@pytest.fixture(params=["inline", "pool"])
def executor(request: pytest.FixtureRequest, pool: Pool) -> Executor:
    return Inline() if request.param == "inline" else pool


def test_each_call_comes_once_with_its_number(executor: Executor) -> None:
    found = dict(executor.run(work.doubled, COUNT, lambda number: number + 1))
    assert found == {number: 2 * number + 2 for number in range(COUNT)}


def test_no_calls_give_nothing(executor: Executor) -> None:
    assert list(executor.run(work.doubled, 0, lambda number: number)) == []


def test_what_a_function_raises_is_raised_where_it_was_asked_for(executor: Executor) -> None:
    with pytest.raises(ValueError, match="no 3"):
        list(executor.run(work.refused, 1, lambda _number: 3))
    assert dict(executor.run(work.doubled, 2, lambda number: number)) == {0: 0, 1: 2}


def test_calls_that_are_lost_with_their_process_are_made_again(pool: Pool, tmp_path: Path) -> None:
    markers = [str(tmp_path / str(number)) for number in range(4)]
    assert sorted(pool.run(work.lost_once, 4, markers.__getitem__)) == [(n, str(n)) for n in range(4)]


def test_a_call_that_ends_every_process_is_given_up(pool: Pool) -> None:
    with pytest.raises(WorkerLost, match="4 times"):
        list(pool.run(work.always_lost, 1, lambda number: number))


def test_who_stops_listening_leaves_a_pool_that_works(pool: Pool) -> None:
    for number, _ in pool.run(work.doubled, 100, lambda number: number):
        assert number < 100
        break
    assert dict(pool.run(work.doubled, 3, lambda number: number)) == {0: 0, 1: 2, 2: 4}


def test_closing_ends_the_processes() -> None:
    short = Pool(1)
    assert list(short.run(work.doubled, 1, lambda _number: 4)) == [(0, 8)]
    (child,) = short._idle
    short.close()
    assert child._process.poll() is not None
