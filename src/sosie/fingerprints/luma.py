"""The grey picture that both hashes start from: Pillow's integer luma, converted once."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

MIDDLE = 128
"""What is subtracted from the luma, so that it fits int8 and sums of products stay small and exact."""

_RED, _GREEN, _BLUE = 19595 / 65536, 38470 / 65536, 7471 / 65536
_HALF_UP = 2.0**-17


def centred_luma(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give the grey values of `Image.convert("L")` of Pillow, minus 128, bit for bit.

    `pixels`: uint8 (h, w, 3) RGB. Result: float32 (h, w), whole numbers from -128 to 127.

    Pillow computes (19595 R + 38470 G + 7471 B + 32768) >> 16. Centred at zero all of these products and sums
    are exact in float32, and the added 2**-17 makes OpenCV's rounding to even round halves up.
    """
    red, green, blue = cv2.split(np.ascontiguousarray(pixels))
    partly = cv2.addWeighted(red, _RED, green, _GREEN, _HALF_UP - MIDDLE, dtype=cv2.CV_32F)
    centred = cv2.addWeighted(partly, 1.0, blue, _BLUE, 0.0, dtype=cv2.CV_8S)
    return np.asarray(centred, np.float32)
