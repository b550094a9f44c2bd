"""A tiny colour picture of each image: what tells a recoloured product from a copy when hashes cannot."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.imaging.picture import Picture
from sosie.types import Space

SIDE = 24
TONES = Space("tones24", "1", SIDE * SIDE * 3, "none", preprocessing="area")


def tones(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give the mean colours of a 24 x 24 grid laid over an image, whatever its shape: uint8 (24, 24, 3) RGB.

    A large image is halved first, to no less than four pixels a cell, since OpenCV halves ten times faster than it
    takes means of any area. What does not divide is left out evenly on both sides: a mirrored image keeps its grid.
    """
    halvings = max(0, (min(pixels.shape[:2]) // (4 * SIDE)).bit_length() - 1)
    pixels = _trimmed(pixels, 1 << halvings)
    for _ in range(halvings):
        size = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    shrunk: NDArray[np.uint8] = cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return shrunk


def _trimmed(pixels: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """Cut both sides to multiples of a step, evenly."""
    (height, top), (width, left) = ((side // step * step, side % step // 2) for side in pixels.shape[:2])
    return pixels[top : top + height, left : left + width]


class TonesFingerprinter:
    """`tones` of every picture as a fingerprint."""

    spaces: tuple[Space, ...] = (TONES,)

    def compute(self, pictures: Sequence[Picture]) -> list[tuple[bytes, ...]]:
        """Give one row a picture."""
        return [(tones(picture.pixels).tobytes(),) for picture in pictures]


def read_tones(rows: Sequence[bytes]) -> NDArray[np.uint8]:
    """Give the grids of rows, uint8 (n, 24, 24, 3)."""
    return np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), SIDE, SIDE, 3)
