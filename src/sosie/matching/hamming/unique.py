"""Equal codes, found once: a join over 50,000 equal hashes would be 1.25 billion pairs that say nothing."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def representatives(rows: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the first row of each distinct value, and to which of them every row is equal.

    `rows`: uint8 (n, bytes), or (n, k, bytes) where all variants must be equal. Results: `first`, int64 (m,),
    ascending row numbers, and `member_of`, int64 (n,), with `rows[first[member_of[i]]]` equal to `rows[i]`.

    Join `codes[first]` (and `variants[first]`), and link each row to its representative:

        first, member_of = representatives(codes)
        pairs = pairs_within(codes[first], 31, variants[first])     # rows first[pairs.a], first[pairs.b]
    """
    flat = np.ascontiguousarray(rows).reshape(len(rows), math.prod(rows.shape[1:]))
    if not len(flat):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    keys = flat.view(np.dtype((np.void, flat.shape[1]))).ravel()
    _, earliest, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(earliest)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return earliest[order].astype(np.int64), rank[inverse].astype(np.int64)
