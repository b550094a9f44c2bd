"""What a Hamming join means, in as few lines as NumPy allows: quadratic in time and memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sosie.types import Pairs


def pairs_within_reference(codes: NDArray[np.uint8], radius: int, variants: NDArray[np.uint8] | None = None) -> Pairs:
    """Give what `pairs_within` gives, by comparing every row with every other: the definition, for small n."""
    turned = codes[:, None] if variants is None else variants
    differences = np.bitwise_count(turned[:, :, None] ^ codes[None, None]).sum(axis=3, dtype=np.int64).min(axis=1)
    distances = np.triu(np.minimum(differences, differences.T) + 1, k=1)
    a, b = np.nonzero((distances > 0) & (distances <= radius + 1))
    return Pairs(a, b, (distances[a, b] - 1).astype(np.float32))
