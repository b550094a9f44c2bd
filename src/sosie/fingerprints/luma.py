"""The grey picture that both hashes start from: Pillow's integer luma, converted once."""

from __future__ import annotations

import threading
from typing import Any

import cv2
import numpy as np
from numpy.typing import DTypeLike, NDArray

MIDDLE = 128
"""What is subtracted from the luma, so that it fits int8 and sums of products stay small and exact."""

_RED, _GREEN, _BLUE = 19595 / 65536, 38470 / 65536, 7471 / 65536
_HALF_UP = 2.0**-17
STRIP = 1 << 19
"""Pixels that are converted at once: what a thread keeps for it stays below 5 MB."""

PRODUCT = 1 << 18
"""Multiplications that one matrix product may have: from here on BLAS libraries start threads of their own, which
fight with the callers' for the processors."""


class Scratch(threading.local):
    """Arrays that a thread uses again and again: fresh memory costs more than the arithmetic done in it."""

    def __init__(self) -> None:
        self._arrays: dict[str, NDArray[Any]] = {}

    def array(self, name: str, shape: tuple[int, int], dtype: DTypeLike) -> NDArray[Any]:
        """Give an array of that shape with any content; it is the caller's until the thread asks again."""
        size = shape[0] * shape[1]
        flat = self._arrays.get(name)
        if flat is None or flat.size < size:
            # Arrays at equal offsets within memory pages slow each other down: start each somewhere else.
            skipped = 704 * len(self._arrays)
            whole = np.empty(size * np.dtype(dtype).itemsize + skipped, np.uint8)
            flat = whole[skipped:].view(dtype)
            self._arrays[name] = flat
        return flat[:size].reshape(shape)


scratch = Scratch()


def centred_luma(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give the grey values of `Image.convert("L")` of Pillow, minus 128, bit for bit.

    `pixels`: uint8 (h, w, 3) RGB. Result: float32 (h, w), whole numbers from -128 to 127; up to half a megapixel it
    is memory of the calling thread that the thread's next call overwrites.

    Pillow computes (19595 R + 38470 G + 7471 B + 32768) >> 16. Centred at zero all of these products and sums
    are exact in float32, and the added 2**-17 makes rounding to even round halves up.
    """
    shape = height, width = pixels.shape[:2]
    small = height * width <= STRIP
    grey = scratch.array("grey", shape, np.float32) if small else np.empty(shape, np.float32)
    rows = max(STRIP // width, 1)
    for top in range(0, height, rows):
        _convert(np.ascontiguousarray(pixels[top : top + rows]), grey[top : top + rows])
    return grey


def _convert(pixels: NDArray[np.uint8], grey: NDArray[np.float32]) -> None:
    shape = grey.shape
    red, green, blue = planes = [scratch.array(name, shape, np.uint8) for name in ("red", "green", "blue")]
    cv2.split(pixels, planes)
    cv2.addWeighted(red, _RED, green, _GREEN, _HALF_UP - MIDDLE, grey, cv2.CV_32F)
    cv2.addWeighted(grey, 1.0, blue, _BLUE, 0.0, grey, cv2.CV_32F)
    np.rint(grey, out=grey)
