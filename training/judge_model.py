"""Fitting monotone additive logistic models with NumPy alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.verdict import Curve, Head

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelParams:
    """How a model is fitted: knots a measurement, ridge on the steps between knots, rounds of descent."""

    knots: int = 6
    ridge: float = 0.02
    rounds: int = 4000


def knots_of(values: Floats, count: int) -> Floats:
    """Up to `count` different quantiles, at least two apart values."""
    quantiles = np.unique(np.round(np.quantile(values, np.linspace(0.01, 0.99, count)), 4))
    return quantiles if len(quantiles) > 1 else np.array([values.min(), values.min() + 1.0])


def _ramps(values: Floats, knots: Floats) -> Floats:
    """How far each value has gone through each interval between knots, 0 to 1: (n, knots - 1)."""
    return np.clip((values[:, None] - knots[:-1]) / np.diff(knots), 0.0, 1.0)


def fit(
    columns: Mapping[str, Floats],
    yes: NDArray[np.bool_],
    weights: Floats,
    senses: Mapping[str, int],
    params: ModelParams,
) -> Head:
    """The model of `yes` on the columns named in `senses`: +1 only rises with that measurement, -1 only falls.

    Accelerated projected gradient descent of the penalised log loss (Beck and Teboulle, 2009).
    """
    knots = {name: knots_of(columns[name], params.knots) for name in senses}
    blocks = [_ramps(columns[name], knots[name]) * sense for name, sense in senses.items()]
    design = np.concatenate([*blocks, np.ones((len(yes), 1))], axis=1)
    weights = weights / weights.sum()
    step = 1.0 / (0.25 * float(np.linalg.norm(design * np.sqrt(weights)[:, None], 2) ** 2) + params.ridge)
    numbers = np.zeros(design.shape[1])
    ahead, pace = numbers.copy(), 1.0
    for _ in range(params.rounds):
        wrong = 1.0 / (1.0 + np.exp(-np.clip(design @ ahead, -30, 30))) - yes
        slope = design.T @ (wrong * weights) + params.ridge * 0.01 * np.append(ahead[:-1], 0.0)
        following = ahead - step * slope
        following[:-1] = np.maximum(following[:-1], 0.0)
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead, numbers, pace = following + (pace - 1) / faster * (following - numbers), following, faster
    return _head(numbers, knots, senses)


def _head(numbers: Floats, knots: Mapping[str, Floats], senses: Mapping[str, int]) -> Head:
    curves, at = [], 0
    for name, sense in senses.items():
        steps = numbers[at : at + len(knots[name]) - 1]
        at += len(steps)
        heights = np.concatenate([[0.0], np.cumsum(steps)]) * sense
        if np.abs(heights).max() > 1e-3:
            curves.append(Curve(name, tuple(knots[name].tolist()), tuple(np.round(heights, 4).tolist())))
    return Head(round(float(numbers[-1]), 4), tuple(curves))


def probabilities(head: Head, columns: Mapping[str, Floats]) -> Floats:
    """What the model says of every row."""
    logit = head.bias + sum(np.interp(columns[c.name], c.knots, c.values) for c in head.curves)
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logit, -30, 30))))


def reliability(said: Floats, true: NDArray[np.bool_], edges: Sequence[float]) -> list[tuple[float, float, int]]:
    """For each interval of scores: the mean score, the share that is true, and how many there are."""
    rows = []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        inside = (said >= low) & (said < high)
        if inside.any():
            rows.append((float(said[inside].mean()), float(true[inside].mean()), int(inside.sum())))
    return rows
