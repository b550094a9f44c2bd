"""How fast all pairs of 256-bit hashes within 31 bits are found: Sosie beside FAISS, on the same codes.

    python -m benchmarks.joins                      # 10,000, 100,000 and 1,000,000 codes, minutes
    python -m benchmarks.joins --smoke              # small sizes, seconds
    python -m benchmarks.joins --output joins.md    # the table as Markdown

Codes are random, a tenth of them planted at exactly 31 bits from another. Every measurement is a process of its own
with one thread; rounds are interleaved, the table has medians. All contenders are exact and must find the same pairs.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sosie.matching.hamming import pairs_within

RADIUS = 31
BYTES = 32
BLOCK = 4096
SIZES = (10_000, 100_000, 1_000_000)
SMOKE = (500, 2_000)
ROOT = Path(__file__).parents[1]

Codes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Run:
    """One measured join: seconds by the clock and of processor, growth of resident memory in bytes, pairs found."""

    wall: float
    cpu: float
    memory: int
    pairs: int


def planted(count: int, seed: int = 0) -> Codes:
    """Random codes; the first tenth of them are codes of the last tenth with 31 bits flipped."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 256, (count, BYTES), np.uint8)
    pairs = count // 10
    for start in range(0, pairs, BLOCK):
        block = slice(start, min(start + BLOCK, pairs))
        flips = rng.random((block.stop - block.start, BYTES * 8)).argsort(axis=1) < RADIUS
        codes[block] = codes[count - pairs + block.start : count - pairs + block.stop] ^ np.packbits(flips, axis=1)
    return codes


def join_sosie(codes: Codes) -> int:
    return len(pairs_within(codes, RADIUS))


def join_sosie_variants(codes: Codes) -> int:
    """The common case of a catalogue: each image in eight orientations."""
    others = np.random.default_rng(1).integers(0, 256, (len(codes), 7, BYTES), np.uint8)
    return len(pairs_within(codes, RADIUS, np.concatenate((codes[:, None], others), axis=1)))


def join_faiss_flat(codes: Codes) -> int:
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(BYTES * 8)
    index.add(codes)
    return _count(codes, index)


def join_faiss_multi_hash(codes: Codes) -> int:
    """Sixteen tables of 16 bits with one bit flipped: with a radius of 31 this misses nothing."""
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryMultiHash(BYTES * 8, 16, 16)
    index.nflip = 1
    index.add(codes)
    return _count(codes, index)


def _count(codes: Codes, index: object) -> int:
    """Pairs that range searches of all codes find, each once; FAISS takes radii as exclusive."""
    total = 0
    for start in range(0, len(codes), BLOCK):
        block = codes[start : start + BLOCK]
        limits, _, found = index.range_search(block, RADIUS + 1)  # type: ignore[attr-defined]
        asking = np.repeat(np.arange(start, start + len(block)), np.diff(limits.astype(np.int64)))
        total += int((found > asking).sum())
    return total


CONTENDERS: dict[str, Callable[[Codes], int]] = {
    "sosie": join_sosie,
    "sosie, 8 orientations": join_sosie_variants,
    "faiss flat": join_faiss_flat,
    "faiss multi-hash": join_faiss_multi_hash,
}


def measure(name: str, count: int) -> Run:
    """Run one join in this process."""
    codes = planted(count)
    if name.startswith("faiss"):
        import faiss  # noqa: F401  (loading it is not part of the join)
    before = peak_memory()
    wall, cpu = time.perf_counter(), time.process_time()
    pairs = CONTENDERS[name](codes)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Run(wall, cpu, max(peak_memory() - before, 0), pairs)


def peak_memory() -> int:
    """The most memory that this process has had, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def measure_apart(name: str, count: int) -> Run:
    """Run one join in a process of its own."""
    line = [sys.executable, "-m", "benchmarks.joins", "--measure", name, "--sizes", str(count)]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(line, capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ | threads)
    return Run(**json.loads(done.stdout))


def run_all(sizes: list[int], rounds: int, patience: float) -> Iterator[tuple[str, int, list[Run]]]:
    """Yield contender, size and runs; a contender that would outlast `patience` at a size is left out."""
    seconds: dict[str, tuple[int, float]] = {}
    for size in sizes:
        taking_part = []
        for name in CONTENDERS:
            if name.startswith("faiss") and find_spec("faiss") is None:
                continue
            earlier, took = seconds.get(name, (size, 0.0))
            if took * (size / earlier) ** 2 <= patience or name == "sosie":
                taking_part.append(name)
        runs: dict[str, list[Run]] = {name: [] for name in taking_part}
        for _ in range(rounds):
            for name in taking_part:
                runs[name].append(measure_apart(name, size))
        for name in taking_part:
            seconds[name] = (size, _median(runs[name], "cpu"))
            yield name, size, runs[name]


def _median(runs: list[Run], field: str) -> float:
    return float(statistics.median(asdict(run)[field] for run in runs))


def table(results: list[tuple[str, int, list[Run]]]) -> str:
    """Write the results as a Markdown table; the exponent is of CPU time against the size before."""
    lines = [
        "| join | codes | CPU s | wall s | peak memory MB | pairs | growth exponent |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    earlier: dict[str, tuple[int, float]] = {}
    for name, size, runs in results:
        cpu, exponent = _median(runs, "cpu"), ""
        if name in earlier:
            last_size, last_cpu = earlier[name]
            exponent = f"{math.log(cpu / last_cpu) / math.log(size / last_size):.2f}"
        earlier[name] = (size, cpu)
        wall, memory = _median(runs, "wall"), _median(runs, "memory") / 1e6
        lines.append(f"| {name} | {size:,} | {cpu:.3f} | {wall:.3f} | {memory:.0f} | {runs[0].pairs:,} | {exponent} |")
    return "\n".join(lines) + "\n"


def differing(results: list[tuple[str, int, list[Run]]]) -> list[int]:
    """Sizes at which contenders that join the plain codes found different numbers of pairs."""
    found: dict[int, set[int]] = {}
    for name, size, runs in results:
        if name != "sosie, 8 orientations":
            found.setdefault(size, set()).update(run.pairs for run in runs)
    return [size for size, counts in found.items() if len(counts) > 1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of codes to join")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds of which the median counts")
    parser.add_argument(
        "--patience", type=float, default=120.0, help="seconds that a join other than the plain one may take"
    )
    parser.add_argument("--output", type=Path, help="file to write the Markdown table to")
    parser.add_argument("--smoke", action="store_true", help="small sizes and one round")
    parser.add_argument("--measure", choices=sorted(CONTENDERS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(asdict(measure(options.measure, options.sizes[0]))))
        return 0
    sizes, rounds = (list(SMOKE), 1) if options.smoke else (sorted(options.sizes), options.rounds)
    results = []
    for name, size, runs in run_all(sizes, rounds, options.patience):
        print(f"{name}, {size:,} codes: {_median(runs, 'cpu'):.3f} s", file=sys.stderr)
        results.append((name, size, runs))
    text = table(results)
    print(text, end="")
    if options.output:
        options.output.write_text(text)
    for size in (wrong := differing(results)):
        print(f"At {size:,} codes the contenders found different pairs.", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
