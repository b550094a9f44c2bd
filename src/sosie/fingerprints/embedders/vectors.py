"""Checks of what a model or provider gives, and the sealed rows in which vectors are kept."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sosie.errors import EmbedderFailure
from sosie.imaging.picture import ImageInfo, Picture
from sosie.types import Space

_SEAL = 4
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


def seal(space: Space, vector: NDArray[np.float32]) -> bytes:
    """Give the row in which a vector is kept: half precision, little endian, and a checksum that names the space."""
    body = vector.astype("<f2").tobytes()
    return body + _checksum(space, body)


def unseal(space: Space, row: bytes) -> NDArray[np.float16] | None:
    """Give the vector of a row, float16 (dims,), or None for one that is cut, damaged or of another space."""
    body, checksum = row[:-_SEAL], row[-_SEAL:]
    if len(body) != 2 * space.dims or checksum != _checksum(space, body):
        return None
    return np.frombuffer(body, "<f2").astype(np.float16)


def _checksum(space: Space, body: bytes) -> bytes:
    return zlib.crc32(body, zlib.crc32(space.key.encode())).to_bytes(_SEAL, "little")


def probe_picture() -> Picture:
    """Give the small picture that every back end is tried on: two soft gradients and a square."""
    rows, columns = np.mgrid[0:96, 0:128]
    pixels = np.stack([columns * 2, rows * 2, 255 - columns - rows], axis=-1).clip(0, 255).astype(np.uint8)
    pixels[30:60, 40:90] = (230, 40, 60)
    return Picture(ImageInfo("PNG", 128, 96, lossless=True), pixels)


def same_length(vectors: Sequence[NDArray[np.float32]]) -> bool:
    """Tell whether all vectors have equally many numbers."""
    return len({vector.shape for vector in vectors}) <= 1
