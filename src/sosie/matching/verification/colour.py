"""Whether one filter over the whole picture explains the colours, or only the product changed.

A filter treats equal colours equally everywhere: brightness, contrast, gamma and white balance (the *plain*
change), or grey, sepia, a duotone, a hue turn, more or less saturation (a *strong* one). A plain change is believed
wherever it fits. A strong change fits a recoloured product on white as well, so it is believed only as far as the
picture shows other colours that it treats alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_BINS = 16
_OFF = 26.0
"""Levels (of 255) that a channel may be off: compression and misalignment stay below, another colour does not."""
_BALANCE = 1.35
_COARSER = 2
"""Colours are compared on every second point of the grid each way."""
_FEWEST = 12
_EXPLAINED = 0.01
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True)
class ColourChange:
    """What happened to the colours in the common area. All are shares of the compared windows, 0 to 1, but `shift`.

    `shift`: mean difference before any fit, 0 to 1. `before`: windows of another colour before any fit; `plain`:
    after the best plain change; `strong`: after the best strong one. `patch`: the largest patch that the plain
    change leaves. `spread`: how varied the colours of the more colourful picture are, beyond its lightness (0 where
    lightness tells them all, as with one product on white). `chroma`: mean colourfulness of source and target.
    """

    shift: float
    before: float
    plain: float
    strong: float
    patch: float
    spread: float
    chroma: tuple[float, float]
    gain: float


UNCHANGED = ColourChange(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, (0.0, 0.0), 1.0)


def colour_change(
    target: NDArray[np.uint8], source: NDArray[np.uint8], area: NDArray[np.bool_], stride: int, *, inverted: bool
) -> ColourChange:
    """The change from `source` to `target`, aligned uint8 (h, w, 3), on the windows of the grid in `area`."""
    area = area[::_COARSER, ::_COARSER]
    if np.count_nonzero(area) < _FEWEST:
        return UNCHANGED
    t, s = (_sampled(image, area, stride * _COARSER) for image in (target, source))
    if inverted:
        s = 255.0 - s
    raw = _off(s, t)
    plain_fit = _plain(s, t)
    plain = _off(plain_fit, t)
    strong = plain if (plain > _OFF).mean() < _EXPLAINED else np.minimum(_strong(s, t), _strong(t, s))
    left = np.zeros(area.shape, np.uint8)
    left[area] = plain > _OFF
    return ColourChange(
        shift=float(raw.mean() / 255.0),
        before=float((raw > _OFF).mean()),
        plain=float((plain > _OFF).mean()),
        strong=float((np.minimum(plain, strong) > _OFF).mean()),
        patch=_largest_patch(left) / s.shape[1],
        spread=max(_spread(s), _spread(t)),
        chroma=(float(_chroma(s).mean()), float(_chroma(t).mean())),
        gain=float((_LUMA @ plain_fit).mean() / max(1.0, float((_LUMA @ s).mean()))),
    )


def _sampled(image: NDArray[np.uint8], area: NDArray[np.bool_], stride: int) -> NDArray[np.float32]:
    """Mean colours around the grid's points in `area`, float32 (3, n): short rows would be slow to reduce."""
    grid = cv2.blur(image, (5, 5))[::stride, ::stride][area]
    return np.ascontiguousarray(grid.T, dtype=np.float32)


def _off(fitted: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float32]:
    """The difference of the channel that differs most, float32 (n,)."""
    return np.asarray(np.abs(fitted - target).max(axis=0))


def _chroma(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(colours.max(axis=0) - colours.min(axis=0))


def _curve(x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """`x` through the monotone curve that carries it to `y` best: medians of bins, held monotone."""
    bins = (x * np.float32(_BINS / 256.0)).astype(np.int32)
    order = np.argsort(bins * np.float32(1024) + y)
    edges = np.searchsorted(bins[order], np.arange(_BINS + 1))
    counts = np.diff(edges)
    filled = counts > max(3, len(x) // 500)
    if not filled.any():
        return np.full_like(x, np.median(y))
    middles = y[order[(edges[:-1] + counts // 2)[filled]]]
    sums = np.bincount(bins, weights=x, minlength=_BINS)
    knots = sums[filled] / counts[filled]
    rising = (np.maximum.accumulate(middles) + np.minimum.accumulate(middles[::-1])[::-1]) / 2
    return np.interp(x, knots, rising).astype(np.float32)


def _plain(s: NDArray[np.float32], t: NDArray[np.float32]) -> NDArray[np.float32]:
    """One monotone curve for all channels, then a moderate white balance."""
    curved = _curve(s.ravel(), t.ravel()).reshape(s.shape)
    balance = np.median(t / np.maximum(curved, 8.0), axis=1).astype(np.float32)
    return curved * np.clip(balance, 1 / _BALANCE, _BALANCE)[:, None]


def _strong(s: NDArray[np.float32], t: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is left after the better of a tint by lightness and a mix of the channels, float32 (n,)."""
    tint = _off(_tint(s, t), t)
    mix = _off(_mix(s, t), t)
    return tint if (tint > _OFF).mean() < (mix > _OFF).mean() else mix


def _tint(s: NDArray[np.float32], t: NDArray[np.float32]) -> NDArray[np.float32]:
    light = _LUMA @ s
    return np.stack([_curve(light, channel) for channel in t])


def _mix(s: NDArray[np.float32], t: NDArray[np.float32]) -> NDArray[np.float32]:
    """Channels mixed linearly (3 x 4 numbers), by least squares that trust what fits."""
    rows = np.concatenate([s, np.full((1, s.shape[1]), 128.0, np.float32)])
    weight = np.ones(s.shape[1], np.float32)
    fitted = s
    for _ in range(4):
        left = rows * weight
        numbers = np.linalg.solve(left @ rows.T + np.eye(4, dtype=np.float32) * s.shape[1], left @ t.T)
        fitted = numbers.T @ rows
        weight = 1.0 / (1.0 + (_off(fitted, t) / np.float32(16.0)) ** 2)
    return np.clip(fitted, 0, 255)


def _spread(colours: NDArray[np.float32]) -> float:
    """How far the colours are from what lightness alone says, as a share of the windows."""
    return float((_off(_tint(colours, colours), colours) > _OFF).mean())


def _largest_patch(area: NDArray[np.uint8]) -> int:
    count, _, stats, _ = cv2.connectedComponentsWithStats(area, connectivity=4)
    return int(stats[1:, cv2.CC_STAT_AREA].max()) if count > 1 else 0
