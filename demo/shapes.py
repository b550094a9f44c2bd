"""Outlines of goods: closed polygons, float64 (n, 2), in a unit square with y downwards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Outline = NDArray[np.float64]


def smooth(corners: Outline, rounds: int = 3) -> Outline:
    """A closed curve by cutting corners (Chaikin, 1974)."""
    for _ in range(rounds):
        after = np.roll(corners, -1, 0)
        corners = np.stack([corners * 0.75 + after * 0.25, corners * 0.25 + after * 0.75], 1).reshape(-1, 2)
    return corners


def lathe(*profile: tuple[float, float], rounds: int = 0) -> Outline:
    """What a lathe turns: points (radius, height) of the right half, mirrored at x = 0.5."""
    half = np.array(profile, np.float64)
    both = np.concatenate([half * [1, 1], half[::-1] * [-1, 1]])
    both[:, 0] += 0.5
    return smooth(both, rounds)


def slab(left: float, top: float, right: float, bottom: float, radius: float = 0.02) -> Outline:
    """A rectangle with round corners."""
    radius = min(radius, (right - left) / 2, (bottom - top) / 2)
    turn = np.linspace(0, np.pi / 2, 8)
    arc = np.stack([np.cos(turn), np.sin(turn)], 1) * radius
    corners = [(right, bottom, 1, 1), (left, bottom, -1, 1), (left, top, -1, -1), (right, top, 1, -1)]
    parts = []
    for x, y, across, down in corners:
        bend = arc * [across, down] + [x - across * radius, y - down * radius]
        parts.append(bend if across * down > 0 else bend[::-1])
    return np.concatenate(parts)


def ring(x: float, y: float, outer: float, inner: float, first: float = 0.0, last: float = 360.0) -> Outline:
    """A bow between two radii, in degrees clockwise from the right: handles, straps, rims."""
    turn = np.radians(np.linspace(first, last, 48))
    bow = np.stack([np.cos(turn), np.sin(turn)], 1)
    both: Outline = np.concatenate([bow * outer, bow[::-1] * inner]) + np.array([x, y])
    return both


def disc(x: float, y: float, across: float, down: float) -> Outline:
    """An ellipse by its half axes."""
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    return np.stack([x + across * np.cos(turn), y + down * np.sin(turn)], 1)
