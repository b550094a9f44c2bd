"""Thousands of pictures that have nothing to do with each other, drawn in milliseconds from a seed."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from benchmarks.phone_filters import Pixels, as_pixels


def stranger(seed: int, width: int = 480, height: int = 360) -> Pixels:
    """A busy picture of clouds, edges, spots and strokes (uint8 (height, width, 3) RGB), equal for equal seeds."""
    rng = np.random.default_rng([seed, 31])
    page = np.zeros((height, width, 3), np.float32)
    for cells in (3, 9, 27, 80):
        coarse = rng.random((cells, cells + cells // 3, 3), np.float32)
        page += np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)) / cells**0.45
    pixels = as_pixels((page - page.min()) / max(float(np.ptp(page)), 0.01))
    for _ in range(40):
        x, y, long, wide = (int(v) for v in rng.integers(0, (width, height, 70, 30)))
        colour, angle = [int(c) for c in rng.integers(0, 256, 3)], float(rng.uniform(0, 180))
        if rng.random() < 0.5:
            cv2.ellipse(pixels, (x, y), (long + 3, wide + 3), angle, 0, 360, colour, -1, cv2.LINE_AA)
        else:
            cv2.line(pixels, (x, y), (x + long - 35, y + wide - 15), colour, int(rng.integers(1, 9)), cv2.LINE_AA)
    return pixels


def write_strangers(folder: Path, numbers: Iterable[int]) -> None:
    """Write pictures as JPEG files named by their numbers; those that are there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [(path, n) for n in numbers if not (path := folder / f"{n:06d}.jpg").exists()]
    if len(wanted) < 200:
        for job in wanted:
            _write(job)
    else:
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            list(pool.map(_write, wanted, chunksize=64))


def _write(job: tuple[Path, int]) -> None:
    path, number = job
    cv2.imwrite(str(path), stranger(number)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
