"""A picture on its way through edits, with the geometric truth of where each source went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a source lies in an edited picture.

    `source`: 0 for the edited picture's own source, 1 and up for the others in the order given.
    `matrix`: 3 x 3, from pixel coordinates of the source to those of the edited picture (the centre of the top
    left pixel is 0, 0).
    """

    source: int
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Canvas:
    """Pixels (h, w, 3) RGB uint8, the placements of the sources in them, and the parameters of the edits so far."""

    pixels: Pixels
    placements: tuple[Placement, ...]
    parameters: Mapping[str, float | str] = field(default_factory=dict)

    @classmethod
    def of(cls, pixels: Pixels) -> Canvas:
        """The untouched source."""
        return cls(pixels, (Placement(0, np.eye(3)),))

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.pixels.shape[0])

    def painted(self, pixels: NDArray[np.generic], **parameters: float | str) -> Canvas:
        """The same places with other pixels; values are clipped to 0 to 255 and rounded."""
        if pixels.dtype != np.uint8:
            pixels = np.clip(np.rint(pixels.astype(np.float32)), 0, 255).astype(np.uint8)
        return replace(self, pixels=pixels, parameters={**self.parameters, **parameters})  # type: ignore[arg-type]

    def moved(self, pixels: Pixels, matrix: Matrix, **parameters: float | str) -> Canvas:
        """Pixels that were moved by `matrix` (old to new coordinates); the placements follow."""
        placements = tuple(Placement(p.source, matrix @ p.matrix) for p in self.placements)
        return Canvas(pixels, placements, {**self.parameters, **parameters})


def scaling(x: float, y: float) -> Matrix:
    """Matrix of a resize by the factors x and y, in coordinates of pixel centres."""
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]], np.float64)


def shifting(x: float, y: float) -> Matrix:
    """Matrix of a move by x and y pixels."""
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)


def resize(canvas: Canvas, width: int, height: int, **parameters: float | str) -> Canvas:
    """The canvas at another size, averaged where it shrinks."""
    width, height = max(8, width), max(8, height)
    shrinks = width * height < canvas.width * canvas.height
    pixels = cv2.resize(canvas.pixels, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return canvas.moved(pixels, scaling(width / canvas.width, height / canvas.height), **parameters)


def warp(canvas: Canvas, matrix: Matrix, size: tuple[int, int], fill: Pixels, **parameters: float | str) -> Canvas:
    """The canvas under a projective matrix, in a frame of `size` (width, height) filled with one colour."""
    colour = tuple(int(c) for c in fill)
    pixels = cv2.warpPerspective(
        canvas.pixels, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=colour
    )
    return canvas.moved(np.asarray(pixels, np.uint8), matrix, **parameters)


def paste(page: Pixels, canvas: Canvas, left: int, top: int, **parameters: float | str) -> Canvas:
    """The canvas laid on a page, which it must fit into."""
    page = page.copy()
    page[top : top + canvas.height, left : left + canvas.width] = canvas.pixels
    return canvas.moved(page, shifting(left, top), **parameters)


def colour(rng: np.random.Generator) -> Pixels:
    """A plain colour, as designers pick them: often white, black or grey."""
    kind = rng.integers(4)
    if kind == 0:
        return np.full(3, 255, np.uint8)
    if kind == 1:
        return np.full(3, rng.integers(0, 256), np.uint8)
    return rng.integers(0, 256, 3).astype(np.uint8)
