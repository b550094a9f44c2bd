"""Checks of what a model or provider gives, and the picture that back ends are tried on."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sosie.errors import EmbedderFailure
from sosie.imaging.picture import ImageInfo, Picture

_LEAST_NORM = 1e-6


def unit_vectors(values: ArrayLike, count: int, dims: int | None, who: str) -> NDArray[np.float32]:
    """Give vectors of length 1, float32 (count, dims), from what a back end answered.

    Raises `EmbedderFailure` for another count, other or varying dimensions (any when `dims` is None), values that
    are not finite, and vectors of no length: such an answer cannot be trusted in any part.
    """
    try:
        table = np.asarray(values, np.float32)
    except (TypeError, ValueError) as error:
        raise EmbedderFailure(f"{who} gave vectors of different lengths, or no numbers.") from error
    if table.ndim != 2 or len(table) != count:
        given = len(table) if table.ndim else 0
        raise EmbedderFailure(f"{who} gave {given} vectors for {count} images.")
    if dims is not None and table.shape[1] != dims:
        raise EmbedderFailure(f"{who} gave vectors of {table.shape[1]} numbers instead of {dims}.")
    if not np.isfinite(table).all():
        raise EmbedderFailure(f"{who} gave numbers that are not finite.")
    norms = np.linalg.norm(table.astype(np.float64), axis=1, keepdims=True)
    if (norms < _LEAST_NORM).any():
        raise EmbedderFailure(f"{who} gave a vector of zeros.")
    return np.asarray(table / norms, np.float32)


def probe_picture() -> Picture:
    """Give the small picture that every back end is tried on: soft gradients and a square."""
    rows, columns = np.mgrid[0:96, 0:128]
    pixels = np.stack([columns * 2, rows * 2, 255 - columns - rows], axis=-1).clip(0, 255).astype(np.uint8)
    pixels[30:60, 40:90] = (230, 40, 60)
    return Picture(ImageInfo("PNG", 128, 96, lossless=True), pixels)
