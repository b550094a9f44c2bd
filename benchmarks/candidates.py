"""How the search for candidates by local features grows: time, memory, and what cells find of what all find.

    python -m benchmarks.candidates                          # 10,000, 30,000 and 100,000 images: some minutes
    python -m benchmarks.candidates --smoke                  # small sizes, seconds
    python -m benchmarks.candidates --pictures FOLDER        # features of your own pictures instead of drawn ones
    python -m benchmarks.candidates --output table.md        # the table as Markdown

Images are put together from the features of 800 pictures: each has a part of the spots of three of them, at other
places, and the vector that these have in common. A tenth are copies of another one, with some of its spots lost,
others misread, and a noisy vector. Every size is a process of its own with one thread. Times are of the processor,
reckoned for all images from 5,000 (by cells) and 500 (all with all), with what is made once for all. By the 500 the
recall is measured as well: of evident candidates, and of planted copies.
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

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.joins import ROOT, peak_memory
from benchmarks.small_pictures import picture
from benchmarks.vector_joins import exponent
from sosie.features import WORD_BITS, Spots
from sosie.fingerprints.local import UNIT, LocalFingerprinter, signs, vectors
from sosie.imaging.picture import ImageInfo, Picture
from sosie.matching.asking import Asked
from sosie.matching.near_cells import EVIDENT, Reach
from sosie.matching.neighbours import Ids, Nearest, NeighbourParams
from sosie.matching.words import WordIndex
from sosie.pipeline.verifying import Index

SIZES = (10_000, 30_000, 100_000)
SMOKE = (1_000, 3_000)
_BASES = 800
_ASKED = 5000
_LOST, _MISREAD, _NOISE = 0.4, 0.2, 0.5
_WORDS = 1 << 2 * WORD_BITS


@dataclass(frozen=True, slots=True)
class Run:
    """One size: processor seconds for all images by cells and for all with all (reckoned), peak memory in bytes, the
    share of evident candidates and of planted copies that cells find, and of copies that all with all finds."""

    size: int
    cells: float
    exact: float
    memory: int
    recall: float
    copies: float
    copies_exact: float
    note: str


@dataclass(frozen=True)
class Crowd:
    """Images by vectors and spots; `copy_of`: int64 (n,), the image that each copies, -1 for the others."""

    vectors: NDArray[np.int8]
    spots: Spots
    copy_of: Ids


def bases(folder: Path | None) -> tuple[NDArray[np.int8], Spots]:
    """Return the features of some pictures, drawn or from a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())[:_BASES] if folder else []
    pixels = (cv2.imread(str(path)) for path in paths) if folder else map(picture, range(_BASES))
    fingerprinter, rows = LocalFingerprinter(), []
    for each in pixels:
        if each is not None:
            rgb = each[..., ::-1].copy()
            rows += fingerprinter.compute([Picture(ImageInfo("PNG", rgb.shape[1], rgb.shape[0]), rgb)])
    return vectors([row[1] for row in rows]), Spots.from_bytes([row[2] for row in rows])


def crowd(count: int, folder: Path | None) -> Crowd:
    """Put images together."""
    draw = np.random.default_rng(count)
    known, spots = bases(folder)
    out, parts = np.zeros((count, known.shape[1]), np.int8), list[NDArray[np.void]]()
    copy_of = np.full(count, -1, np.int64)
    for number in range(count):
        if number % 10 == 9:
            copy_of[number] = number - int(draw.integers(1, 9))
            vector = out[copy_of[number]].astype(np.float64)
            noise = draw.standard_normal(len(vector))
            vector += _NOISE * noise * np.linalg.norm(vector) / np.linalg.norm(noise)
            parts.append(_seen_again(parts[copy_of[number]], draw))
        else:
            three = draw.integers(0, len(known), 3)
            vector = (known[three] * draw.uniform(0.3, 1, (3, 1))).sum(axis=0) + draw.standard_normal(
                known.shape[1]
            ) * 8
            parts.append(np.concatenate([_some(spots, one, draw) for one in three.tolist()]))
        out[number] = np.clip(np.rint(vector * (UNIT / max(float(np.linalg.norm(vector)), 1.0))), -127, 127)
    starts = np.cumsum([0, *map(len, parts)], dtype=np.int64)
    return Crowd(out, Spots(np.concatenate(parts), starts), copy_of)


