"""How far parts of two aligned pictures are off against each other: nothing for a copy, parallax for another view."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.agreement import STRIDE, Agreement

_SIDE = 2 * STRIDE
_BLOCKS = 3
"""Windows of 3 x 3 squares of 6 x 6 pixels hold enough slopes to tell a tenth of a pixel."""
_FLAT = 6.0
_FEWEST = 6
_MOST = 3.0


@dataclass(frozen=True, slots=True)
class Field:
    """The shifts that windows which agree would still need: where (pixels of the region) and how far.

    `places`, `moves`: float64 (n, 2). `smooth`: float64 (6, 2), the part of the moves that a quadratic warp of the
    whole picture explains, on rows 1, x, y, xy, xx, yy with x and y in units of `unit` pixels from `centre`. `rest`:
    what is left.
    """

    places: NDArray[np.float64]
    smooth: NDArray[np.float64]
    centre: NDArray[np.float64]
    unit: float
    rest: NDArray[np.float64]

    @property
    def quantiles(self) -> tuple[float, float]:
        """Median and nine tenths quantile of what is left, in pixels; 0 where too few windows tell."""
        far = np.sort(np.hypot(self.rest[:, 0], self.rest[:, 1]))
        return (float(far[len(far) // 2]), float(far[(len(far) * 9) // 10])) if len(far) else (0.0, 0.0)

    @property
    def drift(self) -> float:
        """How far the affine part would move a place half a picture from the middle, in pixels."""
        return float(np.abs(self.smooth[:3]).sum(axis=0).max())

    @property
    def bend(self) -> float:
        """How far the part that is not affine moves a place half a picture from the middle, in pixels."""
        return float(np.abs(self.smooth[3:]).sum(axis=0).max())

    def correction(self) -> NDArray[np.float64]:
        """The affine part as a matrix from corrected to uncorrected places, float64 (3, 3)."""
        matrix = np.eye(3)
        linear = (self.smooth[1:3] / self.unit).T
        matrix[:2, :2] += linear
        matrix[:2, 2] += self.smooth[0] - linear @ self.centre
        return matrix


NO_FIELD = Field(np.zeros((0, 2)), np.zeros((6, 2)), np.zeros(2), 1.0, np.zeros((0, 2)))


def field(
    target: NDArray[np.float32], source: NDArray[np.float32], mask: NDArray[np.bool_], agreement: Agreement
) -> Field:
    """The shifts between two aligned float32 grey pictures where windows agree.

    One step of Lucas and Kanade (1981) a window, with brightness and contrast of its own.
    """
    places, moves = _moves(target, source, mask, agreement)
    unit, centre = max(mask.shape) / 2.0, np.array(mask.shape[::-1]) / 2.0
    if len(places) < _FEWEST:
        return Field(places[:0], np.zeros((6, 2)), centre, unit, moves[:0])
    x, y = ((places - centre) / unit).T
    rows = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=1)
    ridge = np.diag([1e-6, 1e-3, 1e-3, 2e-3, 2e-3, 2e-3]) * len(x)
    weight = np.ones(len(x))
    rest = moves
    for _ in range(4):
        left = rows.T * weight
        smooth = np.linalg.solve(left @ rows + ridge, left @ moves)
        rest = moves - rows @ smooth
        off = np.hypot(rest[:, 0], rest[:, 1])
        weight = 1.0 / (1.0 + (off / max(0.1, float(off.mean()))) ** 2)
    return Field(places, smooth, centre, unit, rest)


def _moves(
    target: NDArray[np.float32], source: NDArray[np.float32], mask: NDArray[np.bool_], agreement: Agreement
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places and moves of the windows that agree and have slopes in both directions."""
    inside = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    slope_x = np.asarray(cv2.Sobel(source, cv2.CV_32F, 1, 0, ksize=1, scale=0.5)) * inside
    slope_y = np.asarray(cv2.Sobel(source, cv2.CV_32F, 0, 1, ksize=1, scale=0.5)) * inside
    t, s = (target - np.float32(128)) * inside, (source - np.float32(128)) * inside
    scale = np.float32(1) / np.maximum(_means(inside), np.float32(1e-3))
    mean = {name: _means(each) * scale for name, each in (("t", t), ("s", s), ("x", slope_x), ("y", slope_y))}

    def shared(a: NDArray[np.float32], b: NDArray[np.float32], first: str, second: str) -> NDArray[np.float32]:
        return np.asarray(_means(a * b) * scale - mean[first] * mean[second])

    gain = shared(s, t, "s", "t") / np.maximum(shared(s, s, "s", "s"), np.float32(1))
    xx, xy, yy = (
        shared(slope_x, slope_x, "x", "x"),
        shared(slope_x, slope_y, "x", "y"),
        shared(slope_y, slope_y, "y", "y"),
    )
    right = shared(slope_x, t, "x", "t") - gain * shared(slope_x, s, "x", "s")
    down = shared(slope_y, t, "y", "t") - gain * shared(slope_y, s, "y", "s")
    determinant = xx * yy - xy * xy
    agreeing = agreement.agreeing[1::2, 1::2]
    height, width = (min(p, q) for p, q in zip(agreeing.shape, xx.shape, strict=True))
    weakest = determinant / np.maximum(xx + yy, np.float32(1e-3))
    told = ((weakest > _FLAT) & (gain > 0.1))[:height, :width] & agreeing[:height, :width]
    below = (gain * determinant)[:height, :width][told]
    move_x = (right * yy - down * xy)[:height, :width][told] / below
    move_y = (down * xx - right * xy)[:height, :width][told] / below
    row, column = np.nonzero(told)
    places = np.stack([column, row], axis=1).astype(np.float64) * _SIDE + (_SIDE - 1) / 2
    moves = np.clip(np.stack([move_x, move_y], axis=1).astype(np.float64), -_MOST, _MOST)
    return places, moves


def _means(image: NDArray[np.float32]) -> NDArray[np.float32]:
    size = (max(1, image.shape[1] // _SIDE), max(1, image.shape[0] // _SIDE))
    small = cv2.resize(image[: size[1] * _SIDE, : size[0] * _SIDE], size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.boxFilter(small, -1, (_BLOCKS, _BLOCKS), borderType=cv2.BORDER_CONSTANT))
