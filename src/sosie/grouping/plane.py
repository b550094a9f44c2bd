"""A plane in which near points are alike: for people who would rather look than read.

The two main directions of the vectors (PCA) give the first picture. Then every point is drawn to its nearest ones and
pushed from random others, as in LargeVis (Tang et al., 2016) and UMAP (McInnes et al., 2018), all points at once. The
seed is fixed: equal vectors give equal planes on one machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

_DIMS = 48
"""Main directions in which neighbours are looked for."""
_NEAREST = 8
_CELL = 256
"""Points of one cell, about; a point's neighbours are looked for in its cell and the next one to it."""
_ROUNDS, _FEW_ROUNDS, _MANY = 80, 36, 20_000
"""Rounds of drawing and pushing; fewer from so many points on."""
_PUSHES = 4
_MARGIN = 0.02


def plane(vectors: NDArray[np.float16], seed: int = 0) -> Floats:
    """Give a place in the unit square to each vector: float32 (n, 2). Rows of zeros go to the lower edge, in order.

    Time and memory grow little faster than the number of vectors: a hundred thousand take some seconds.
    """
    present = vectors.any(axis=1)
    places = np.zeros((len(vectors), 2), np.float32)
    rows = np.flatnonzero(present)
    if len(rows):
        places[rows] = _framed(_spread(_main(vectors[rows].astype(np.float32)), np.random.default_rng(seed)))
    blank = np.flatnonzero(~present)
    places[blank, 0] = (np.arange(len(blank)) + 0.5) / max(len(blank), 1)
    places[blank, 1] = 1.0
    return places


def _main(vectors: Floats) -> Floats:
    """The vectors in their main directions, the widest first: float32 (n, at most 48)."""
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-6))
    vectors -= vectors.mean(axis=0)
    spread = vectors.T @ vectors
    _, directions = np.linalg.eigh(spread.astype(np.float64))
    main = directions[:, ::-1][:, :_DIMS]
    main *= np.where(main[np.abs(main).argmax(axis=0), np.arange(main.shape[1])] < 0, -1, 1)
    return np.asarray(vectors @ main.astype(np.float32), np.float32)


def _spread(main: Floats, draw: np.random.Generator) -> NDArray[np.float64]:
    """Draw neighbours together and push strangers apart."""
    count = len(main)
    places = np.zeros((count, 2))
    places[:, : min(2, main.shape[1])] = main[:, :2]
    places *= 10 / max(float(np.abs(places).max()), 1e-9)
    places += draw.normal(0, 1e-3, places.shape)  # equal vectors must not stand on one spot, or nothing moves them
    a, b = _neighbours(main)
    degree = np.maximum(np.bincount(a, minlength=count), 1)[:, None]
    rounds = 0 if count < 3 else _ROUNDS if count < _MANY else _FEW_ROUNDS
    for number in range(rounds):
        step = 1 - number / rounds
        gap = places[a] - places[b]
        pull = gap * (-2 / (1 + (gap**2).sum(axis=1)))[:, None]
        move = np.stack([np.bincount(a, pull[:, axis], count) for axis in range(2)], axis=1) / degree
        for _ in range(_PUSHES):
            gap = places - places[draw.integers(0, count, count)]
            far = (gap**2).sum(axis=1)
            push = gap * (2 / ((0.01 + far) * (1 + far)))[:, None]
            move += np.clip(push, -2, 2) / _PUSHES
        places += step * np.clip(move, -2, 2)
    return places


def _neighbours(main: Floats) -> tuple[Ids, Ids]:
    """Each point with some of its nearest, both ways: looked for among the points of two cells."""
    count = len(main)
    cells = max(1, count // _CELL)
    centres = main[np.linspace(0, count - 1, cells).astype(np.int64)] if cells > 1 else main[:1]
    for _ in range(4 if cells > 1 else 0):
        home = _nearest_centre(main, centres)[:, 0]
        sums = np.stack([np.bincount(home, main[:, axis], cells) for axis in range(main.shape[1])], axis=1)
        sizes = np.bincount(home, minlength=cells)[:, None]
        centres = np.where(sizes > 0, sums / np.maximum(sizes, 1), centres).astype(np.float32)
    near = _nearest_centre(main, centres)
    parts = [_in_cell(main, near, cell) for cell in range(cells)]
    one, other = (np.concatenate(ends) for ends in zip(*parts, strict=True))
    return np.concatenate((one, other)), np.concatenate((other, one))


def _nearest_centre(main: Floats, centres: Floats) -> Ids:
    """The two nearest centres of each point, the nearest first: int64 (n, 2)."""
    found = np.empty((len(main), 2), np.int64)
    weight = (centres**2).sum(axis=1)
    for start in range(0, len(main), 4096):
        distance = weight - 2 * main[start : start + 4096] @ centres.T
        first = distance.argmin(axis=1)
        found[start : start + 4096, 0] = first
        distance[np.arange(len(distance)), first] = np.inf
        found[start : start + 4096, 1] = distance.argmin(axis=1) if len(centres) > 1 else first
    return found


def _in_cell(main: Floats, near: Ids, cell: int) -> tuple[Ids, Ids]:
    """The points of a cell, each with its nearest among all that are in or next to it."""
    home = np.flatnonzero(near[:, 0] == cell)
    around = np.flatnonzero((near == cell).any(axis=1))
    width = min(_NEAREST, len(around) - 1)
    if not len(home) or width < 1:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    distance = (main[around] ** 2).sum(axis=1) - 2 * main[home] @ main[around].T
    distance[home[:, None] == around] = np.inf
    best = np.argpartition(distance, width - 1, axis=1)[:, :width]
    return np.repeat(home, width), around[best.ravel()]


def _framed(places: NDArray[np.float64]) -> Floats:
    """Put all points into the unit square, with a margin; the few that are far out go to its edge.

    Half of a place is its rank along the axis: what stands apart would leave most of the square empty otherwise.
    """
    low, high = np.percentile(places, [0.5, 99.5], axis=0) if len(places) > 20 else (places.min(0), places.max(0))
    size = max(float((high - low).max()), 1e-9)
    scaled = np.clip((places - (low + high) / 2) / size + 0.5, 0, 1)
    ranks = (places.argsort(axis=0).argsort(axis=0) + 0.5) / len(places)
    return np.asarray((scaled + ranks) / 2 * (1 - 2 * _MARGIN) + _MARGIN, np.float32)
