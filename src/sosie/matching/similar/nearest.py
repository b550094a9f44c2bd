"""The rows that are nearest to one vector."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sosie.matching.similar.exact import unit_rows

_BLOCK = 8192


def nearest_to(
    query: NDArray[np.float32], vectors: NDArray[np.float16], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Give the `count` rows that are most similar to `query`, best first (ties by row), and their cosines."""
    unit = query / max(float(np.linalg.norm(query)), 1e-12)
    parts = [unit_rows(vectors[start : start + _BLOCK]) @ unit for start in range(0, len(vectors), _BLOCK)]
    scores = np.concatenate(parts) if parts else np.empty(0, np.float32)
    order = np.lexsort((np.arange(len(scores)), -scores))[:count]
    return order.astype(np.int64), scores[order].astype(np.float32)
