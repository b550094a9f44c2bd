"""Several processes find out what one does, and the loss of one costs nothing but time."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from sosie.errors import SosieError
from sosie.fingerprints.local.extraction import extract
from sosie.imaging.picture import ImageInfo
from sosie.pipeline.examining import Bench, Examiner, Outcome, Task, split
from tests.pictures import picture

IMAGES = 4


def rows() -> list[bytes]:
    """The features of an original, its mirror image, and two strangers."""
    pictures = [picture(1, longest=200), picture(1, longest=200)[:, ::-1], picture(2), picture(3)]
    return [extract(pixels).to_bytes() for pixels in pictures]


@pytest.fixture(scope="module")
def task() -> Task:
    """All pairs of the four."""
    stored = tuple(rows())
    keys = tuple(hashlib.sha256(row).digest() for row in stored)
    pairs = tuple((a, b) for a in range(IMAGES) for b in range(a + 1, IMAGES))
    return Task(keys, stored, (ImageInfo("JPEG", 400, 300),) * IMAGES, pairs)


def examined(bench: Bench, tasks: list[Task]) -> list[list[Outcome]]:
    return list(bench.examine(len(tasks), tasks.__getitem__))


def one_by_one(task: Task) -> list[Task]:
    return [Task(task.keys, task.rows, task.infos, (pair,)) for pair in task.pairs]


def test_other_processes_find_what_this_one_finds_in_the_same_order(task: Task) -> None:
    with Bench(2) as bench:
        bench.widen()
        together = examined(bench, one_by_one(task) * 4)
    alone = [[outcome] for outcome in Examiner().examine(task)] * 4
    assert together == alone
    how, finding = together[0][0]
    assert how == "measured"
    assert finding is not None
    assert finding["relation"] == "copy"


def test_a_pair_that_two_copies_imply_is_confirmed_and_what_is_known_is_not_measured_again() -> None:
    pixels = picture(1, longest=200)
    stored = tuple(extract(each).to_bytes() for each in (pixels, pixels[:, ::-1], pixels[::-1]))
    keys = tuple(hashlib.sha256(row).digest() for row in stored)
    pairs = ((0, 1), (0, 2), (1, 2))
    plain = Task(keys, stored, (ImageInfo("JPEG", 200, 150),) * 3, pairs)
    measured = Examiner().examine(plain)
    outcomes = Examiner().examine(replace(plain, spare=True, known={0: measured[0][1]}))
    assert [how for how, _ in outcomes] == ["known", "measured", "implied"]
    assert [how for how, _ in measured] == ["measured"] * 3
    found, expected = outcomes[2][1], measured[2][1]
    assert found is not None
    assert expected is not None
    assert found["relation"] == expected["relation"] == "copy"
    assert found["evidence"]["edits"] == expected["evidence"]["edits"]
    assert found["evidence"]["inliers"] > 8


def test_the_work_of_a_process_that_was_killed_is_done_by_the_others(task: Task) -> None:
    with Bench(1) as bench:
        bench.widen()
        (other,) = bench._others
        other._process.kill()
        assert examined(bench, one_by_one(task)) == [[outcome] for outcome in Examiner().examine(task)]
        assert not bench._others


def test_closing_ends_the_processes(task: Task) -> None:
    bench = Bench(1)
    bench.widen()
    (other,) = bench._others
    examined(bench, [task])
    bench.close()
    assert other._process.poll() is not None


def test_damaged_features_are_an_error_with_a_next_step_wherever_they_are_met(task: Task) -> None:
    damaged = Task(task.keys[::-1], tuple(row[:-1] + b"\0\0" for row in task.rows), task.infos, task.pairs)
    with Bench(1) as bench:
        bench.widen()
        with pytest.raises(SosieError, match="Fingerprint the image again"):
            examined(bench, one_by_one(damaged))


def test_tasks_hold_whole_clusters_in_order() -> None:
    clusters = [[(number, number + 1), (number, number + 2)] for number in range(0, 900, 3)]
    parts = split(clusters, workers=2)
    assert [pair for part in parts for pair in part] == [pair for cluster in clusters for pair in cluster]
    assert all(len(part) % 2 == 0 for part in parts)
    assert max(map(len, parts)) <= 64
