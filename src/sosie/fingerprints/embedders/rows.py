"""How vectors are kept: sealed rows, and the rows of local features as scans store them."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from sosie.fingerprints.local import UNIT, VLAD
from sosie.types import Space

_SEAL = 4


def to_row(space: Space, vector: NDArray[np.float32]) -> bytes:
    """Give the row of a unit vector: half precision, little endian, and a checksum that names the space."""
    if space == VLAD:
        return np.clip(np.rint(vector * UNIT), -127, 127).astype(np.int8).tobytes()
    body = vector.astype("<f2").tobytes()
    return body + _checksum(space, body)


def from_row(space: Space, row: bytes) -> NDArray[np.float16] | None:
    """Give the vector of a row, float16 (dims,), or None for a row that is cut, damaged or of another space.

    A vector of zeros means that the image was looked at and has none.
    """
    if space == VLAD:
        return _from_int8(row)
    body, checksum = row[:-_SEAL], row[-_SEAL:]
    if len(body) != 2 * space.dims or checksum != _checksum(space, body):
        return None
    return np.frombuffer(body, "<f2").astype(np.float16)


def _from_int8(row: bytes) -> NDArray[np.float16] | None:
    if len(row) != VLAD.dims:
        return None
    values = np.frombuffer(row, np.int8).astype(np.float32)
    return (values / max(float(np.linalg.norm(values)), 1.0)).astype(np.float16)


def _checksum(space: Space, body: bytes) -> bytes:
    return zlib.crc32(body, zlib.crc32(space.key.encode())).to_bytes(_SEAL, "little")
