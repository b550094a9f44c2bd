"""PDQ-256: Meta's perceptual hash of photos (2019, hashing.pdf), as matrix products."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sosie.fingerprints.luma import centred_luma
from sosie.types import Space

PDQ256 = Space("pdq256", "1", 256, "hamming", preprocessing="jarosz-64")

SIDE = 64
FREQUENCIES = 16
MIN_SIDE = 5
"""Images with a shorter side get an empty hash of quality 0."""


def pdq(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    """Give the 32 bytes of an image's PDQ hash and its quality, 0 to 100; `pixels`: uint8 (h, w, 3) RGB.

    The bytes are those of the reference's hexadecimal form. Meta advises to match from quality 50 on.
    """
    codes, quality = pdq_variants(reduce_luma(centred_luma(pixels))[None])
    return codes[0, 0], int(quality[0])


def reduce_luma(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the 64 x 64 reduction of a grey image: Jarosz filter (two box filters a direction), then decimation.

    `grey`: float32 (h, w), at any brightness offset. Result: float32 (64, 64). Both steps are linear and act along
    one side each, so they are one banded matrix a side.
    """
    height, width = grey.shape
    if min(height, width) < MIN_SIDE:
        return np.zeros((SIDE, SIDE), np.float32)
    rows: NDArray[np.float32] = np.matmul(_decimation(height), grey)
    reduced: NDArray[np.float32] = np.matmul(rows, _decimation(width).T)
    return reduced


def pdq_variants(reduced: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Give the hashes of images in all eight orientations, and their qualities.

    `reduced`: float32 (n, 64, 64) of `reduce_luma`. Results: uint8 (n, 8, 32), variant k as in `ORIENTATIONS`, and
    uint8 (n,), 0 to 100. Flips and turns of the image are sign changes and a transposition of its frequencies.
    """
    transform = _cosines()
    frequencies = transform @ reduced @ transform.T
    turned = frequencies.transpose(0, 2, 1)
    signs = _signs()
    stacked = np.stack((frequencies, turned), axis=1)[:, _TRANSPOSED] * signs
    values = stacked.reshape(len(reduced), 8, FREQUENCIES**2)
    middle = FREQUENCIES**2 // 2 - 1
    medians = np.partition(values, middle, axis=2)[:, :, middle, None]
    bits = values > medians
    return np.packbits(bits[:, :, ::-1], axis=2), _qualities(reduced)


_TRANSPOSED = np.array([0, 1, 0, 1, 0, 0, 1, 1])


@lru_cache(maxsize=1)
def _signs() -> NDArray[np.float32]:
    """Signs of the frequencies of each orientation: odd frequencies (even indices) change sign in a flip."""
    flipped = np.where(np.arange(FREQUENCIES) % 2 == 0, -1.0, 1.0)
    none, rows, columns = np.ones((16, 16)), np.outer(flipped, np.ones(16)), np.outer(np.ones(16), flipped)
    both = rows * columns
    return np.stack((none, rows, both, columns, rows, columns, none, both)).astype(np.float32)


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float32]:
    """Rows 1 to 16 of the discrete cosine transform of 64 values."""
    rows, columns = np.arange(1, FREQUENCIES + 1)[:, None], np.arange(SIDE)[None]
    cosines = np.sqrt(2 / SIDE) * np.cos(np.pi / 2 / SIDE * rows * (2 * columns + 1))
    return np.asarray(cosines, np.float32)


@lru_cache(maxsize=512)
def _decimation(size: int) -> NDArray[np.float32]:
    """Box filter twice along a side of `size` pixels, then 64 of its values: (64, size)."""
    window = -(-size // (2 * SIDE))
    half = (window + 2) // 2
    centres = np.arange(size)[:, None] + half
    columns = np.arange(size)[None]
    box = ((columns >= centres - window) & (columns < centres)).astype(np.float64)
    box /= box.sum(axis=1, keepdims=True)
    kept = ((np.arange(SIDE) + 0.5) * size / SIDE).astype(np.int64)
    return np.ascontiguousarray(box[kept] @ box, dtype=np.float32)


def _qualities(reduced: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Sum of the steps between neighbours, each cut to whole percents of full contrast (hashing.pdf)."""
    down = np.abs(np.trunc(np.diff(reduced, axis=1) * np.float32(100 / 255))).sum(axis=(1, 2))
    right = np.abs(np.trunc(np.diff(reduced, axis=2) * np.float32(100 / 255))).sum(axis=(1, 2))
    return np.asarray(np.minimum((down + right) // 90, 100), np.uint8)
