"""Tasks of Ray: what is lost is begun again and counted, and needs that nothing can meet are refused at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.processes import lines, python

pytest.importorskip("ray", reason="Ray is not installed")

_TRIED = """
import json, sys
from pathlib import Path
from sosie.engine.executors import Needs
from sosie.engine.ray_tasks import RayTasks
from sosie.errors import EngineFailure, WorkerLost
from tests.engine import work

tasks = RayTasks(most=2)
said = {"hands": tasks.hands}
try:
    markers = [str(Path(sys.argv[1]) / str(number)) for number in range(3)]
    said["found"] = sorted(tasks.run(work.lost_once, 3, markers.__getitem__))
    said["lost"] = tasks.lost
    Path(sys.argv[1], "here").mkdir()
    calls = tasks.run(work.who_is_here, 4, lambda _number: str(Path(sys.argv[1], "here")), Needs(cpus=2))
    said["together"] = sorted({value for _, value in calls})
    for name, needs in {"cpus": Needs(cpus=64), "gpus": Needs(gpus=1)}.items():
        try:
            list(tasks.run(work.doubled, 1, lambda number: number, needs))
        except EngineFailure as error:
            said[name] = str(error)
    try:
        list(tasks.run(work.always_lost, 1, lambda number: number))
    except WorkerLost as error:
        said["given up"] = error.message
finally:
    tasks.close()
print(json.dumps(said))
"""


def test_losses_are_counted_and_needs_are_kept_to(tmp_path: Path) -> None:
    said = json.loads(lines(python(_TRIED, tmp_path, timeout=180))[-1])
    assert said["hands"] == 2
    assert said["found"] == [[number, str(number)] for number in range(3)]
    assert said["lost"] == 3
    assert said["together"] == [1]
    assert "64 CPUs" in said["cpus"]
    assert "1 GPUs" in said["gpus"]
    assert "4 times" in said["given up"]
