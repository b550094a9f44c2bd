"""A scan on a cluster of two nodes, one of which is killed, says what a scan in one process says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pictures import picture, write
from tests.processes import python

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


def test_a_node_that_is_killed_in_mid_run_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    for seed in range(12):
        pixels = picture(seed, longest=140)
        write(folder / f"{seed}.png", pixels)
        write(folder / f"{seed}-small.jpg", pixels[::2, ::2], quality=70)
    plain = json.loads(python(_PLAIN, folder, env={"SOSIE_DATA_DIR": str(tmp_path / "plain")}))
    assert len(plain["groups"]) >= 8
    env = {"SOSIE_DATA_DIR": str(tmp_path / "cluster")}
    cluster = json.loads(python(_CLUSTER, folder, env=env, timeout=180).splitlines()[-1])
    assert json.dumps(cluster) == json.dumps(plain)
