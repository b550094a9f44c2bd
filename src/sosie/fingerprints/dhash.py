"""dHash-64: 64 bits of "is the right neighbour brighter?", bit for bit those of `imagehash.dhash`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sosie.fingerprints.luma import MIDDLE, centred_luma
from sosie.types import Space

DHASH64 = Space("dhash64", "1", 64, "hamming", preprocessing="pillow-luma-lanczos")

COLUMNS, ROWS = 9, 8
_PRECISION = 22
_LOW_BITS = 6
_EXACT = 2.0**24
"""Whole numbers up to here are exact in float32, in whatever order they are added."""


def dhash(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give the 8 bytes of `imagehash.dhash(Image.fromarray(pixels))`; `pixels`: uint8 (h, w, 3) RGB."""
    codes, _ = dhash_variants(centred_luma(pixels))
    first: NDArray[np.uint8] = codes[0]
    return first


def dhash_variants(grey: NDArray[np.float32]) -> tuple[NDArray[np.uint8], int]:
    """Give the hashes of an image in all eight orientations, and how much they say.

    `grey`: float32 (h, w) of `centred_luma`. Result: uint8 (8, 8), row k the exact dHash of the image in
    `ORIENTATIONS[k]`, and the quality, 0 to 100 (see `contrast_quality`).
    """
    plain, turned = _reductions(grey)
    stacked = _orientations(plain, turned)
    bits = stacked[:, :, 1:] > stacked[:, :, :-1]
    return np.packbits(bits.reshape(8, 64), axis=1), contrast_quality(plain, turned)


def contrast_quality(plain: NDArray[np.uint8], turned: NDArray[np.uint8]) -> int:
    """Give the share (0 to 100) of a hash's comparisons that are clear: 4 grey levels or more apart.

    `plain`, `turned`: the 8 x 9 reductions of the image and of its transpose; the lower of both counts, since
    either can be what matches. Smaller differences flip by recompression alone and say nothing.
    """
    stacked = np.stack((plain, turned)).astype(np.int16)
    clear = np.abs(np.diff(stacked, axis=2)) >= 4
    return int(clear.sum(axis=(1, 2)).min()) * 100 // 64


@dataclass(frozen=True, slots=True)
class _Resampling:
    """Pillow's LANCZOS along one side, as fixed-point coefficients.

    `whole`: float64 (n, out), coefficients times 2**22. `split`: float32 (n, 2 out), their high and low bits, whose
    products with centred grey values sum up exactly in float32; None where the side is too long for that.
    `shift`: float64 (out,), what centring took away plus one half.
    """

    whole: NDArray[np.float64]
    split: NDArray[np.float32] | None
    shift: NDArray[np.float64]


@lru_cache(maxsize=512)
def _resampling(size: int, out: int) -> _Resampling:
    whole = np.zeros((size, out))
    for column in range(out):
        start, weights = _lanczos_weights(size, out, column)
        whole[start : start + len(weights), column] = np.trunc(weights * 2**_PRECISION + np.copysign(0.5, weights))
    low_range = 2.0**_LOW_BITS
    high = np.round(whole / low_range)
    split = np.hstack((high, whole - high * low_range))
    exact = np.abs(split).sum(axis=0).max() * MIDDLE < _EXACT
    return _Resampling(
        whole=whole,
        split=np.ascontiguousarray(split, dtype=np.float32) if exact else None,
        shift=whole.sum(axis=0) * MIDDLE + 2.0 ** (_PRECISION - 1),
    )


def _lanczos_weights(size: int, out: int, column: int) -> tuple[int, NDArray[np.float64]]:
    """Where the weights of one output value start, and they, computed as in Pillow (libImaging/Resample.c)."""
    scale = size / out
    stretch = max(scale, 1.0)
    centre = (column + 0.5) * scale
    start = max(int(centre - 3.0 * stretch + 0.5), 0)
    stop = min(int(centre + 3.0 * stretch + 0.5), size)
    x = (np.arange(start, stop) - centre + 0.5) * (1.0 / stretch)
    weights = np.where((x >= -3.0) & (x < 3.0), np.sinc(x) * np.sinc(x / 3), 0.0)
    return start, weights / weights.sum()


def _to_bytes(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(np.floor(sums * 2.0**-_PRECISION), 0, 255)


def _first_pass(lines: NDArray[np.float32], side: _Resampling) -> NDArray[np.float64]:
    """Resample (lines, n) along n: (lines, out), rounded to whole grey values as Pillow does between its passes."""
    out = side.whole.shape[1]
    if side.split is None:
        return _to_bytes(lines.astype(np.float64) @ side.whole + side.shift)
    parts = (lines @ side.split).astype(np.float64)
    return _to_bytes(parts[:, :out] * 2.0**_LOW_BITS + parts[:, out:] + side.shift)


def _reduce(grey: NDArray[np.float32]) -> NDArray[np.uint8]:
    """`resize((9, 8), LANCZOS)` of Pillow 13: uint8 (8, 9)."""
    height, width = grey.shape
    across, down = _resampling(width, COLUMNS), _resampling(height, ROWS)
    # The order of the passes shows in the last bit: much taller images go down first (since Pillow 13).
    if height > ROWS and height - ROWS > 2 * (width - COLUMNS):
        return _second_pass(_first_pass(grey.T, down), across).T
    return _second_pass(_first_pass(grey, across), down)


def _second_pass(lines: NDArray[np.float64], side: _Resampling) -> NDArray[np.uint8]:
    """Resample (n, lines) along n: (out, lines). Products of whole numbers, exact in float64."""
    return _to_bytes(side.whole.T @ lines + 2.0 ** (_PRECISION - 1)).astype(np.uint8)


def _reductions(grey: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    return _reduce(grey), _reduce(grey.T)


def _orientations(plain: NDArray[np.uint8], turned: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Reductions of all eight orientations, from those of the image and of its transpose: uint8 (8, 8, 9)."""
    return np.stack(
        (
            plain,
            turned[::-1],
            plain[::-1, ::-1],
            turned[:, ::-1],
            plain[::-1],
            plain[:, ::-1],
            turned,
            turned[::-1, ::-1],
        )
    )
