"""PDQ-256: Meta's perceptual hash of photos (2019, hashing.pdf), as matrix products."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.fingerprints.luma import PRODUCT, STRIP, centred_luma
from sosie.types import Space

PDQ256 = Space("pdq256", "1", 256, "hamming", preprocessing="jarosz-64")

SIDE = 64
FREQUENCIES = 16
MIN_SIDE = 5
"""Images with a shorter side get an empty hash of quality 0."""

_BLOCKS = 16
_ENOUGH = 320
_PER_BLOCK = SIDE // _BLOCKS


def pdq(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    """Give the 32 bytes of an image's PDQ hash and its quality, 0 to 100; `pixels`: uint8 (h, w, 3) RGB.

    The bytes are those of the reference's hexadecimal form. Meta advises to match from quality 50 on.
    """
    codes, quality = pdq_variants(pdq_reduction(centred_luma(pixels))[None])
    return codes[0, 0], int(quality[0])


def pdq_reduction(grey: NDArray[np.float32], size: tuple[int, int] | None = None) -> NDArray[np.float32]:
    """Give the 64 x 64 reduction of a grey image: Jarosz filter (two box filters a direction), then decimation.

    `grey`: float32 (h, w) of `centred_luma`. `size`: width and height of the image before it was decoded at a smaller
    scale; the result is then nearly that of the full image. Result: float32 (64, 64), centred too.

    Both steps are linear and act along one side each, so they are one banded matrix a side, multiplied block by block.
    """
    height, width = grey.shape
    if min(height, width) < MIN_SIDE:
        return np.zeros((SIDE, SIDE), np.float32)
    full_width, full_height = size or (width, height)
    values = _shrink(grey)
    rows = _decimate(values, _decimation(full_height, height, values.shape[0]))
    columns = _decimate(np.ascontiguousarray(rows.T), _decimation(full_width, width, values.shape[1]))
    return np.ascontiguousarray(columns.T)


def pdq_variants(reduced: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Give the hashes of images in all eight orientations, and their qualities.

    `reduced`: float32 (n, 64, 64) of `pdq_reduction`. Results: uint8 (n, 8, 32), variant k as in `ORIENTATIONS`, and
    uint8 (n,), 0 to 100. Flips and turns of the image are sign changes and a transposition of its frequencies.
    """
    transform = _cosines()
    frequencies = transform @ reduced @ transform.T
    signed = (frequencies[:, None] * _signs()).reshape(len(reduced), 4, FREQUENCIES**2)
    middle = FREQUENCIES**2 // 2 - 1
    medians = np.partition(signed, middle, axis=2)[:, :, middle, None]
    bits = (signed > medians).reshape(len(reduced), -1)
    return np.packbits(bits[:, _places()], axis=2), _qualities(reduced)


@lru_cache(maxsize=1)
def _places() -> NDArray[np.int64]:
    """Where the bits of the eight hashes stand among those of the four sign patterns, last first: (8, 256)."""
    places = np.arange(4 * FREQUENCIES**2).reshape(4, FREQUENCIES, FREQUENCIES)
    plain, rows, columns, both = places
    stacked = np.stack((plain, columns.T, both, rows.T, rows, columns, plain.T, both.T))
    return np.ascontiguousarray(stacked.reshape(8, -1)[:, ::-1])


@lru_cache(maxsize=1)
def _signs() -> NDArray[np.float32]:
    """Signs of the frequencies as is, flipped, mirrored and both: odd frequencies (even indices) change."""
    flipped = np.where(np.arange(FREQUENCIES) % 2 == 0, -1.0, 1.0)
    rows, columns = np.outer(flipped, np.ones(FREQUENCIES)), np.outer(np.ones(FREQUENCIES), flipped)
    return np.stack((np.ones_like(rows), rows, columns, rows * columns)).astype(np.float32)


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float32]:
    """Rows 1 to 16 of the discrete cosine transform of 64 values."""
    rows, columns = np.arange(1, FREQUENCIES + 1)[:, None], np.arange(SIDE)[None]
    cosines = np.sqrt(2 / SIDE) * np.cos(np.pi / 2 / SIDE * rows * (2 * columns + 1))
    return np.asarray(cosines, np.float32)


