"""Pillow's resize, for a part of the result only and in half the time: banded matrix products instead of loops.

Pillow shrinks with a filter as wide as the scale (its Resample.c), columns first, then rows, rounded to whole levels
after each. The weights here are the same; a BLAS does the sums, in single precision, so a value in fifty thousand falls
to the other side of a half.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Filter = Literal["bicubic", "bilinear"]
_Weights = NDArray[np.float64]
_Band = tuple[int, int, NDArray[np.float32]]
"""Inputs from a to b, and their weights (b - a, outputs) for a few outputs side by side."""

_FIXED = 1 << 22
"""Pillow's sums are of whole numbers: its weights have 22 bits behind the point."""
_STEP = 16
"""Outputs of a band: fewer make more calls, more make more weights that are zero."""


def _cubic(x: _Weights) -> _Weights:
    """Keys, 1981, with a = -0.5."""
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.asarray(np.where(x < 1, near, np.where(x < 2, far, 0.0)))


def _linear(x: _Weights) -> _Weights:
    return np.asarray(np.maximum(1 - np.abs(x), 0.0))


_KERNELS: dict[Filter, tuple[float, Callable[[_Weights], _Weights]]] = {
    "bicubic": (2.0, _cubic),
    "bilinear": (1.0, _linear),
}


def resized_part(
    pixels: NDArray[np.uint8], size: tuple[int, int], corner: tuple[int, int], side: int, kernel: Filter
) -> NDArray[np.uint8]:
    """Give the square of `side` pixels at `corner` (left, top) of the picture resized to `size` (width, height).

    `pixels`: uint8 (h, w, 3). Both sides are shrunk by the same factor, and the picture is at most twice as high as
    wide: in others, Pillow 13 begins with the rows, which gives other values at sharp edges.
    """
    height, width = pixels.shape[:2]
    columns = _bands(width, size[0], corner[0], side, kernel)
    rows = _bands(height, size[1], corner[1], side, kernel)
    top, bottom = rows[0][0], rows[-1][1]
    channels = [_resized(channel, columns, rows, side) for channel in cv2.split(pixels[top:bottom])]
    return np.asarray(cv2.merge(channels), np.uint8)


def _resized(
    channel: NDArray[np.uint8], columns: Sequence[_Band], rows: Sequence[_Band], side: int
) -> NDArray[np.uint8]:
    """One channel at a time: in single precision all three of a large photo would take much memory."""
    values = channel.astype(np.float32)
    narrow = np.empty((len(values), side), np.float32)
    for at, (first, last, weights) in zip(range(0, side, _STEP), columns, strict=True):
        np.matmul(values[:, first:last], weights, out=narrow[:, at : at + _STEP])
    _to_levels(narrow)
    done = np.empty((side, side), np.float32)
    top = rows[0][0]
    for at, (first, last, weights) in zip(range(0, side, _STEP), rows, strict=True):
        np.matmul(weights.T, narrow[first - top : last - top], out=done[at : at + _STEP])
    _to_levels(done)
    return done.astype(np.uint8)


def _to_levels(values: NDArray[np.float32]) -> None:
    values += 0.5  # halves go up, as in Pillow
    np.floor(values, out=values)
    np.clip(values, 0, 255, out=values)


@lru_cache(maxsize=256)
def _bands(given: int, wanted: int, start: int, count: int, kernel: Filter) -> tuple[_Band, ...]:
    """Give the weights by which `given` pixels become those from `start` to `start + count` of `wanted` ones."""
    support, curve = _KERNELS[kernel]
    scale = given / wanted
    reach = support * max(scale, 1.0)
    bands = []
    for begin in range(start, start + count, _STEP):
        centres = (np.arange(begin, min(begin + _STEP, start + count)) + 0.5) * scale
        first = np.maximum((centres - reach + 0.5).astype(np.int64), 0)
        last = np.minimum((centres + reach + 0.5).astype(np.int64), given)
        inputs = np.arange(first.min(), last.max())[:, None]
        weights = curve((inputs - centres + 0.5) / max(scale, 1.0)) * ((inputs >= first) & (inputs < last))
        weights = np.rint(weights / weights.sum(axis=0) * _FIXED) / _FIXED
        bands.append((int(first.min()), int(last.max()), weights.astype(np.float32)))
    return tuple(bands)
