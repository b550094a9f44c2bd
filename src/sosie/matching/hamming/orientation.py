"""Which variant of which side made a pair."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sosie.types import Pairs

_BLOCK = 65536


def best_orientations(
    pairs: Pairs, codes: NDArray[np.uint8], variants: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give for each pair the variant that comes closest, and whether it is a variant of `b`.

    `codes`: uint8 (n, bytes); `variants`: uint8 (n, k, bytes), as given to `pairs_within`. Results: `index`,
    int64 (pairs,), 0 to k - 1, and `of_b`, bool (pairs,): False where variant `index` of `a` is near plain `b`,
    True where variant `index` of `b` is near plain `a`. Ties go to `a`, and to the lowest index.
    """
    index = np.zeros(len(pairs), np.int64)
    of_b = np.zeros(len(pairs), np.bool_)
    for start in range(0, len(pairs), _BLOCK):
        block = slice(start, start + _BLOCK)
        a, b = pairs.a[block], pairs.b[block]
        both = np.concatenate((_distances(variants[a], codes[b]), _distances(variants[b], codes[a])), axis=1)
        best = both.argmin(axis=1)
        index[block] = best % variants.shape[1]
        of_b[block] = best >= variants.shape[1]
    return index, of_b


def _distances(variants: NDArray[np.uint8], codes: NDArray[np.uint8]) -> NDArray[np.int64]:
    counted: NDArray[np.int64] = np.bitwise_count(variants ^ codes[:, None]).sum(axis=2, dtype=np.int64)
    return counted
