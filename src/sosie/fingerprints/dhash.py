"""dHash-64: 64 bits of "is the right neighbour brighter?", bit for bit those of `imagehash.dhash`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.fingerprints.luma import MIDDLE, PRODUCT, centred_luma
from sosie.types import Space

DHASH64 = Space("dhash64", "1", 64, "hamming", preprocessing="pillow-luma-lanczos")

COLUMNS, ROWS = 9, 8
CLEAR = 4
"""Grey levels from which on a difference survives recompression."""

_PRECISION = 22
_LOW_BITS = 6
_EXACT = 2.0**24
"""Whole numbers up to here are exact in float32, in whatever order they are added."""
_SECOND = PRODUCT // (ROWS * COLUMNS)


def dhash(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give the 8 bytes of `imagehash.dhash(Image.fromarray(pixels))`; `pixels`: uint8 (h, w, 3) RGB."""
    reduction = dhash_reduction(centred_luma(pixels))
    return np.packbits(reduction[:, 1:] > reduction[:, :-1])


def dhash_reduction(grey: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Give `resize((9, 8), LANCZOS)` of Pillow 13, bit for bit: uint8 (8, 9).

    `grey`: float32 (h, w) of `centred_luma`.
    """
    height, width = grey.shape
    across, down = _resampling(width, COLUMNS), _resampling(height, ROWS)
    # The order of the passes shows in the last bit: much taller images go down first (since Pillow 13).
    if height > ROWS and height - ROWS > 2 * (width - COLUMNS):
        return _second_pass(_first_pass(np.asarray(cv2.transpose(grey)), down), across)
    return _second_pass(_first_pass(grey, across), down).T


def dhash_variants(
    reductions: NDArray[np.uint8], squares: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Give the hashes of images in all eight orientations, and how much they say.

    `reductions`: uint8 (n, 8, 9) of `dhash_reduction`; `squares`: float32 (n, 64, 64) of `pdq_reduction`. Results:
    uint8 (n, 8, 8), row k the dHash of the image in `ORIENTATIONS[k]`, and the qualities, uint8 (n,): the share (0 to
    100) of comparisons that are clear, in the image or in its transpose, whichever has fewer. A difference below 4
    grey levels flips by recompression alone and says nothing. Match from quality 50 on: of 1,942 photos, mostly of
    products on white, 1,701 pairs are within 4 bits, and 239 of these among those of quality 50.

    As is, flipped, mirrored and turned by 180 degrees the hashes are exact. The other four come from the 64 x 64
    reduction: on average they are one bit from the hash of the turned image.
    """
    turned = _turned_reductions(squares)
    differences = np.diff(np.stack((reductions, turned), axis=1).astype(np.int16), axis=3)
    clear = (np.abs(differences) >= CLEAR).sum(axis=(2, 3)).min(axis=1)
    signs = np.concatenate((differences > 0, differences < 0), axis=1).reshape(len(differences), -1)
    return np.packbits(signs[:, _places()], axis=2), (clear * 100 // 64).astype(np.uint8)


@lru_cache(maxsize=1)
def _places() -> NDArray[np.int64]:
    """Where the bits of the eight hashes stand among rising and falling differences of both reductions: (8, 64)."""
    rising, rising_turned, falling, falling_turned = np.arange(4 * 64).reshape(4, 8, 8)
    half_turn, quarter, mirror, transverse = (
        falling[::-1, ::-1],
        rising_turned[::-1],
        falling[:, ::-1],
        falling_turned[::-1, ::-1],
    )
    three_quarters, flip = falling_turned[:, ::-1], rising[::-1]
    stacked = (rising, quarter, half_turn, three_quarters, flip, mirror, rising_turned, transverse)
    return np.stack(stacked).reshape(8, 64)


def _turned_reductions(squares: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Reductions of the transposed images, as near as a 64 x 64 reduction of them allows: uint8 (n, 8, 9)."""
    side = squares.shape[1]
    down, across = _resampling(side, ROWS).whole, _resampling(side, COLUMNS).whole
    lines = _to_grey_values(squares.transpose(0, 2, 1) @ across.T)
    return _to_grey_values(down @ (lines - MIDDLE)).astype(np.uint8)


def _to_grey_values(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    values: NDArray[np.float64] = np.minimum(np.maximum(np.rint(sums * 2.0**-_PRECISION) + MIDDLE, 0), 255)
    return values


@dataclass(frozen=True, slots=True)
class _Resampling:
    """Pillow's LANCZOS along one side, as fixed-point coefficients.

    `whole`: float64 (out, n), coefficients times 2**22. `shift`: int32 (out,), what centring took away plus one half.
    `pieces`: float32 (1 or 2, length, 16), see `_pieces`; None where these are not exact.
    """

    whole: NDArray[np.float64]
    shift: NDArray[np.int32]
    pieces: NDArray[np.float32] | None


@lru_cache(maxsize=512)
def _resampling(size: int, out: int) -> _Resampling:
    weights = _lanczos_weights(size, out)
    whole = np.trunc(weights * 2**_PRECISION + np.copysign(0.5, weights))
    shift = (whole.sum(axis=1) * MIDDLE).astype(np.int32) + np.int32(1 << (_PRECISION - 1))
    return _Resampling(whole, shift, _pieces(whole))


def _pieces(whole: NDArray[np.float64]) -> NDArray[np.float32] | None:
    """Split coefficients into high and low bits, whose products with centred grey values sum up exactly in float32.

    Eight values make 16 columns, the width that processors multiply best. Nine values are two pieces: values 0 to 7
    see only the left half of a line and 1 to 8 only the right half. None where a side is too long or too short.
    """
    low_range = 2.0**_LOW_BITS
    out, size = whole.shape
    length = size if out == ROWS else -(-size // 2)
    halves = [whole] if out == ROWS else [whole[:-1, :length], whole[1:, size - length :].copy()]
    if out == COLUMNS:
        if whole[-1, :length].any() or whole[0, size - length :].any():
            return None
        halves[1][:, : 2 * length - size] = 0
    high = [np.round(half / low_range) * low_range for half in halves]
    pieces = np.stack([np.vstack((top, half - top)).T for top, half in zip(high, halves, strict=True)])
    sums = np.abs(pieces).sum(axis=(0, 1)) * MIDDLE
    exact = sums[:ROWS].max() < _EXACT * low_range and sums[ROWS:].max() < _EXACT
    return pieces.astype(np.float32) if exact else None


def _lanczos_weights(size: int, out: int) -> NDArray[np.float64]:
    """Weights of each output value, (out, size), computed as in Pillow (libImaging/Resample.c)."""
    scale = size / out
    stretch = max(scale, 1.0)
    centres = ((np.arange(out) + 0.5) * scale)[:, None]
    starts = np.maximum(np.trunc(centres - 3.0 * stretch + 0.5), 0)
    stops = np.trunc(centres + 3.0 * stretch + 0.5)
    places = np.arange(size)[None]
    x = (places - centres + 0.5) * (1.0 / stretch)
    inside = (places >= starts) & (places < stops) & (x >= -3.0) & (x < 3.0)
    weights = np.where(inside, np.sinc(x) * np.sinc(x / 3), 0.0)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _first_pass(lines: NDArray[np.float32], side: _Resampling) -> NDArray[np.float64]:
    """Resample (lines, n) along n: (out, lines), rounded to whole grey values as Pillow does between its passes."""
    if side.pieces is None:
        return _to_grey(_long_sums(lines, side.whole) + side.shift[:, None])
    rows = max(PRODUCT // (side.pieces.shape[1] * 2 * ROWS), 1)
    rows = rows - rows % 24 if rows > 24 else rows
    even = len(lines) - len(lines) % rows
    parts = [_exact_sums(part, side.pieces, min(rows, len(part))) for part in (lines[:even], lines[even:]) if len(part)]
    return _to_grey((parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)) + side.shift[:, None])


def _exact_sums(lines: NDArray[np.float32], pieces: NDArray[np.float32], rows: int) -> NDArray[np.int32]:
    """Products of lines with coefficients, `rows` lines at once; parts of lines are no copies but other strides."""
    (count, size), (halves, length, _) = lines.shape, pieces.shape
    strides = (rows * size * 4, (size - length) * 4, size * 4, 4)
    windows = np.ndarray((count // rows, halves, rows, length), np.float32, lines, strides=strides)
    parts = np.matmul(windows, pieces).transpose(1, 3, 0, 2).astype(np.int32, order="C")
    sums = (parts[:, :ROWS] + parts[:, ROWS:]).reshape(halves, ROWS, count)
    if halves == 1:
        first: NDArray[np.int32] = sums[0]
        return first
    joined = np.zeros((COLUMNS, count), np.int32)
    joined[:-1] = sums[0]
    joined[1:] += sums[1]
    return joined


def _long_sums(lines: NDArray[np.float32], whole: NDArray[np.float64]) -> NDArray[np.int32]:
    rows = max(PRODUCT // whole.size, 1)
    parts = [whole @ lines[start : start + rows].astype(np.float64).T for start in range(0, len(lines), rows)]
    return np.concatenate(parts, axis=1).astype(np.int32)


def _to_grey(sums: NDArray[np.int32]) -> NDArray[np.float64]:
    return np.asarray(np.minimum(np.maximum(sums >> _PRECISION, 0), 255), np.float64)


def _second_pass(lines: NDArray[np.float64], side: _Resampling) -> NDArray[np.uint8]:
    """Resample (lines, n) along n: (lines, out). Products of whole numbers, exact in float64."""
    starts = range(0, lines.shape[1], _SECOND)
    parts = [lines[:, start : start + _SECOND] @ side.whole[:, start : start + _SECOND].T for start in starts]
    sums = np.asarray(sum(parts[1:], start=parts[0])) + 2.0 ** (_PRECISION - 1)
    return _to_grey(sums.astype(np.int32)).astype(np.uint8)
