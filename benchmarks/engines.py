"""The same scan by threads, by a pool of processes and by a Ray cluster of two nodes, one of which may be killed.

    python -m benchmarks.engines                  # 2,000 drawn pictures, two workers each: minutes
    python -m benchmarks.engines --images 200     # fewer
    python -m benchmarks.engines --kill           # one of the two nodes is killed while pictures are read
    python -m benchmarks.engines --output e.md    # the table as Markdown

Every scan is a process of its own with a catalogue of its own; reports have to be equal byte for byte, but for timings.
A fifth of the pictures are smaller copies of others. The nodes of Ray are processes of this machine with one processor
each. It prints images a second by the clock, and what part of the pool's that is.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2

from benchmarks.joins import ROOT
from benchmarks.strangers import write_strangers

_SCAN = """
import json, sys, sosie
values = {"embedders": "builtin", "workers": 2, "data_dir": sys.argv[2], "method": sys.argv[3]}
values |= json.loads(sys.argv[4])
cluster, extra, gone, steps = None, None, [], {}
if values.get("engine") == "ray":
    from ray.cluster_utils import Cluster
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 200_000_000})
    extra = cluster.add_node(num_cpus=1, object_store_memory=200_000_000)
    values["ray_address"] = cluster.address

def listen(progress):
    steps.update({step.step: step for step in progress.steps})
    if sys.argv[5] == "kill" and extra and progress.stage == "read" and progress.done and not gone:
        gone.append(extra)
        cluster.remove_node(extra, allow_graceful=False)

report = sosie.find_duplicates(sys.argv[1], settings=sosie.load_settings(values), listen=listen)
said = json.loads(report.to_json())
cpu, lost = sum(step.cpu for step in steps.values()), sum(step.lost for step in steps.values())
print(json.dumps({"timings": said.pop("timings"), "killed": len(gone), "cpu": cpu, "lost": lost, "report": said}))
if cluster:
    cluster.shutdown()
"""
ENGINES: dict[str, dict[str, object]] = {
    "threads": {},
    "pool": {"shards": 32},
    "ray": {"shards": 32, "engine": "ray"},
}


def draw(folder: Path, count: int) -> None:
    """Draw pictures, and smaller copies of every fourth one."""
    write_strangers(folder, range(count - count // 5))
    for number in range(count // 5):
        pixels = cv2.imread(str(folder / f"{4 * number:06d}.jpg"))
        if pixels is not None:
            cv2.imwrite(str(folder / f"copy-{number:06d}.jpg"), cv2.resize(pixels, (240, 180)))


@dataclass(frozen=True, slots=True)
class Scanned:
    """One scan: seconds of its stages, of its tasks' processors, tasks and nodes that were lost, and its report."""

    seconds: float
    cpu: float
    lost: int
    killed: int
    report: str


def scan(folder: Path, engine: str, method: str, *, kill: bool) -> Scanned:
    """Scan with an engine in a process of its own."""
    with tempfile.TemporaryDirectory() as data:
        line = [sys.executable, "-c", _SCAN, str(folder), data, method, json.dumps(ENGINES[engine])]
        env = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0"}
        started = time.perf_counter()
        done = subprocess.run(
            [*line, "kill" if kill else ""], stdout=subprocess.PIPE, text=True, check=True, env=env, cwd=ROOT
        )
        print(f"{engine}: {time.perf_counter() - started:.1f} s with its start", file=sys.stderr)
    said = json.loads(done.stdout.splitlines()[-1])
    timings = said["timings"]
    seconds = sum(timings[stage] for stage in ("read", "compare", "verify", "group", "similar") if stage in timings)
    return Scanned(seconds, said["cpu"], said["lost"], said["killed"], json.dumps(said["report"]))


def table(images: int, best: Mapping[str, Scanned], equal: bool) -> str:
    """Write the results as Markdown."""
    lines = ["| engine | images | seconds | images/s | x pool | CPU s of tasks | tasks lost |", "|---|" + "---:|" * 6]
    for engine, run in best.items():
        share, cpu = best["pool"].seconds / run.seconds, f"{run.cpu:.1f}" if run.cpu else ""
        rate = f"{images / run.seconds:.1f} | {share:.2f}"
        lines.append(f"| {engine} | {images:,} | {run.seconds:.1f} | {rate} | {cpu} | {run.lost} |")
    return "\n".join(lines) + ("\n\nAll reports are equal.\n" if equal else "\n\nThe reports differ.\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=2000, help="pictures to scan")
    parser.add_argument("--method", default="auto", choices=("auto", "hash"))
    parser.add_argument("--rounds", type=int, default=1, help="rounds by turns, of which the best counts")
    parser.add_argument("--kill", action="store_true", help="kill one of the two nodes while pictures are read")
    parser.add_argument("--smoke", action="store_true", help="few pictures")
    parser.add_argument("--output", type=Path, help="file to write the Markdown table to")
    options = parser.parse_args()
    images = 40 if options.smoke else options.images
    best: dict[str, Scanned] = {}
    reports = set()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        draw(folder, images)
        for engine in list(ENGINES) * options.rounds:
            run = scan(folder, engine, options.method, kill=options.kill)
            best[engine] = min(run, best.get(engine, run), key=lambda one: one.seconds)
            reports.add(run.report)
            if options.kill and engine == "ray" and not run.killed:
                print("No node was killed.", file=sys.stderr)
                return 1
    text = table(images, best, len(reports) == 1)
    print(text, end="")
    if options.output:
        options.output.write_text(text)
    return 0 if len(reports) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
