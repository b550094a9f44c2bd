"""How far parts of two aligned pictures are off against each other: nothing for a copy, parallax for another view."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.agreement import STRIDE, Agreement
from sosie.matching.verification.windows import Planes, Scratch

_SIDE = 2 * STRIDE
_BLOCKS = 3
"""Windows of 3 x 3 squares of 6 x 6 pixels hold enough slopes to tell a tenth of a pixel."""
_PRODUCTS = ((1, 2), (2, 2), (3, 3), (3, 4), (4, 4), (1, 3), (2, 3), (1, 4), (2, 4))
"""Of the target (1), the source (2) and its slopes (3, 4): which are multiplied with each other."""
_SCRATCH = Scratch()
_CELLS = 5
"""Neighbours are those in one of 5 x 5 cells of the picture."""
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
    def wander(self) -> float:
        """How far windows near each other are off together, in pixels: the median of the means of neighbours.

        What noise or another picture that shines through does to a window differs from the next; parallax does not.
        """
        if not len(self.places):
            return 0.0
        cells = np.floor((self.places - self.centre) * (_CELLS / 2 / self.unit)).astype(np.intp)
        number = np.unique(cells, axis=0, return_inverse=True)[1].ravel()
        counts = np.bincount(number)
        mean_x, mean_y = (np.bincount(number, weights=axis) / counts for axis in self.rest.T)
        return float(np.median(np.hypot(mean_x, mean_y)[number]))

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
    columns = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y])
    ridge = np.diag([1e-6, 1e-3, 1e-3, 2e-3, 2e-3, 2e-3]) * len(x)
    left, rest = columns, moves
    for _ in range(4):
        smooth = np.asarray(cv2.solve(left @ columns.T + ridge, left @ moves, flags=cv2.DECOMP_CHOLESKY)[1])
        rest = moves - columns.T @ smooth
        off = np.sqrt(np.einsum("ij,ij->i", rest, rest))
        left = columns / (1.0 + (off / max(0.1, float(off.sum()) / len(off))) ** 2)
    return Field(places, smooth, centre, unit, rest)


def _moves(
    target: NDArray[np.float32], source: NDArray[np.float32], mask: NDArray[np.bool_], agreement: Agreement
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places and moves of the windows that agree and have slopes in both directions."""
    inside, t, s, x, y = _centred(target, source, mask)
    planes = Planes(_SCRATCH, 14, mask.shape, _SIDE, _BLOCKS)
    pictures = planes.pictures
    height, width = pictures.shape[1:]
    singles = [each[:height, :width] for each in (inside, t, s, x, y)]
    for number, each in enumerate(singles):
        pictures[number] = each
    for number, (one, other) in enumerate(_PRODUCTS, len(singles)):
        np.multiply(singles[one], singles[other], out=pictures[number])
    weight, *means = planes.means()
    scale = np.float32(1) / np.maximum(weight, np.float32(1e-3))
    single = [each * scale for each in means[:4]]
    products = zip(_PRODUCTS, means[4:], strict=True)
    st, ss, xx, xy, yy, xt, xs, yt, ys = (
        each * scale - single[one - 1] * single[other - 1] for (one, other), each in products
    )
    gain = st / np.maximum(ss, np.float32(1))
    right, down = xt - gain * xs, yt - gain * ys
    determinant = xx * yy - xy * xy
    agreeing = _well_inside(agreement.agreeing)[1::2, 1::2]
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


def _well_inside(agreeing: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Windows all of whose neighbours agree as well, unless few do: others may touch what is laid over the picture."""
    inner = cv2.erode(agreeing.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return inner if np.count_nonzero(inner) > 0.5 * np.count_nonzero(agreeing) else agreeing


def _centred(
    target: NDArray[np.float32], source: NDArray[np.float32], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], ...]:
    """Where both are known, then the target, the source and its slopes there, zero elsewhere."""
    inside = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    slopes = (cv2.Sobel(source, cv2.CV_32F, *way, ksize=1, scale=0.5) for way in ((1, 0), (0, 1)))
    greys = (each - np.float32(128) for each in (target, source))
    return inside, *(np.asarray(each * inside, np.float32) for each in (*greys, *slopes))
