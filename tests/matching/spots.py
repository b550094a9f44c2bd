"""Spots of images that were never drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sosie.features import SPOT, WORD_FORMS, Spots

Rows = NDArray[np.void]


def spots_of(images: list[Rows]) -> Spots:
    return Spots.from_bytes([rows.tobytes() for rows in images])


def some_rows(count: int, rng: np.random.Generator, words: int = 1 << 18) -> Rows:
    rows = np.zeros(count, SPOT)
    rows["word"], rows["second"] = rng.integers(0, words, (2, count))
    rows["x"], rows["y"] = rng.integers(-60, 60, count), rng.integers(-60, 60, count)
    rows["scale"], rows["angle"] = rng.integers(20, 60, count), rng.integers(0, 256, count)
    return rows


def moved(rows: Rows, turn: int, octave: float, shift: tuple[float, float], form: int = 0) -> Rows:
    """The spots of the picture mirrored, inverted, turned (256ths), enlarged and shifted, in this order."""
    rows = rows.copy()
    x, y = rows["x"].astype(float), rows["y"].astype(float)
    angle = rows["angle"].astype(int)
    if form & 1:
        x, angle = -x, 128 - angle
    if form & 2:
        angle = angle + 128
    radians, growth = turn * 2 * np.pi / 256, 2.0**octave
    rows["x"] = np.rint(growth * (np.cos(radians) * x - np.sin(radians) * y) + shift[0])
    rows["y"] = np.rint(growth * (np.sin(radians) * x + np.cos(radians) * y) + shift[1])
    rows["scale"] = rows["scale"].astype(int) + round(octave * 16)
    rows["angle"] = (angle + turn) % 256
    rows["word"] ^= WORD_FORMS[form]
    rows["second"] ^= WORD_FORMS[form]
    return rows
