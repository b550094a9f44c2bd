"""How much of ONNX Runtime's bare speed is left when images are read, decoded, prepared, embedded and remembered.

    python -m benchmarks.embedding [--images 128] [--size 640x480] [--workers 0] [--large 8]    writes RESULTS.md
    python -m benchmarks.embedding --smoke                    a tiny model and a handful of images, in seconds

A random-weight ViT-B/32 (the published graph's work) runs as a scan runs it, from files to rows in a catalogue
("scan"), and on prepared tensors and nothing else: with as many threads as our workers ("bare"), and with the
defaults of ONNX Runtime ("bare_default"), one after the other, round by round. Times are medians, by CPU and by wall
time; `of_bare_*` is the share of the bare speed that is left, the median over the rounds: other work on the machine
slows down both of a round. Beside other work only the CPU times can be trusted. Then `--large` photos of 24
megapixels, for the peak memory.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from benchmarks import results
from benchmarks.places import FULL, HERE, SMOKE
from benchmarks.rendering import render
from benchmarks.vit import write_vit
from sosie.fingerprints.base import builtin_hashes
from sosie.fingerprints.embedders.clip import ClipBackend
from sosie.fingerprints.embedders.files import ModelFiles
from sosie.fingerprints.embedders.registry import find_model
from sosie.fingerprints.embedders.sessions import open_session, usable_cores
from sosie.pipeline.contents import Contents, contents_of
from sosie.pipeline.embedding import EmbedParams, embed_contents
from sosie.pipeline.progress import ignore
from sosie.pipeline.reading import ReadParams
from sosie.pipeline.threads import single_threaded_libraries
from sosie.pipeline.updating import read_all
from sosie.sources import FolderSource
from sosie.store.cache import CatalogueCache
from sosie.store.catalogue import Catalogue
from sosie.types import ImageRef

ROUNDS = 5


def draw_photos(folder: Path, count: int, width: int, height: int) -> None:
    """Write JPEGs with the detail of photos: smooth shapes and some noise."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(count):
        draw = np.random.default_rng(seed)
        small = Image.fromarray(draw.integers(0, 256, (max(2, height // 24), max(2, width // 24), 3), dtype=np.uint8))
        pixels = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC), np.int16)
        noisy = pixels + draw.integers(-8, 9, pixels.shape, dtype=np.int16)
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(folder / f"{seed:05}.jpg", quality=88)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """CPU seconds and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def peak_megabytes() -> float:
    """The most memory that this process ever held (getrusage would also count the parent before the fork)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def bare(session: onnxruntime.InferenceSession, count: int, workers: int, batch: int) -> Callable[[], object]:
    """ONNX Runtime on prepared tensors."""
    tensors = np.random.default_rng(0).standard_normal((batch, 3, 224, 224), np.float32)
    session.run(None, {"pixel_values": tensors})

    def work() -> None:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda _: session.run(None, {"pixel_values": tensors}), range(count // batch)))

    return work


def read(folder: Path, catalogue: Catalogue) -> Contents:
    refs = [ref for ref in FolderSource([str(folder)]).refs() if isinstance(ref, ImageRef)]
    reading = read_all(refs, catalogue, [builtin_hashes()["hash"]], ReadParams(), ignore)
    return contents_of(reading.contents, refs, catalogue)


def measure(folder: Path, root: Path, workers: int, *, compare: bool) -> dict[str, float]:
    files, model = ModelFiles(root / "models"), find_model("clip-vit-b32")
    backend = ClipBackend(model=model, files=files, concurrency=workers)
    files.bring(model, root / "vit.onnx")
    with Catalogue(root / f"{folder.name}.db") as catalogue, single_threaded_libraries():
        contents = read(folder, catalogue)
        opened = backend.open()  # loading is not what is measured
        backend_open = _Opened(backend, opened)
        before = peak_megabytes()
        cache = CatalogueCache(catalogue)
        works: dict[str, Callable[[], object]] = {
            "scan": lambda: embed_contents(contents, [backend_open], cache, EmbedParams(), ignore)
        }
        catalogue.drop_space(opened.space.key)
        works["scan"]()
        peak = peak_megabytes()
        if compare:
            path, count = root / "vit.onnx", len(contents)
            works["bare"] = bare(open_session(path), count, opened.concurrency, opened.batch)
            works["bare_default"] = bare(onnxruntime.InferenceSession(str(path)), count, 1, opened.batch)
        taken: dict[str, list[float]] = {}
        for _ in range(ROUNDS if compare else 0):
            for name, work in works.items():
                catalogue.drop_space(opened.space.key)
                for kind, seconds in zip(("cpu", "wall"), timed(work), strict=True):
                    taken.setdefault(f"{name}_{kind}", []).append(seconds / len(contents) * 1000)
    found: dict[str, float] = {"images": len(contents)}
    found |= {f"{key}_ms": statistics.median(times) for key, times in taken.items()}
    for name, kind in [(name, kind) for name in works if name != "scan" for kind in ("cpu", "wall")]:
        shares = [bare / scan for bare, scan in zip(taken[f"{name}_{kind}"], taken[f"scan_{kind}"], strict=True)]
        found[f"of_{name}_{kind}"] = statistics.median(shares)
    return found | {"workers": opened.concurrency, "batch": opened.batch, "before_mb": before, "peak_mb": peak}


class _Opened:
    """A back end that was opened before, and whose vectors are not known yet."""

    name, threshold = "clip", 0.88

    def __init__(self, backend: ClipBackend, embedder: object) -> None:
        self._backend, self._embedder = backend, embedder

    def known_space(self) -> None:
        return None

    def open(self):  # type: ignore[no-untyped-def]
        return self._embedder


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=128)
    parser.add_argument("--size", default="640x480")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--large", type=int, default=8)
    parser.add_argument("--smoke", action="store_true", help="a tiny model and a handful of images, in seconds")
    parser.add_argument("--results", type=Path, default=HERE, help="folder of RESULTS.md and results/")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    return parser


def measured_apart(folder: Path, root: Path, workers: int) -> dict[str, float]:
    """Measure one folder in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "benchmarks.embedding", "--part", str(folder), str(root)]
    done = subprocess.run([*command, "--workers", str(workers)], check=True, capture_output=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return {key: round(value, 3) for key, value in answer.items()}


def main() -> None:
    options = parser().parse_args()
    if options.part:
        folder, root = map(Path, options.part)
        print(json.dumps(measure(folder, root, options.workers, compare=folder.name == "photos")))
        return
    images, large = (8, 1) if options.smoke else (options.images, options.large)
    run, rows = results.this_run(SMOKE if options.smoke else FULL), dict[str, dict[str, float]]()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write_vit(root / "vit.onnx", layers=1 if options.smoke else 12)
        width, height = map(int, options.size.split("x"))
        draw_photos(root / "photos", images, width, height)
        draw_photos(root / "large", large, 6000, 4000)
        for part, size in (("photos", f"{width} x {height}"), ("large", "6000 x 4000")):
            rows[size] = measured_apart(root / part, root, options.workers)
            print(size, json.dumps(rows[size]))
    folder = options.results / "results"
    results.merge(folder, "embedding", rows, run=run, about={"cores": usable_cores()})
    (options.results / "RESULTS.md").write_text(render(folder))


if __name__ == "__main__":
    main()
