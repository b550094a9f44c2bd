"""Whether two tiny colour pictures are one picture: what stays unexplained by a change of colour as a whole."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import cv2
import numpy as np
from numpy.typing import NDArray

_BLOCK = 96
"""Pairs at a time: what is computed of them stays in the cache of a core."""
_SHARE = 0.97
_RIDGE = 1e-5
"""Share of the variance that is added to it: grey pictures have one channel three times."""
_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 15, 1e-3)


@cache
def limit() -> float:
    """Grey levels (of 255) up to which two pictures with near hashes are one picture.

    Fitted by `training/tones_fit.py`.
    """
    written = json.loads((files("sosie.matching") / "tones.json").read_text(encoding="utf-8"))
    return float(written["limit"])


def unexplained(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give for each pair of grids the difference that no linear change of colour explains, in grey levels.

    `a`, `b`: uint8 (n, side, side, 3), turned alike. Result: float32 (n,), the 97th percentile over the cells of the
    largest difference in a channel, after the least-squares colour matrix (3 x 4) from one grid to the other,
    whichever direction fits better. Pairs above the limit are tried once more with the first grid moved onto the
    second (ECC, affine), since a shift of half a cell looks like another colour.
    """
    result = np.empty(len(a), np.float32)
    for start in range(0, len(a), _BLOCK):
        block = slice(start, start + _BLOCK)
        result[block] = _residuals(_smooth(a[block]), _smooth(b[block]))
    again = np.flatnonzero(result > limit())
    for row in again.tolist():
        moved = _moved(a[row], b[row])
        if moved is not None:
            result[row] = min(result[row], _residuals(_smooth(moved[None]), _smooth(b[row : row + 1]))[0])
    return result


def _smooth(grids: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give binomially smoothed grids without their border: float32 (n, cells, 3)."""
    grids = grids.astype(np.float32)
    rows = grids[:, :-2] + 2 * grids[:, 1:-1] + grids[:, 2:]
    both: NDArray[np.float32] = (rows[:, :, :-2] + 2 * rows[:, :, 1:-1] + rows[:, :, 2:]) / 16
    return both.reshape(len(grids), -1, 3)


def _residuals(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    a, b = _centred(a), _centred(b)
    return np.minimum(_residual(a, b), _residual(b, a))


def _centred(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    share = np.full((1, cells.shape[1]), 1 / cells.shape[1], np.float32)
    return cells - share @ cells


def _residual(source: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float32]:
    turned = source.transpose(0, 2, 1)
    spread = turned @ source
    ridge = 1 + _RIDGE * np.trace(spread, axis1=1, axis2=2)
    matrix = np.linalg.solve(spread + ridge[:, None, None] * np.eye(3, dtype=np.float32), turned @ target)
    left = np.abs(source @ matrix - target)
    largest = np.maximum(np.maximum(left[..., 0], left[..., 1]), left[..., 2])
    cell = int(largest.shape[1] * _SHARE)
    ranked: NDArray[np.float32] = np.partition(largest, cell, axis=1)[:, cell]
    return ranked


def _moved(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Give the first grid moved onto the second, or None where nothing holds them together."""
    side = a.shape[0]
    greys = [cv2.GaussianBlur(cv2.cvtColor(np.ascontiguousarray(x), cv2.COLOR_RGB2GRAY), (0, 0), 1) for x in (b, a)]
    warp = np.eye(2, 3, dtype=np.float32)
    try:
        _, warp = cv2.findTransformECC(greys[0], greys[1], warp, cv2.MOTION_AFFINE, _STEPS, None, 1)
    except cv2.error:  # OpenCV's way to say that the correlation did not converge
        return None
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved: NDArray[np.uint8] = cv2.warpAffine(a, warp, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return moved
