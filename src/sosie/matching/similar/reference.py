"""What a join of vectors has to give, in three lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sosie.matching.similar.canonical import canonical
from sosie.types import Pairs


def similar_pairs_plain(vectors: NDArray[np.float16], threshold: float) -> Pairs:
    """Give every pair of rows whose canonical similarity is at or above the threshold, by comparing all with all."""
    a, b = np.triu_indices(len(vectors), k=1)
    score = canonical(vectors, a.astype(np.int64), b.astype(np.int64))
    kept = score >= np.float32(threshold)
    return Pairs(a[kept].astype(np.int64), b[kept].astype(np.int64), score[kept])
