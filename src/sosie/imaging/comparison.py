"""A picture of two images: both aligned, with what differs marked."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

_SIDE = 640
_GAP = 16
_TITLE = 36
_PAPER, _INK, _MARK = (255, 255, 255), (40, 40, 40), (220, 0, 40)
_DIFFERENT = 28
"""Grey levels, after the best fit of brightness and contrast, from which on a spot is marked."""
_SMALLEST = 0.0005
"""Share of the picture below which a marked area is left out: edges of a pixel are no difference."""


def comparison(a: Pixels, b: Pixels, transform: Floats | None) -> Pixels:
    """Give three panels side by side: `a`, `b` laid onto `a`, and `a` with what differs marked.

    `a`, `b`: uint8 (h, w, 3) RGB. `transform`: 3 x 3, from pixels of `a` to pixels of `b`; without it the second panel
    shows `b` as it is, and there is no third. Result: uint8 RGB, panels at most 640 pixels long.
    """
    first, scale_a = _shrunk(a)
    second, scale_b = _shrunk(b)
    if transform is None:
        return _page([("A", first), ("B", second)])
    matrix = scale_b @ transform @ np.linalg.inv(scale_a)
    laid, covered = _laid(second, matrix, first.shape)
    marked = _marked(first, laid, covered)
    return _page([("A", first), ("B, laid onto A", laid), ("what differs", marked)])


def _shrunk(pixels: Pixels) -> tuple[Pixels, Floats]:
    """Give a picture of at most `_SIDE` and the matrix from its old to its new pixels."""
    height, width = pixels.shape[:2]
    factor = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    x, y = size[0] / width, size[1] / height
    matrix = np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8), matrix


def _laid(pixels: Pixels, matrix: Floats, shape: tuple[int, ...]) -> tuple[Pixels, NDArray[np.bool_]]:
    """Give `pixels` as seen in the frame of the other picture, and where it covers that."""
    size = (shape[1], shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpPerspective(pixels, matrix, size, flags=flags, borderValue=(225, 225, 225))
    whole = np.full(pixels.shape[:2], 255, np.uint8)
    covered = cv2.warpPerspective(whole, matrix, size, flags=flags) > 250
    return np.asarray(laid, np.uint8), covered


def _marked(first: Pixels, laid: Pixels, covered: NDArray[np.bool_]) -> Pixels:
    """Give the first picture, pale, with a red line around what differs and around what is covered."""
    one, other = (cv2.GaussianBlur(cv2.cvtColor(x, cv2.COLOR_RGB2GRAY), (0, 0), 1.5) for x in (first, laid))
    page = (first // 2 + 127).astype(np.uint8)
    if covered.sum() < 16:
        return page
    different = _different(one.astype(np.float32), other.astype(np.float32), covered)
    areas = cv2.morphologyEx(different.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    page[areas > 0] = (page[areas > 0] // 2 + np.array(_MARK) // 2).astype(np.uint8)
    outlines, _ = cv2.findContours(areas, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for outline in outlines:
        if cv2.contourArea(outline) >= _SMALLEST * areas.size:
            left, top, width, height = cv2.boundingRect(outline)
            cv2.rectangle(page, (left, top), (left + width, top + height), _MARK, 2)
    edges, _ = cv2.findContours(covered.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(page, edges, -1, (0, 90, 200), 2)
    return page


def _different(one: NDArray[np.float32], other: NDArray[np.float32], covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell where two grey pictures differ by more than a shift of few pixels and another brightness explain."""
    alike = covered
    gain, offset = 1.0, 0.0
    for _ in range(4):  # what is laid over must not bend the brightness of the rest
        if alike.sum() < 16 or np.ptp(other[alike]) < 1:
            break
        gain, offset = _line(other[alike], one[alike])
        gap = np.abs(other * gain + offset - one)
        alike = covered & (gap <= np.median(gap[covered]) * 1.5 + 1)
    fitted = other * gain + offset
    near = np.ones((7, 7), np.uint8)
    gap = np.maximum(cv2.erode(fitted, near) - one, one - cv2.dilate(fitted, near))
    gap = np.maximum(gap, np.maximum(cv2.erode(one, near) - fitted, fitted - cv2.dilate(one, near)))
    different: NDArray[np.bool_] = (gap > _DIFFERENT) & covered
    return different


def _line(x: NDArray[np.float32], y: NDArray[np.float32]) -> tuple[float, float]:
    """Give slope and height of the straight line nearest to points whose x are not all one."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    mean_x, mean_y = x.mean(), y.mean()
    slope = float(((x - mean_x) * (y - mean_y)).sum() / ((x - mean_x) ** 2).sum())
    return slope, float(mean_y - slope * mean_x)


def _page(panels: list[tuple[str, Pixels]]) -> Pixels:
    height = max(panel.shape[0] for _, panel in panels) + _TITLE + _GAP
    width = sum(panel.shape[1] + _GAP for _, panel in panels) + _GAP
    page = np.full((height, width, 3), _PAPER, np.uint8)
    left = _GAP
    for title, panel in panels:
        page[_TITLE : _TITLE + panel.shape[0], left : left + panel.shape[1]] = panel
        cv2.putText(page, title, (left, _TITLE - 12), cv2.FONT_HERSHEY_SIMPLEX, 0.6, _INK, 1, cv2.LINE_AA)
        left += panel.shape[1] + _GAP
    return page
