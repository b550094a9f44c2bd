"""What is finished is there as a whole, and is not done again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sosie.engine.executors import Inline
from sosie.engine.files import Folder
from sosie.engine.run import Done, Run
from sosie.engine.tables import Column, pack, unpack
from sosie.errors import EngineFailure
from tests.engine import work
from tests.processes import python

_FULL = """
import resource, signal, sys
from pathlib import Path
from sosie.engine.files import Folder
from sosie.errors import EngineFailure
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Folder(Path(sys.argv[1]))
folder.write("step/a", b"before")
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    folder.write("step/a", bytes(5000))
except EngineFailure as error:
    print(error.next_step)
"""


def test_columns_come_back_as_they_were() -> None:
    arrays: dict[str, NDArray[Any]] = {
        "rows": np.arange(24, dtype=np.float16).reshape(3, 4, 2),
        "flat": np.array([1, 2, 3], np.int64),
        "flags": np.array([True, False, True]),
    }
    lists: dict[str, Column] = {"data": [b"a", None, b""], "text": ["x", None, "é"]}
    found = unpack(pack({**arrays, **lists}))
    for name, array in arrays.items():
        assert (found[name].dtype, found[name].shape, found[name].tolist()) == (
            array.dtype,
            array.shape,
            array.tolist(),
        )
    assert {name: found[name] for name in lists} == lists
    assert pack(found) == pack({**arrays, **lists})


def test_no_rows_come_back_as_no_rows() -> None:
    found = unpack(pack({"rows": np.empty((0, 5), np.int8), "ids": np.empty(0, np.int64), "data": []}))
    assert (found["rows"].shape, len(found["ids"]), found["data"]) == ((0, 5), 0, [])


def test_a_finished_task_is_not_done_again_and_others_are(tmp_path: Path) -> None:
    told: list[Done] = []
    run = Run(Folder(tmp_path), Inline(), hear=told.append)
    first = dict(run.map("count", work.counted, ["one", "two"], lambda number: number + 1))
    again = dict(run.map("count", work.counted, ["two", "three", "one"], lambda number: 30 + number))
    assert {number: row["number"].tolist() for number, row in first.items()} == {0: [1, 1], 1: [2, 4]}
    assert {number: row["number"].tolist() for number, row in again.items()} == {0: [2, 4], 1: [31, 961], 2: [1, 1]}
    assert [done.seconds > 0 for done in told] == [True, True, False, False, True]


def test_a_full_disk_leaves_what_was_there_and_says_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="limits are those of POSIX")
    assert "Make room" in python(_FULL, tmp_path)
    assert [path.name for path in (tmp_path / "step").iterdir()] == ["a"]
    assert Folder(tmp_path).read("step/a") == b"before"


def test_a_folder_that_cannot_be_made_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EngineFailure, match="run_dir"):
        Folder(tmp_path / "file").write("step/a", b"")


def test_shards_cut_evenly_and_the_cut_depends_on_rows_alone(tmp_path: Path) -> None:
    run = Run(Folder(tmp_path), Inline(), shards=5)
    assert [len(part) for part in run.parts(18, 100, 100)] == [4, 4, 4, 4, 2]
    assert run.parts(0, 1, 1) == []
    free = Run(Folder(tmp_path), Inline())
    assert [len(part) for part in free.parts(1000, 300, 500)] == [300, 300, 300, 100]
    assert max(len(part) for part in free.parts(100_000, 300, 500)) == 500