def _shrink(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Average squares of pixels where there are many; what is left over at the right and bottom is cut off."""
    height, width = grey.shape
    factor = min(height, width) // _ENOUGH if grey.size > STRIP else 1
    if factor <= 1:
        return grey
    height, width = height // factor, width // factor
    whole = grey[: height * factor, : width * factor]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA))


@dataclass(frozen=True, slots=True)
class _Decimation:
    """The filter and decimation of one side as 16 blocks of a banded matrix.

    `blocks`: float32 (16, 4, length); block b makes the values 4 b to 4 b + 3 of the inputs from b * `step` on.
    """

    blocks: NDArray[np.float32]
    step: int

    @property
    def length(self) -> int:
        """Inputs that a block covers."""
        return int(self.blocks.shape[2])


def _decimate(values: NDArray[np.float32], side: _Decimation) -> NDArray[np.float32]:
    """Filter and decimate (n, width) along n: (64, width)."""
    row, item = values.strides
    shape, strides = (_BLOCKS, side.length, values.shape[1]), (side.step * row, row, item)
    windows = np.ndarray(shape, np.float32, values, strides=strides)
    step = max(PRODUCT // (_PER_BLOCK * side.length), 1)
    parts = [np.matmul(side.blocks, windows[:, :, left : left + step]) for left in range(0, shape[2], step)]
    whole: NDArray[np.float32] = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=2)
    return whole.reshape(SIDE, -1)


@lru_cache(maxsize=1024)
def _decimation(full: int, decoded: int, shrunk: int) -> _Decimation:
    """Blocks for a side of `full` pixels of which a decoder made `decoded` and `_shrink` made `shrunk`."""
    scale = round(full / decoded)
    scale, full = (scale, full) if -(-full // scale) == decoded else (1, decoded)
    matrix = _fold(_filter(full), scale * (decoded // shrunk), shrunk)
    used = np.asarray(matrix.reshape(_BLOCKS, _PER_BLOCK, shrunk)).sum(axis=1) > 0
    first, last = used.argmax(axis=1), shrunk - used[:, ::-1].argmax(axis=1)
    order = np.arange(1, _BLOCKS)
    step = int(min((first[1:] // order).min(), ((shrunk - last[:-1]) // order[::-1]).min()))
    length = shrunk - (_BLOCKS - 1) * step
    parts = [
        matrix[_PER_BLOCK * block : _PER_BLOCK * (block + 1), block * step : block * step + length]
        for block in range(_BLOCKS)
    ]
    return _Decimation(np.stack(parts).astype(np.float32), step)


def _fold(matrix: NDArray[np.float64], factor: int, cells: int) -> NDArray[np.float64]:
    """Apply a matrix to averages of `factor` pixels: each pixel is its cell's, plus its share of the slope there."""
    if factor == 1:
        return matrix
    size = matrix.shape[1]
    offset = (np.arange(size) - np.minimum(np.arange(size) // factor, cells - 1) * factor + 0.5) / factor - 0.5
    folded, slope = _sums_of_cells(matrix, factor, cells), _sums_of_cells(matrix * offset / 2, factor, cells)
    folded[:, 1:] += slope[:, :-1]
    folded[:, -1] += slope[:, -1]
    folded[:, :-1] -= slope[:, 1:]
    folded[:, 0] -= slope[:, 0]
    return folded


def _sums_of_cells(matrix: NDArray[np.float64], factor: int, cells: int) -> NDArray[np.float64]:
    """Sum each `factor` columns; the last cell has what is over, or fewer."""
    whole = np.zeros((SIDE, cells * factor))
    used = min(matrix.shape[1], cells * factor)
    whole[:, :used] = matrix[:, :used]
    sums = np.asarray(sum(whole[:, place::factor] for place in range(factor)))
    sums[:, -1] += matrix[:, used:].sum(axis=1)
    return sums


def _filter(size: int) -> NDArray[np.float64]:
    """Box filter twice along a side of `size` pixels, then 64 of its values: (64, size)."""
    kept = ((np.arange(SIDE) + 0.5) * size / SIDE).astype(np.int64)
    first, last = _box(kept, size)
    inner = first[:, None] + np.arange(int((last - first).max()))
    start, stop = _box(inner, size)
    places = start[:, :, None] + np.arange(int((stop - start).max()))
    rows, _, _ = used = np.nonzero((inner < last[:, None])[:, :, None] & (places < stop[:, :, None]))
    weights = 1.0 / ((last - first)[:, None] * np.maximum(stop - start, 1))
    matrix = np.zeros((SIDE, size))
    np.add.at(matrix, (rows, places[used]), weights[used[:2]])
    return matrix


def _box(places: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last place (exclusive) that a box filter averages into each place."""
    window = -(-size // (2 * SIDE))
    half = (window + 2) // 2
    return np.maximum(places + half - window, 0), np.minimum(places + half, size)


def _qualities(reduced: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Sum of the steps between neighbours, each cut to whole percents of full contrast (hashing.pdf)."""
    percents = reduced * np.float32(100 / 255)
    down = np.abs(np.trunc(np.diff(percents, axis=1))).sum(axis=(1, 2))
    right = np.abs(np.trunc(np.diff(percents, axis=2))).sum(axis=(1, 2))
    return np.asarray(np.minimum((down + right) // 90, 100), np.uint8)
