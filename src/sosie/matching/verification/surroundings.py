"""What lies around the common area: nothing, a plain frame, the rest of the picture, or another picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.geometry import corners, project

SEAM = 0.35
"""The share of an outline that jumps, from which on it is a seam: that of a frame, or of a picture of its own."""
_SAMPLES = 48
_MARGIN = 4.0
_TEXTURE = 8.0
_PLAIN = 4.0
"""Grey levels: an outline on one plain ground joins nothing, as with two products side by side on white."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How an image continues beyond the outline of another that lies on it.

    `seam`: share of the outline inside the image at which its pixels jump (a crop has few, a pasted picture many).
    `inside`: share of the outline that lies inside at all. `busy`: share of the image beyond the outline that holds
    texture, 0 where the outline is no seam; `beyond`: share of the image that is beyond.
    """

    seam: float
    inside: float
    busy: float
    beyond: float


NOTHING = Surroundings(0.0, 0.0, 0.0, 0.0)


def surroundings(grey: NDArray[np.float32], matrix: NDArray[np.float64], size: tuple[int, int]) -> Surroundings:
    """Around the outline of a picture of `size` that `matrix` lays on the float32 image `grey`."""
    height, width = grey.shape
    outline = project(matrix, corners(*size))
    low, high = outline.min(axis=0), outline.max(axis=0)
    if (low < _MARGIN).all() and (high > np.array([width, height]) - 1 - _MARGIN).all() and _upright(outline):
        return NOTHING
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, np.round(outline).astype(np.int32), 1)
    beyond = cv2.erode(1 - mask, np.ones((5, 5), np.uint8), borderType=cv2.BORDER_REPLICATE) > 0
    count = int(np.count_nonzero(beyond))
    if count < 0.02 * width * height:
        return NOTHING
    seam, inside = _seam(cv2.GaussianBlur(grey, (3, 3), 0.6), outline)
    busy = _busy(grey, beyond) if seam > SEAM else 0.0
    return Surroundings(seam, inside, busy, count / (width * height))


def _upright(outline: NDArray[np.float64]) -> bool:
    """Whether the outline's sides run along the image's, so that its box is the outline itself."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    return bool(np.minimum(np.abs(outline - low), np.abs(outline - high)).max() < _MARGIN)


def _busy(grey: NDArray[np.float32], beyond: NDArray[np.bool_]) -> float:
    """The share of what lies beyond whose 7 x 7 surroundings, all beyond as well, vary."""
    inside = beyond.astype(np.float32)
    weight = cv2.blur(inside, (7, 7))
    mean = cv2.blur(grey * inside, (7, 7)) / np.maximum(weight, 1e-3)
    square = cv2.blur(grey * grey * inside, (7, 7)) / np.maximum(weight, 1e-3)
    varied = (square - mean * mean > _TEXTURE**2) & beyond
    return int(np.count_nonzero(varied)) / max(1, int(np.count_nonzero(beyond)))


def _seam(grey: NDArray[np.float32], outline: NDArray[np.float64]) -> tuple[float, float]:
    """Share of outline points in the image with a jump across, and share of outline points in the image.

    On a ground of one colour nothing goes on beyond the outline, so all of it counts as a seam.
    """
    following = np.roll(outline, -1, axis=0)
    steps = (np.arange(_SAMPLES) + 0.5)[:, None, None] / _SAMPLES
    points = outline + (following - outline) * steps
    along = following - outline
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    inside = (points > _MARGIN).all(axis=2) & (points < np.array(grey.shape[::-1]) - 1 - _MARGIN).all(axis=2)
    if np.count_nonzero(inside) < _SAMPLES // 4:
        return 0.0, float(inside.mean())
    offsets = np.array([-3.5, -2.0, -1.0, 1.0, 2.0, 3.5])
    places = points[inside][:, None] + np.broadcast_to(normal, points.shape)[inside][:, None] * offsets[:, None]
    values = cv2.remap(grey, places[..., 0].astype(np.float32), places[..., 1].astype(np.float32), cv2.INTER_LINEAR)
    if float(values.std()) < _PLAIN:
        return 1.0, float(inside.mean())
    across = np.abs(values[:, 3] - values[:, 2])
    calm = np.maximum(np.abs(values[:, 1] - values[:, 0]), np.abs(values[:, 5] - values[:, 4]))
    far = np.abs(values[:, 4] - values[:, 1])
    jumps = np.maximum(across, far * 0.7) > 1.5 * calm + 4.0
    return float(jumps.mean()), float(inside.mean())
