"""Whether what changed its colour has an outline that both pictures show: a product has, a banner laid over has not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_APART = 2
"""Squares between which a step is measured: the outline itself is blurred over one."""
_FEWEST = 6
_NOISE = 4.0


@dataclass(frozen=True, slots=True)
class Contour:
    """The step across the outline of what changed, in whichever picture has less of it.

    `step`: the median step, 0 to 1. `steep`: that over the steps beside the outline. `coherent`: how far all steps go
    in one direction, 0 to 1. All 0 where nothing has an outline.
    """

    step: float
    steep: float
    coherent: float


NO_CONTOUR = Contour(0.0, 0.0, 0.0)


def contour(changed: NDArray[np.bool_], area: NDArray[np.bool_], pictures: tuple[NDArray[np.uint8], ...]) -> Contour:
    """The outline of `changed` in `area`, bool (h, w) each, in two aligned pictures, uint8 (h, w, 3)."""
    kept = area & ~changed
    sides = [side for side in (_side(picture.astype(np.float32), changed, kept) for picture in pictures) if side]
    if len(sides) < len(pictures):
        return NO_CONTOUR
    return Contour(*(min(numbers) for numbers in zip(*sides, strict=True)))


def _side(
    picture: NDArray[np.float32], changed: NDArray[np.bool_], kept: NDArray[np.bool_]
) -> tuple[float, float, float] | None:
    across, within, beyond = [], [], []
    for one, other in _neighbours():
        off = picture[one] - picture[other]
        across += [off[changed[one] & kept[other]], -off[kept[one] & changed[other]]]
        within.append(off[changed[one] & changed[other]])
        beyond.append(off[kept[one] & kept[other]])
    steps = np.concatenate(across)
    if len(steps) < _FEWEST:
        return None
    step, inside = _median(steps), _median(np.concatenate(within))
    outside = _median(np.concatenate(beyond)) or inside
    coherent = float(np.abs(steps.mean(axis=0)).max() / (np.abs(steps).mean(axis=0).max() + 1.0))
    return step / 255.0, step / (inside + outside + _NOISE), coherent


def _neighbours() -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """Squares and those beside and below them."""
    first, last, every = slice(None, -_APART), slice(_APART, None), slice(None)
    yield (every, first), (every, last)
    yield (first, every), (last, every)


def _median(steps: NDArray[np.float32]) -> float:
    """The median of the channel that differs most; 0 of a few."""
    return float(np.median(np.abs(steps).max(axis=1))) if len(steps) > _FEWEST else 0.0
