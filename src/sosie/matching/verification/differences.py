"""What differs between two aligned pictures although they are one: areas laid over."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.agreement import STRIDE, Agreement
from sosie.matching.verification.alignment import Overlay
from sosie.matching.verification.geometry import rectangle
from sosie.types import Rectangle

_MOST = 6
_SMALLEST = 0.01
_THICK = np.ones((4, 4), np.uint8)
"""Whatever is laid over spoils all windows that touch it: what spoils fewer across is a rim or a faint texture."""
_RIM = 5.0
"""Windows that only touch what differs do not agree either: so many pixels are taken off each side."""


def extras(overlay: Overlay, agreement: Agreement) -> tuple[Rectangle, ...]:
    """The largest areas that differ, at most six, as shares of the second image; the largest first."""
    broken, least = agreement.broken.astype(np.uint8), _SMALLEST * np.count_nonzero(agreement.covered)
    if np.count_nonzero(broken) < least:
        return ()
    broken = cv2.morphologyEx(broken, cv2.MORPH_OPEN, _THICK)
    count, _, stats, _ = cv2.connectedComponentsWithStats(broken, connectivity=8)
    found = sorted(
        (row for row in range(1, count) if stats[row, cv2.CC_STAT_AREA] >= least), key=lambda r: -stats[r, 4]
    )
    return tuple(_in_second(overlay, stats[row, :4].astype(np.float64) * STRIDE) for row in found[:_MOST])


def _in_second(overlay: Overlay, box: NDArray[np.float64]) -> Rectangle:
    """A box of the region (left, top, width, height) as a rectangle of the second image."""
    left, top, width, height = box
    rim_x, rim_y = min(_RIM, width / 3), min(_RIM, height / 3)
    x = np.array([left + rim_x, left + width - rim_x]) + overlay.box[0]
    y = np.array([top + rim_y, top + height - rim_y]) + overlay.box[1]
    places = np.array([[x[0], y[0]], [x[1], y[0]], [x[1], y[1]], [x[0], y[1]]])
    if overlay.swapped:
        return rectangle(overlay.to_source(places), overlay.source.size)
    return rectangle(places, overlay.target.size)
