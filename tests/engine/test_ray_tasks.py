"""Tasks of Ray: what is lost is begun again and counted, and needs that nothing can meet are refused at once."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.postgres import free_port
from tests.processes import ROOT, lines, python

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


_CLIENT = """
import json, sys
from pathlib import Path
from sosie.engine.ray_tasks import RayTasks
from tests.engine import work

tasks = RayTasks(sys.argv[1])
try:
    markers = [str(Path(sys.argv[2]) / str(number)) for number in range(2)]
    print(json.dumps([sorted(tasks.run(work.lost_once, 2, markers.__getitem__)), tasks.lost]))
finally:
    tasks.close()
"""


def test_a_machine_that_is_no_part_of_a_cluster_has_it_work_with_its_token(tmp_path: Path) -> None:
    pytest.importorskip("grpc", reason="ray[client] is not installed")
    with head_of_a_cluster() as (address, env):
        said = json.loads(lines(python(_CLIENT, address, tmp_path, env=env, timeout=180))[-1])
        assert said == [[[0, "0"], [1, "1"]], 2]


@contextmanager
def head_of_a_cluster() -> Iterator[tuple[str, dict[str, str]]]:
    """Give the address of a cluster of one node for clients, and what they have to know."""
    gcs, client = free_port(), free_port()
    env = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    env["PYTHONPATH"] = str(ROOT)  # as all machines have the same packages
    ray = Path(sys.executable).with_name("ray")
    options = [f"--port={gcs}", f"--ray-client-server-port={client}", "--node-ip-address=127.0.0.1", "--num-cpus=1"]
    options += ["--include-dashboard=false", "--object-store-memory=80000000", "--block"]
    head = subprocess.Popen(
        [ray, "start", "--head", *options],
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    assert head.stdout is not None
    try:
        assert any("Ray runtime started" in line for line in head.stdout), "the head ended"
        yield f"ray://127.0.0.1:{client}", env
    finally:
        os.killpg(head.pid, signal.SIGTERM)
        try:
            head.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(head.pid, signal.SIGKILL)
            head.wait(30)
        head.stdout.close()
