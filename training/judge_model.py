"""Fitting boosted trees whose answer only rises, or only falls, with each measurement, with NumPy alone."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.trees import DEPTH, Trees

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
_NODES = 2**DEPTH - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelParams:
    """How a model is fitted: trees, the step of each, bins a measurement, ridge, least weight of a leaf."""

    trees: int = 150
    step: float = 0.12
    bins: int = 48
    ridge: float = 2.0
    least: float = 3.0


@dataclass(frozen=True, slots=True)
class _Slopes:
    """First and second derivatives of the loss at each row, and the bin of each measurement, (n, measurements)."""

    first: Floats
    second: Floats
    bins: Ints


@dataclass(frozen=True, slots=True)
class _Node:
    rows: Ints
    low: float
    high: float
    value: float


def fit(
    columns: Mapping[str, Floats],
    yes: NDArray[np.bool_],
    weights: Floats,
    senses: Mapping[str, int],
    params: ModelParams,
) -> Trees:
    """The model of `yes` on the columns named in `senses`: +1 only rises with that measurement, -1 only falls.

    Second order boosting of the log loss (Chen and Guestrin, 2016). `weights` say how much each row counts.
    """
    names = tuple(senses)
    table = np.stack([columns[name] for name in names], axis=1)
    edges = [_edges(table[:, k], params.bins) for k in range(len(names))]
    bins = np.stack([np.searchsorted(edge, table[:, k], side="right") for k, edge in enumerate(edges)], axis=1)
    weights = weights * (len(yes) / weights.sum())
    share = float((weights * yes).sum() / weights.sum())
    bias = float(np.log(share / (1 - share)))
    said = np.full(len(yes), bias)
    grown = []
    for _ in range(params.trees):
        right = 1.0 / (1.0 + np.exp(-said))
        slopes = _Slopes((right - yes) * weights, np.maximum(right * (1 - right), 1e-6) * weights, bins)
        feature, place, value, leaf = _grow(slopes, np.array([senses[name] for name in names]), params)
        said = said + value[leaf]
        threshold = [edges[f][p] if p < len(edges[f]) else np.inf for f, p in zip(feature, place, strict=True)]
        grown.append((feature, threshold, value))
    return Trees(
        names,
        bias,
        np.array([feature for feature, _, _ in grown]),
        np.round(np.array([threshold for _, threshold, _ in grown]), 5),
        np.round(np.array([value for _, _, value in grown]), 5),
    )


def _edges(values: Floats, count: int) -> Floats:
    edges = np.unique(np.round(np.quantile(values, np.linspace(0, 1, count + 1)[1:-1]), 5))
    return np.asarray(edges)


def _grow(slopes: _Slopes, senses: Ints, params: ModelParams) -> tuple[Ints, Ints, Floats, Ints]:
    """One complete tree: measurement and bin of each node, value of each leaf, and the leaf of each row.

    A node that is better left whole sends all its rows to the left.
    """
    feature, place = np.zeros(_NODES, np.intp), np.full(_NODES, 1 << 20, np.intp)
    nodes = [_Node(np.arange(len(slopes.first)), -np.inf, np.inf, 0.0)]
    for number in range(_NODES):
        node = nodes[number]
        best = _best_split(slopes, node, senses, params) if len(node.rows) else None
        if best is None:
            nodes += [node, _Node(node.rows[:0], node.low, node.high, node.value)]
            continue
        feature[number], place[number], left, right = best
        goes = slopes.bins[node.rows, feature[number]] > place[number]
        middle, sense = (left + right) / 2, senses[feature[number]]
        bounds = {1: (node.low, middle, middle, node.high), -1: (middle, node.high, node.low, middle)}[int(sense)]
        nodes += [
            _Node(node.rows[~goes], bounds[0], bounds[1], left),
            _Node(node.rows[goes], bounds[2], bounds[3], right),
        ]
    leaf = np.zeros(len(slopes.first), np.intp)
    leaves = nodes[_NODES:]
    for number, node in enumerate(leaves):
        leaf[node.rows] = number
    return feature, place, np.array([node.value for node in leaves]) * params.step, leaf


def _best_split(
    slopes: _Slopes, node: _Node, senses: Ints, params: ModelParams
) -> tuple[int, int, float, float] | None:
    """Measurement, bin and the two values of the split that gains most in the measurement's sense."""
    first, second = slopes.first[node.rows], slopes.second[node.rows]
    weights = first.sum(), second.sum()
    best, found = 1e-3 + float(_score(weights[0], weights[1], params)), None
    for k in range(slopes.bins.shape[1]):
        bins = slopes.bins[node.rows, k]
        g: Floats = np.cumsum(np.bincount(bins, weights=first, minlength=params.bins))[:-1].astype(np.float64)
        h: Floats = np.cumsum(np.bincount(bins, weights=second, minlength=params.bins))[:-1].astype(np.float64)
        n = np.cumsum(np.bincount(bins, minlength=params.bins))[:-1]
        left = np.clip(-g / (h + params.ridge), node.low, node.high)
        right = np.clip(-(weights[0] - g) / (weights[1] - h + params.ridge), node.low, node.high)
        gain: Floats = _score(g, h, params) + _score(weights[0] - g, weights[1] - h, params)
        allowed = (senses[k] * (right - left) >= 0) & (n >= params.least) & (len(bins) - n >= params.least)
        gain = np.where(allowed, gain, -np.inf)
        at = int(gain.argmax())
        if gain[at] > best:
            best, found = float(gain[at]), (k, at, float(left[at]), float(right[at]))
    return found


def _score(first: Floats, second: Floats, params: ModelParams) -> Floats:
    return np.asarray(first * first / (second + params.ridge))


def reliability(said: Floats, true: NDArray[np.bool_], edges: Sequence[float]) -> list[tuple[float, float, int]]:
    """For each interval of scores: the mean score, the share that is true, and how many there are."""
    rows = []
    for low, high in itertools.pairwise(edges):
        inside = (said >= low) & (said < high)
        if inside.any():
            rows.append((float(said[inside].mean()), float(true[inside].mean()), int(inside.sum())))
    return rows
