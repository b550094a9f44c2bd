"""How the join of vectors by cells grows: seconds, memory, and the recall that it measures of itself.

    python -m benchmarks.vector_joins                      # 10,000, 100,000 and 1,000,000 vectors, minutes
    python -m benchmarks.vector_joins --smoke              # small sizes, seconds
    python -m benchmarks.vector_joins --output joins.md    # the table as Markdown

Vectors have 512 numbers and a spectrum that falls like that of real embeddings; they lie around topics, twenty or so to
each, and a tenth of them are near another one (cosine 0.85 to 1). How far they scatter around their topics decides how
well cells divide them: 0.7 (two of a topic have a cosine of 0.67) unless `--scatter` says otherwise; at 1.2 a topic
hardly holds together. Every size is a process of its own with one thread.
Recall is that of pairs from 0.8 on with 2,000 sampled vectors, which are also compared with all.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.joins import ROOT, peak_memory
from sosie.matching.similar import SimilarParams, similar_pairs

DIMS = 512
THRESHOLD = 0.8
SIZES = (10_000, 100_000, 1_000_000)
SMOKE = (1_000, 4_000)
BLOCK = 8192


@dataclass(frozen=True, slots=True)
class Run:
    """One measured join: seconds by the clock and of processor, peak memory of its process in bytes, what it found."""

    size: int
    wall: float
    cpu: float
    memory: int
    pairs: int
    recall: float
    method: str


def vectors(count: int, scatter: float = 0.7, seed: int = 0) -> NDArray[np.float16]:
    """Give vectors of unit length, float16 (count, 512)."""
    draw = np.random.default_rng(seed)
    spectrum = np.arange(1, DIMS + 1, dtype=np.float32) ** -0.35
    topics = draw.standard_normal((max(count // 20, 1), DIMS), np.float32) * spectrum
    out = np.empty((count, DIMS), np.float16)
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        noise = draw.standard_normal((size, DIMS), np.float32) * spectrum
        rows = topics[draw.integers(0, len(topics), size)] + np.float32(scatter) * noise
        out[start : start + size] = _unit(rows)
    copies = count // 10
    for start in range(0, copies, BLOCK):
        size = min(BLOCK, copies - start)
        noise = draw.standard_normal((size, DIMS), np.float32) * spectrum
        noise = _unit(noise) * draw.uniform(0, 0.6, (size, 1)).astype(np.float32)
        out[start : start + size] = _unit(out[count - copies + start :][:size].astype(np.float32) + noise)
    return out


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def measure(count: int, scatter: float) -> Run:
    """Run the join of one size in this process."""
    rows = vectors(count, scatter)
    wall, cpu = time.perf_counter(), time.process_time()
    joined = similar_pairs(rows, SimilarParams(threshold=THRESHOLD, exact_up_to=1))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Run(count, wall, cpu, peak_memory(), len(joined.pairs), joined.recall, joined.method)


def measure_apart(count: int, scatter: float) -> Run:
    """Run the join of one size in a process of its own."""
    line = [sys.executable, "-m", "benchmarks.vector_joins", "--measure", str(count), "--scatter", str(scatter)]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(line, capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ | threads)
    return Run(**json.loads(done.stdout))


def exponent(sizes: list[int], values: list[float]) -> float:
    """Give the exponent with which values grow: the slope of their logarithms (least squares)."""
    if len(sizes) < 2:
        return 0.0
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def table(runs: list[Run]) -> str:
    """Write the results as Markdown."""
    lines = [
        "| vectors | CPU s | wall s | peak memory MB | pairs | recall | how |",
        "|---:|---:|---:|---:|---:|---:|---|",
    ]
    lines += [
        f"| {run.size:,} | {run.cpu:.1f} | {run.wall:.1f} | {run.memory / 1e6:.0f} | {run.pairs:,} | {run.recall:.4f} "
        f"| {run.method} |"
        for run in runs
    ]
    sizes = [run.size for run in runs]
    time_grows, memory_grows = (exponent(sizes, [getattr(run, name) for run in runs]) for name in ("cpu", "memory"))
    return "\n".join(lines) + f"\n\nGrowth exponents: time {time_grows:.2f}, memory {memory_grows:.2f}.\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of vectors to join")
    parser.add_argument("--scatter", type=float, default=0.7, help="how far vectors lie around their topics")
    parser.add_argument("--output", type=Path, help="file to write the Markdown table to")
    parser.add_argument("--smoke", action="store_true", help="small sizes")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(asdict(measure(options.measure, options.scatter))))
        return 0
    runs = []
    for size in SMOKE if options.smoke else sorted(options.sizes):
        runs.append(measure_apart(size, options.scatter))
        print(f"{size:,} vectors: {runs[-1].cpu:.1f} s of processor, recall {runs[-1].recall:.4f}", file=sys.stderr)
    text = table(runs)
    print(text, end="")
    if options.output:
        options.output.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
