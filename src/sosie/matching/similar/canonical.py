"""The one similarity of a pair: the same on every machine, in every block size and order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DIGITS = 4
"""Similarities are rounded to so many decimals; the order of additions changes them less than that."""
_CHUNK = 1 << 16


def canonical(vectors: NDArray[np.float16], a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float32]:
    """Give the similarity of each pair of rows: float64 products of the stored numbers over their lengths, rounded.

    `vectors`: float16 (n, d). A row of zeros has the similarity 0 to all.
    """
    out = np.empty(len(a), np.float32)
    for start in range(0, len(a), _CHUNK):
        x, y = (vectors[end[start : start + _CHUNK]].astype(np.float64) for end in (a, b))
        length = np.sqrt(np.einsum("ij,ij->i", x, x) * np.einsum("ij,ij->i", y, y))
        product = np.einsum("ij,ij->i", x, y)
        shares = np.divide(product, length, out=np.zeros_like(product), where=length > 0)
        out[start : start + _CHUNK] = np.round(shares, DIGITS)
    return out
