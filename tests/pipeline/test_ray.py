"""A scan on a cluster of two nodes, one of which is killed, says what a scan in one process says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pictures import picture, write
from tests.processes import lines, python

pytest.importorskip("ray", reason="Ray is not installed")

_PLAIN = """
import json, sys, sosie
report = sosie.find_duplicates(sys.argv[1], settings=sosie.load_settings({"embedders": "builtin"}))
print(json.dumps({**json.loads(report.to_json()), "timings": {}}))
"""
_CLUSTER = """
import json, os, sys
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
import ray, sosie
from ray.cluster_utils import Cluster

cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 80_000_000})
extra = cluster.add_node(num_cpus=1, object_store_memory=80_000_000)
gone = []

def listen(progress):
    if progress.stage == "read" and progress.done and not gone:
        gone.append(extra)
        cluster.remove_node(extra, allow_graceful=False)

values = {"embedders": "builtin", "engine": "ray", "ray_address": cluster.address, "shards": 12}
report = sosie.find_duplicates(sys.argv[1], settings=sosie.load_settings(values), listen=listen)
cluster.shutdown()
assert gone
print(json.dumps({**json.loads(report.to_json()), "timings": {}}))
"""


_DRIVER = """
import json, os, signal, sys, sosie
from sosie.pipeline.progress import Progress

def listen(progress):
    if progress.stage == "verify" and progress.done and sys.argv[3] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)

values = {"embedders": "builtin", "engine": "ray", "ray_address": sys.argv[2], "shards": 6}
report = sosie.find_duplicates(sys.argv[1], settings=sosie.load_settings(values), listen=listen)
print(json.dumps({**json.loads(report.to_json()), "timings": {}}))
"""
_TWICE = f"""
import os, subprocess, sys
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
from pathlib import Path
from ray.cluster_utils import Cluster

cluster = Cluster(initialize_head=True, head_node_args={{"num_cpus": 1, "object_store_memory": 80_000_000}})
command = [sys.executable, "-c", {_DRIVER!r}, sys.argv[1], cluster.address]
try:
    killed = subprocess.run([*command, "killed"], stdout=subprocess.PIPE)
    assert killed.returncode == -9, killed
    (left,) = [path for path in Path(os.environ["SOSIE_DATA_DIR"], "runs").iterdir() if path.is_dir()]
    assert list(left.glob("read/*.parquet"))
    resumed = subprocess.run([*command, "resumed"], stdout=subprocess.PIPE, check=True)
finally:
    cluster.shutdown()
assert not left.exists()
print(resumed.stdout.decode())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures, each with a smaller copy."""
    made = tmp_path_factory.mktemp("shop")
    for seed in range(12):
        pixels = picture(seed, longest=240)
        write(made / f"{seed}.png", pixels)
        write(made / f"{seed}-small.jpg", pixels[::2, ::2], quality=70)
    return made


@pytest.fixture(scope="module")
def plain(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> object:
    """What a scan in one process says."""
    report = json.loads(python(_PLAIN, folder, env={"SOSIE_DATA_DIR": str(tmp_path_factory.mktemp("plain"))}))
    assert len(report["groups"]) >= 8
    return report


def test_a_node_that_is_killed_in_mid_run_changes_nothing(folder: Path, plain: object, tmp_path: Path) -> None:
    said = python(_CLUSTER, folder, env={"SOSIE_DATA_DIR": str(tmp_path)}, timeout=180)
    assert json.loads(said.splitlines()[-1]) == plain


def test_a_driver_that_is_killed_leaves_a_run_that_another_ends(folder: Path, plain: object, tmp_path: Path) -> None:
    said = python(_TWICE, folder, env={"SOSIE_DATA_DIR": str(tmp_path)}, timeout=180)
    assert json.loads(lines(said)[-1]) == plain
