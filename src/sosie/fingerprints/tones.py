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
    """Give the mean colours of a 24 x 24 grid laid over an image, whatever its shape: uint8 (24, 24, 3) RGB."""
    shrunk: NDArray[np.uint8] = cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return shrunk


class TonesFingerprinter:
    """`tones` of every picture as a fingerprint."""

    spaces: tuple[Space, ...] = (TONES,)

    def compute(self, pictures: Sequence[Picture]) -> list[tuple[bytes, ...]]:
        """Give one row a picture."""
        return [(tones(picture.pixels).tobytes(),) for picture in pictures]


def read_tones(rows: Sequence[bytes]) -> NDArray[np.uint8]:
    """Give the grids of rows, uint8 (n, 24, 24, 3)."""
    return np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), SIDE, SIDE, 3)
