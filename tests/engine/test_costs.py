"""What tasks cost is added up by step: rows, bytes, time, what was lost, and who lags behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sosie.engine.costs import BUCKETS, Costs, Done
from sosie.engine.executors import Inline, Needs, Pool, side_by_side
from sosie.engine.files import Folder, Metered
from sosie.engine.run import Run
from sosie.errors import EngineFailure
from tests.engine import work


class Clock:
    """A clock that goes on when it is told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def task(number: int, seconds: float) -> Done:
    return Done("read", f"read/{number}", seconds, size=10, worker="host:1", cpu=seconds / 2, read=100, rows=4)


def test_numbers_of_a_step_add_up_and_kept_tasks_count_as_done_only() -> None:
    clock = Clock()
    costs = Costs(clock)
    costs.begin("read", 3)
    clock.now += 2
    costs.add(task(0, 1.5))
    costs.add(Done("read", "read/1", 0.0, 0, ""))
    (step,) = costs.shown()
    assert (step.tasks, step.total, step.kept, step.rows) == (2, 3, 1, 4)
    assert (step.read, step.written, step.busy, step.cpu) == (100, 10, 1.5, 0.75)
    assert (step.seconds, step.rate) == (2, 2)


def test_time_between_two_rounds_of_a_step_is_not_its_own() -> None:
    clock = Clock()
    costs = Costs(clock)
    for number in range(2):
        costs.begin("read", 1)
        clock.now += 3
        costs.add(task(number, 3))
        clock.now += 50
    assert costs.shown()[0].seconds == 6


def test_a_task_that_takes_far_longer_than_the_median_is_a_straggler_by_name() -> None:
    costs = Costs()
    costs.begin("read", 20)
    for number in range(18):
        costs.add(task(number, 1.0))
    costs.add(task(18, 1.9))
    costs.add(task(19, 7.0))
    (step,) = costs.shown()
    assert (step.median, step.stragglers) == (1.0, 1)
    assert [(one.task, one.seconds, one.worker) for one in step.slowest] == [("read/19", 7.0, "host:1")]


def test_quick_tasks_of_different_length_are_no_stragglers() -> None:
    costs = Costs()
    costs.begin("read", 10)
    for number in range(10):
        costs.add(task(number, 0.01 + 0.05 * number))
    assert costs.shown()[0].stragglers == 0


def test_each_task_is_in_one_bucket_of_seconds() -> None:
    costs = Costs()
    costs.begin("read", 3)
    for number, seconds in enumerate((BUCKETS[0], BUCKETS[0] + 0.01, BUCKETS[-1] + 1)):
        costs.add(task(number, seconds))
    assert costs.shown()[0].spread == (1, 1, *[0] * (len(BUCKETS) - 2), 1)


def test_a_run_counts_rows_and_bytes_of_its_tasks(tmp_path: Path) -> None:
    run = Run(Folder(tmp_path), Inline())
    given = run.give("rows", {"rows": np.arange(1000)})
    tasks = [work.Slice(given, range(600)), work.Slice(given, range(600, 1000))]
    found = dict(run.map("sum", work.summed, ["a", "b"], tasks.__getitem__))
    assert [int(found[n]["sum"][0]) for n in range(2)] == [sum(range(600)), sum(range(600, 1000))]
    (step,) = run.costs.shown()
    assert (step.tasks, step.rows) == (2, 1000)
    size = (tmp_path / given).stat().st_size
    assert 2 * size + 2 * 7 < step.read < 2 * size + 2 * 7 + 2000
    assert step.written == sum(path.stat().st_size for path in (tmp_path / "sum").iterdir())
    list(run.map("sum", work.summed, ["a", "b"], tasks.__getitem__))
    assert run.costs.shown()[0].kept == 2


def test_tasks_that_were_lost_with_their_process_are_counted(tmp_path: Path) -> None:
    pool = Pool(2)
    run = Run(Folder(tmp_path / "run"), pool)
    try:
        markers = [str(tmp_path / f"marker-{number}") for number in range(3)]
        assert len(dict(run.map("lost", work.counted_after_a_loss, markers, markers.__getitem__))) == 3
    finally:
        run.close()
    assert run.costs.shown()[0].lost == 3


def test_counting_files_are_equal_when_their_files_are(tmp_path: Path) -> None:
    one, same, other = Metered(Folder(tmp_path)), Metered(Folder(tmp_path)), Metered(Folder(tmp_path / "b"))
    assert one == same
    assert hash(one) == hash(same)
    assert one != other


def test_what_a_step_needs_says_how_many_run_side_by_side() -> None:
    assert side_by_side(Needs(), 8, 0) == 8
    assert side_by_side(Needs(cpus=3), 8, 0) == 2
    assert side_by_side(Needs(cpus=16), 8, 0) == 1
    assert side_by_side(Needs(cpus=0.5), 2, 0) == 4
    assert side_by_side(Needs(gpus=0.5), 8, 1) == 2
    with pytest.raises(EngineFailure, match="2 GPUs"):
        side_by_side(Needs(gpus=2), 8, 1)


def test_a_pool_runs_no_more_at_a_time_than_the_needs_of_a_step_allow(tmp_path: Path) -> None:
    pool = Pool(3)
    try:
        places = dict(pool.run(work.who_is_here, 6, lambda _number: str(tmp_path), Needs(cpus=3)))
        assert set(places.values()) == {1}
    finally:
        pool.close()


def test_a_step_has_tasks_of_the_size_that_it_needs(tmp_path: Path) -> None:
    run = Run(Folder(tmp_path), Inline(), shards=2, needs={"read": Needs(batch=30)})
    assert [len(part) for part in run.parts(100, 1, 1, "read")] == [30, 30, 30, 10]
    assert [len(part) for part in run.parts(100, 1, 1, "verify")] == [50, 50]
