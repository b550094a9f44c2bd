"""What the codebooks are trained on: photos and drawn pictures, each with edited versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.fingerprints.local.extraction import extract
from training.canvas import Pixels
from training.draw import KINDS, draw
from training.edits import EDITS, apply

Descriptors = NDArray[np.uint8]


def photos(folder: Path) -> list[Pixels]:
    """All photos under a folder in the order of their names."""
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"})
    loaded = [np.asarray(cv2.imread(str(p), cv2.IMREAD_COLOR), np.uint8) for p in found]
    return [np.ascontiguousarray(pixels[..., ::-1]) for pixels in loaded]


def drawn(count: int, seed: int) -> list[Pixels]:
    """Drawn pictures of all kinds in turn."""
    kinds = tuple(KINDS)
    return [draw(kinds[i % len(kinds)], seed * 100_000 + i, longest=320) for i in range(count)]


def versions(pictures: Sequence[Pixels], count: int, seed: int) -> Iterator[list[Descriptors]]:
    """Descriptors of each picture and of `count` edited versions of it, drawn anew for each."""
    rng = np.random.default_rng([seed, 3])
    for number, picture in enumerate(pictures):
        others = [pictures[int(i)] for i in rng.integers(0, len(pictures), 3)]
        names = rng.choice(EDITS, count, replace=False)
        edited = [apply(str(n), picture, seed=number * 1000 + i, others=others) for i, n in enumerate(names)]
        yield [extract(pixels).descriptors for pixels in (picture, *(e.pixels for e in edited))]
