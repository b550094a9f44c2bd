"""Laying one thumbnail over the other, and sharpening the fit by the pixels themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.geometry import corners, inverse, project
from sosie.matching.verification.prepared import Prepared

_LEAST_SIDE = 12
_STEP = 3
"""The refinement looks at every third pixel of every third row: it is as exact, and nine times cheaper."""
_STILL = 0.1
"""Pixels that a corner may still move when the refinement is done."""
_TRUST = 0.8
"""Pixels that are off by more than this times the mean weigh less than half."""
_NOTHING = -1e7
"""What stands for no pixel: so low that a trace of it in a mixture of four shows."""
_FARTHEST = 12.0
"""Pixels that a corner may wander while refining; beyond it the refinement has lost its way."""


@dataclass(frozen=True, slots=True)
class Bow:
    """Moves of places by a quadratic of their own: `moves`, float64 (6, 2), on rows 1, x, y, xy, xx, yy.

    x and y are in units of `unit` pixels from `centre`.
    """

    moves: NDArray[np.float64]
    centre: NDArray[np.float64]
    unit: float

    @property
    def depth(self) -> float:
        """How far the bow moves a place half a picture from the middle, in pixels."""
        return float(np.abs(self.moves[3:]).sum(axis=0).max())

    def of(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """The moves at places, float64 (n, 2)."""
        x, y = ((places - self.centre) / self.unit).T
        rows = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=1)
        return np.asarray(rows @ self.moves)


@dataclass(frozen=True, slots=True)
class Overlay:
    """Where one thumbnail (the source) falls on the other (the target), in the target's pixels.

    The target is the image in which the common part is shown smaller, so that nothing is enlarged.
    `matrix`: float64 (3, 3), from target region pixels to source pixels. `box`: left, top, right, bottom of
    the region in the target. `swapped`: the target is the first image, not the second. `zoom`: how many source pixels
    one target pixel is wide, in the middle. `bow`: a bent surface or a lens, applied before the matrix.
    """

    source: Prepared
    target: Prepared
    matrix: NDArray[np.float64]
    box: tuple[int, int, int, int]
    swapped: bool
    inverted: bool
    zoom: float
    bow: Bow | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height of the region."""
        return self.box[2] - self.box[0], self.box[3] - self.box[1]

    def to_source(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where places of the target, float64 (n, 2), are seen in the source, the bow included."""
        inside = places - np.array(self.box[:2])
        return project(self.matrix, inside if self.bow is None else inside + self.bow.of(inside))

    def transform(self) -> NDArray[np.float64]:
        """The matrix from the first image's thumbnail to the second's, whatever the target is."""
        to_source = self.matrix @ _shift(-self.box[0], -self.box[1])
        matrix = to_source if self.swapped else inverse(to_source)
        return np.asarray(matrix / matrix[2, 2])


def _shift(x: float, y: float) -> NDArray[np.float64]:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def lay_over(a: Prepared, b: Prepared, matrix: NDArray[np.float64], *, inverted: bool = False) -> Overlay | None:
    """The overlay that a matrix from `a` to `b` makes; None where they hardly meet.

    `inverted`: the colours of one are the negative of the other's.
    """
    centre = project(matrix, np.array([[a.size[0] / 2, a.size[1] / 2], [a.size[0] / 2 + 1, a.size[1] / 2]]))
    swapped = bool(np.hypot(*(centre[1] - centre[0])) > 1.0)
    source, target, forward = (b, a, inverse(matrix)) if swapped else (a, b, matrix)
    reach = project(forward, corners(*source.size))
    low = np.maximum(np.floor(reach.min(axis=0)), 0).astype(int)
    high = np.minimum(np.ceil(reach.max(axis=0)) + 1, target.size).astype(int)
    if (high - low).min() < _LEAST_SIDE:
        return None
    backward = inverse(forward) @ _shift(low[0], low[1])
    box = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
    backward = backward / backward[2, 2]
    middle = np.array([(low + high) / 2 - low])
    return Overlay(source, target, backward, box, swapped, inverted, zoom_of(backward, middle))


def zoom_of(matrix: NDArray[np.float64], place: NDArray[np.float64]) -> float:
    """How many pixels of the image that `matrix` leads to one pixel is wide, at a place, float64 (1, 2)."""
    origin, right, below = project(matrix, place + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    across, down = right - origin, below - origin
    return float(abs(across[0] * down[1] - across[1] * down[0]) ** 0.5)


def target_grey(overlay: Overlay) -> NDArray[np.float32]:
    """The region of the target in grey, float32, a view."""
    left, top, right, bottom = overlay.box
    return overlay.target.grey[top:bottom, left:right]


def warped_grey(overlay: Overlay) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The source laid over the region, float32 grey (negative if inverted), and where there is any."""
    grey = _softened(overlay.source.grey, overlay.zoom)
    warped = _laid(grey, overlay, fill=_NOTHING)
    mask = warped > -1.0
    warped = np.where(mask, 255.0 - warped if overlay.inverted else warped, 0.0)
    return warped.astype(np.float32, copy=False), mask


def warped_colours(overlay: Overlay, stride: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Mean colours of the region and of the source laid over it, uint8 (h, w, 3), in squares of `stride` pixels."""
    left, top, right, bottom = overlay.box
    source = _laid(_softened(overlay.source.features.thumbnail, overlay.zoom), overlay)
    target = overlay.target.features.thumbnail[top:bottom, left:right]
    return _squares(target, stride), _squares(source, stride)


def _squares(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    size = (image.shape[1] // side, image.shape[0] // side)
    whole = image[: size[1] * side, : size[0] * side]
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)


def _softened(image: NDArray, zoom: float) -> NDArray:  # type: ignore[type-arg]
    """Blurred as much as shrinking by `zoom` needs to be free of aliasing."""
    if zoom < 1.25:
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.5 * float(np.sqrt(zoom**2 - 1))))


def _laid(image: NDArray, overlay: Overlay, fill: float = 0.0) -> NDArray:  # type: ignore[type-arg]
    """The source on the region; bowed places are worked out on every eighth pixel and interpolated."""
    if overlay.bow is None:
        return _warp(image, overlay.matrix, overlay.shape, fill=fill)
    width, height = overlay.shape
    x, y = np.meshgrid(np.linspace(0, width - 1, width // 8 + 2), np.linspace(0, height - 1, height // 8 + 2))
    places = np.stack([x.ravel(), y.ravel()], axis=1)
    mapped = project(overlay.matrix, places + overlay.bow.of(places)).reshape(*x.shape, 2)
    step = np.array([[(x.shape[1] - 1) / (width - 1), 0, 0], [0, (x.shape[0] - 1) / (height - 1), 0]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    dense = cv2.warpAffine(mapped.astype(np.float32), step, (width, height), flags=flags)
    return np.asarray(cv2.remap(image, dense, None, cv2.INTER_LINEAR, borderValue=fill))


def _warp(image: NDArray, matrix: NDArray[np.float64], size: tuple[int, int], fill: float = 0.0) -> NDArray:  # type: ignore[type-arg]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    if abs(matrix[2, 0]) < 1e-12 and abs(matrix[2, 1]) < 1e-12:
        affine = matrix[:2] / matrix[2, 2]
        return np.asarray(cv2.warpAffine(image, affine, size, flags=flags, borderValue=fill))
    return np.asarray(cv2.warpPerspective(image, matrix, size, flags=flags, borderValue=fill))


def refine(overlay: Overlay, steps: int, *, perspective: bool = False) -> Overlay:
    """The overlay moved to where the pixels fit best; unchanged where that leads away.

    Inverse compositional Gauss-Newton (Baker and Matthews, 2004) with six numbers, or eight with `perspective`;
    brightness and contrast are fitted in each step, and pixels that do not fit (an overlay) weigh little.
    """
    width, height = overlay.shape
    left, top, right, bottom = overlay.box
    template = overlay.target.smooth[top:bottom, left:right]
    slope_x = cv2.Sobel(template, cv2.CV_32F, 1, 0, scale=0.125)[::_STEP, ::_STEP].ravel()
    slope_y = cv2.Sobel(template, cv2.CV_32F, 0, 1, scale=0.125)[::_STEP, ::_STEP].ravel()
    template = template[::_STEP, ::_STEP]
    small = (template.shape[1], template.shape[0])
    unit = max(width, height) / 2.0
    frame = np.array([[unit, 0, width / 2], [0, unit, height / 2], [0, 0, 1.0]])
    steepest = _steepest(slope_x * np.float32(unit), slope_y * np.float32(unit), small, frame, perspective)
    source = _softened(overlay.source.smooth, overlay.zoom)
    stride = np.diag([float(_STEP), float(_STEP), 1.0])
    matrix, flat = overlay.matrix, template.ravel()
    best, least = matrix, np.inf
    for _ in range(steps):
        warped = _warp(source, matrix @ stride, small, fill=_NOTHING).ravel()
        step = _step(steepest, flat, warped, inverted=overlay.inverted)
        if step is None or step[1] > least:
            break
        best, least = matrix, step[1]
        change = frame @ np.linalg.inv(step[0]) @ np.linalg.inv(frame)
        matrix = matrix @ change
        matrix = matrix / matrix[2, 2]
        edge = corners(width, height)
        if np.abs(project(change, edge) - edge).max() < _STILL:
            best = matrix
            break
    matrix = best
    return _unless_astray(overlay, matrix)


def _unless_astray(overlay: Overlay, matrix: NDArray[np.float64]) -> Overlay:
    edge = corners(*overlay.shape)
    wandered = project(inverse(overlay.matrix) @ matrix, edge) - edge
    if not np.isfinite(wandered).all() or np.abs(wandered).max() > _FARTHEST:
        return overlay
    return replace(overlay, matrix=matrix)


def _steepest(
    slope_x: NDArray[np.float32],
    slope_y: NDArray[np.float32],
    size: tuple[int, int],
    frame: NDArray[np.float64],
    perspective: bool,
) -> NDArray[np.float32]:
    """How each pixel changes with each number of the warp, float32 (6 or 8, n); slopes are per frame unit."""
    x = ((np.arange(size[0], dtype=np.float32) * _STEP) - frame[0, 2]) / frame[0, 0]
    y = ((np.arange(size[1], dtype=np.float32) * _STEP) - frame[1, 2]) / frame[1, 1]
    x, y = (grid.ravel().astype(np.float32) for grid in np.meshgrid(x, y))
    rows = [x * slope_x, y * slope_x, slope_x, x * slope_y, y * slope_y, slope_y]
    if perspective:
        along = x * slope_x + y * slope_y
        rows += [-x * along, -y * along]
    return np.stack(rows)


def _step(
    steepest: NDArray[np.float32], template: NDArray[np.float32], warped: NDArray[np.float32], *, inverted: bool
) -> tuple[NDArray[np.float64], float] | None:
    """One Gauss-Newton step as a matrix and how badly the pixels fit before it, or None where nothing holds it."""
    mask = warped > -1.0
    count = int(np.count_nonzero(mask))
    if count < _LEAST_SIDE**2 // _STEP**2:
        return None
    warped = np.where(mask, 255.0 - warped if inverted else warped, 0.0)
    weight = mask.astype(np.float32)
    for _ in range(2):
        total = float(weight.sum())
        mean_w, mean_t = float(weight @ warped) / total, float(weight @ template) / total
        centred = warped - np.float32(mean_w)
        variance = float(weight @ (centred * centred))
        gain = float(weight @ (centred * (template - np.float32(mean_t)))) / max(variance, 1e-6)
        error = np.float32(gain) * centred + np.float32(mean_t) - template
        sigma = max(_TRUST * float(np.abs(error) @ mask) / count, 2.0)
        weight = mask / (1.0 + (error * np.float32(1 / sigma)) ** 2)
    if gain <= 0.05:
        return None
    weighted = steepest * weight
    hessian = (weighted @ steepest.T).astype(np.float64)
    strength = float(np.trace(hessian)) / len(hessian)
    if strength < 1e-3:
        return None
    hessian[np.diag_indices_from(hessian)] += 1e-7 * strength
    numbers = np.zeros(8)
    numbers[: len(hessian)] = np.linalg.solve(hessian, (weighted @ error).astype(np.float64))
    a, b, c, d, e, f, g, h = numbers
    misfit = 1.0 - float(weight.sum()) / count
    return np.array([[1 + a, b, c], [d, 1 + e, f], [g, h, 1.0]]), misfit + sigma / 255.0