def _some(spots: Spots, image: int, draw: np.random.Generator) -> NDArray[np.void]:
    """A third of the spots of an image, half of them read as another word of some image, at places of their own."""
    rows = spots.rows[spots.starts[image] : spots.starts[image + 1]]
    rows = rows[draw.random(len(rows)) < 1 / 3].copy()
    _misread(rows, 1 / 2, draw, spots.rows["word"])
    rows["x"], rows["y"] = draw.integers(-95, 95, len(rows)), draw.integers(-70, 70, len(rows))
    rows["angle"] = draw.integers(0, 256, len(rows))
    return rows


def _seen_again(rows: NDArray[np.void], draw: np.random.Generator) -> NDArray[np.void]:
    rows = rows[draw.random(len(rows)) >= _LOST].copy()
    _misread(rows, _MISREAD, draw, np.arange(_WORDS, dtype=np.uint32))
    return rows


def _misread(rows: NDArray[np.void], share: float, draw: np.random.Generator, words: NDArray[np.uint32]) -> None:
    wrong = np.flatnonzero(draw.random(len(rows)) < share)
    for name in ("word", "second"):
        rows[name][wrong] = words[draw.integers(0, len(words), len(wrong))]


def measure(count: int, folder: Path | None) -> Run:
    """Measure one size in this process."""
    many = crowd(count, folder)
    params = NeighbourParams(workers=1)
    index = Index(many.vectors, signs(), WordIndex(many.spots), params)
    exact = 0.0

    def ask(rows: Ids, wanted: int, reach: Reach | None) -> Nearest:
        nonlocal exact
        started = time.process_time()
        found = index.nearest(rows, wanted, reach)
        if reach == EVIDENT:
            exact += (time.process_time() - started) / len(rows)
        return found

    asked = Asked(count, ask, exact_up_to=1)
    copies = np.flatnonzero(many.copy_of >= 0)[:500]
    truth = held(many, copies, index.nearest(copies, params.first, None))
    started = time.process_time()
    index.known.clear()
    index.cells = None
    asked.nearest(copies[:1], params.shortlist)
    once = time.process_time() - started
    rows = np.arange(min(count, _ASKED))
    started = time.process_time()
    asked.nearest(rows, params.shortlist)
    cells = once + (time.process_time() - started) / len(rows) * count
    found = held(many, copies, asked.nearest(copies, params.first))
    return Run(count, cells, exact * count, peak_memory(), asked.recall, found, truth, asked.note)


def held(many: Crowd, rows: Ids, found: Nearest) -> float:
    """The share of copies among whose nearest is what they copy."""
    return float((found.ids == many.copy_of[rows][:, None]).any(axis=1).mean())


def measure_apart(count: int, folder: Path | None) -> Run:
    """Measure one size in a process of its own."""
    line = [sys.executable, "-m", "benchmarks.candidates", "--measure", str(count)]
    line += ["--pictures", str(folder)] if folder else []
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(line, capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ | threads)
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def table(runs: list[Run]) -> str:
    """Write the results as Markdown."""
    lines = [
        "| images | cells, CPU s | ms an image | all with all, CPU s | peak memory MB | recall "
        "| copies found | by all with all |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {run.size:,} | {run.cells:.1f} | {1000 * run.cells / run.size:.2f} | {run.exact:.0f} "
        f"| {run.memory / 1e6:.0f} | {run.recall:.4f} | {run.copies:.4f} | {run.copies_exact:.4f} |"
        for run in runs
    ]
    sizes = [run.size for run in runs]
    grows = [exponent(sizes, [getattr(run, name) for run in runs]) for name in ("cells", "exact", "memory")]
    told = "Growth exponents: cells {:.2f}, all with all {:.2f}, memory {:.2f}."
    return "\n".join(lines) + f"\n\n{told.format(*grows)}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of images")
    parser.add_argument("--pictures", type=Path, help="folder of pictures whose features are used")
    parser.add_argument("--output", type=Path, help="file to write the Markdown table to")
    parser.add_argument("--smoke", action="store_true", help="small sizes")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(asdict(measure(options.measure, options.pictures))))
        return 0
    runs = []
    for size in SMOKE if options.smoke else sorted(options.sizes):
        runs.append(measure_apart(size, options.pictures))
        print(f"{size:,} images: {runs[-1].cells:.1f} s of processor. {runs[-1].note}", file=sys.stderr)
    text = table(runs)
    print(text, end="")
    if options.output:
        options.output.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
