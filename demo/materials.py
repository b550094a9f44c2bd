"""What goods are made of: coloured surfaces, float32 (h, w, 3), 0 to 255."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Rng = np.random.Generator
Surface = NDArray[np.float32]
Colour = tuple[int, int, int]


def _mix(share: Surface, one: Colour, two: Colour) -> Surface:
    first, second = np.array(one, np.float32), np.array(two, np.float32)
    return np.asarray(first + (second - first) * np.clip(share, 0, 1)[..., None], np.float32)


def darker(colour: Colour, by: float = 0.3) -> Colour:
    """The colour nearer to black, by a share."""
    red, green, blue = (round(value * (1 - by)) for value in colour)
    return red, green, blue


def paler(colour: Colour, by: float = 0.4) -> Colour:
    """The colour nearer to white, by a share."""
    red, green, blue = (round(value + (255 - value) * by) for value in colour)
    return red, green, blue


def _clouds(rng: Rng, height: int, width: int, cells: int) -> Surface:
    coarse = rng.random((cells, cells)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def matt(rng: Rng, height: int, width: int, colour: Colour) -> Surface:
    """Paint or plastic, hardly uneven."""
    return _mix(_clouds(rng, height, width, 6) * np.float32(0.5), colour, darker(colour, 0.12))


def speckled(rng: Rng, height: int, width: int, colour: Colour) -> Surface:
    """Enamel and stoneware: dark grains strewn over a plain glaze."""
    page = np.ascontiguousarray(matt(rng, height, width, colour))
    grain = darker(colour, 0.65)
    for _ in range(90):
        at = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(page, at, max(1, round(rng.uniform(0.002, 0.011) * max(height, width))), grain, -1, cv2.LINE_AA)
    return page


def knitted(rng: Rng, height: int, width: int, colour: Colour) -> Surface:
    """Loops of wool in rows, with a band of another yarn."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    step = np.float32(max(height, width) / rng.integers(22, 30))
    loops = np.sin(y * 2 * np.pi / step + np.abs(np.sin(x * np.pi / step)) * 3) * np.float32(0.4) + np.float32(0.45)
    page = _mix(loops, colour, darker(colour, 0.35))
    low = height * rng.uniform(0.4, 0.6)
    band = (y > low) & (y < low + height * 0.12)
    page[band] = _mix(loops, paler(colour, 0.75), paler(colour, 0.4))[band]
    return page


def woven(rng: Rng, height: int, width: int, colour: Colour) -> Surface:
    """Canvas: threads over and under."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    step = np.float32(2 * np.pi * 60 / max(height, width))
    threads = np.sin(x * step) * np.sin(y * step) * np.float32(0.5) + np.float32(0.5)
    return _mix(threads * np.float32(0.7) + _clouds(rng, height, width, 9) * np.float32(0.4), colour, darker(colour))


def striped(rng: Rng, height: int, width: int, colour: Colour) -> Surface:
    """Cloth with stripes of two widths."""
    along = np.mgrid[:height, :width].astype(np.float32)[int(rng.integers(2))]
    step = np.float32(2 * np.pi * rng.integers(5, 9) / max(height, width))
    share = (np.sin(along * step) > 0.3).astype(np.float32)
    share[np.sin(along * step * 2 + 1) > 0.94] = 0.6
    return _mix(share, paler(colour, 0.8), colour)


def tiled(rng: Rng, height: int, width: int, colour: Colour) -> Surface:
    """Printed cloth: quarter circles laid like tiles, each turned by chance."""
    page = np.empty((height, width, 3), np.float32)
    page[:] = paler(colour, 0.82)
    step = max(12, max(height, width) // int(rng.integers(5, 8)))
    for top in range(0, height, step):
        for left in range(0, width, step):
            centre = (left + step * int(rng.integers(2)), top + step * int(rng.integers(2)))
            tile = page[top : top + step, left : left + step]
            shifted = (centre[0] - left, centre[1] - top)
            cv2.circle(tile, shifted, round(step * 0.92), colour, -1, cv2.LINE_AA)
            cv2.circle(tile, shifted, round(step * 0.45), darker(colour, 0.4), -1, cv2.LINE_AA)
    return page


def wooden(rng: Rng, height: int, width: int, colour: Colour) -> Surface:
    """Grain of wood along the longer side."""
    field = _clouds(rng, height, width, 5)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    along, across = (x, y) if width > height else (y, x)
    grain = np.sin(across / max(height, width) * 60 + field * 6 + along / max(height, width) * 2) * np.float32(0.5)
    return _mix(grain + np.float32(0.5), colour, darker(colour, 0.28))


def marbled(rng: Rng, height: int, width: int, colour: Colour) -> Surface:
    """Veins of stone and of soap."""
    field = _clouds(rng, height, width, 7) + _clouds(rng, height, width, 15) * np.float32(0.4)
    veins = np.abs(np.sin(field * np.float32(rng.uniform(8, 16)))) ** np.float32(0.5)
    return _mix(veins, darker(colour, 0.25), paler(colour, 0.35))


def glassy(rng: Rng, height: int, width: int, colour: Colour) -> Surface:
    """Tinted glass: pale, with bright edges and a level of liquid."""
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    level = np.broadcast_to((y > rng.uniform(0.15, 0.35)).astype(np.float32), (height, width))
    return _mix(level * np.float32(0.7) + _clouds(rng, height, width, 4) * np.float32(0.2), paler(colour, 0.7), colour)


MATERIALS: dict[str, Callable[[Rng, int, int, Colour], Surface]] = {
    make.__name__: make for make in (matt, speckled, knitted, woven, striped, tiled, wooden, marbled, glassy)
}
"""Names of all materials."""
