"""A probability from a few measurements: boosted trees of three questions each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DEPTH = 3
"""Questions from the root of a tree to a leaf."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Complete binary trees over named measurements; a yes is likelier the larger the sum of their leaves.

    `feature`, `threshold`: (trees, 7), the measurement that each node asks for and where it turns right: at or above.
    `value`: (trees, 8), leaves from left to right. Every measurement moves the answer in one direction only.
    """

    names: tuple[str, ...]
    bias: float
    feature: NDArray[np.intp]
    threshold: NDArray[np.float64]
    value: NDArray[np.float64]

    def probability(self, numbers: Mapping[str, float]) -> float:
        """Between 0 and 1, from the measurements by name."""
        row = np.array([numbers[name] for name in self.names])
        right = row[self.feature] >= self.threshold
        trees = np.arange(len(right))
        node = np.zeros(len(right), np.intp)
        for _ in range(DEPTH):
            node = 2 * node + 1 + right[trees, node]
        logit = self.bias + float(self.value[trees, node - right.shape[1]].sum())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))

    def written(self) -> dict[str, object]:
        """As JSON holds it: thresholds that nothing reaches are null."""
        return {
            "names": list(self.names),
            "bias": round(self.bias, 5),
            "feature": self.feature.tolist(),
            "threshold": [[None if math.isinf(each) else each for each in row] for row in self.threshold.tolist()],
            "value": self.value.tolist(),
        }

    @classmethod
    def read(cls, written: Mapping[str, object]) -> Trees:
        """What `written` gave."""
        table = np.array(written["threshold"], np.float64)
        return cls(
            tuple(written["names"]),  # type: ignore[arg-type]
            float(written["bias"]),  # type: ignore[arg-type]
            np.array(written["feature"], np.intp),
            np.where(np.isnan(table), np.inf, table),
            np.array(written["value"], np.float64),
        )
