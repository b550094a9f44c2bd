"""Means of many pictures over windows, all at once, and the memory for it."""

from __future__ import annotations

import threading

import cv2
import numpy as np
from numpy.typing import NDArray


class Scratch(threading.local):
    """Memory that each thread keeps from one pair to the next: fresh memory costs more than what is done in it."""

    def __init__(self) -> None:
        self._memory = np.empty(0, np.float32)

    def array(self, *shape: int) -> NDArray[np.float32]:
        """A float32 array of a shape that holds anything, and is taken back at the next call."""
        size = int(np.prod(shape))
        if len(self._memory) < size:
            self._memory = np.empty(size, np.float32)
        return self._memory[:size].reshape(shape)


class Planes:
    """Pictures of one size, one above the other, whose windows are averaged together.

    Windows are `blocks` x `blocks` squares of `side` x `side` pixels around every square; what lies beyond the
    pictures counts as zero.
    """

    def __init__(self, scratch: Scratch, count: int, shape: tuple[int, int], side: int, blocks: int) -> None:
        self._side, self._blocks, self._gap = side, blocks, blocks // 2
        self._rows, self._columns = max(1, shape[0] // side), max(1, shape[1] // side)
        height = (self._rows + self._gap) * side
        self._all = scratch.array(count, height, self._columns * side)
        # Rows of zeros between two pictures keep the windows of one from seeing the other.
        self._all[:, self._rows * side :] = 0.0

    @property
    def pictures(self) -> NDArray[np.float32]:
        """The pictures, float32 (count, h, w), to be filled; h and w are multiples of `side`."""
        return self._all[:, : self._rows * self._side]

    def means(self) -> NDArray[np.float32]:
        """Means of all windows, float32 (count, h / side, w / side)."""
        count = len(self._all)
        tall = self._all.reshape(-1, self._all.shape[2])
        small = cv2.resize(tall, (self._columns, len(tall) // self._side), interpolation=cv2.INTER_AREA)
        window = (self._blocks, self._blocks)
        means = np.asarray(cv2.boxFilter(small, -1, window, borderType=cv2.BORDER_CONSTANT), np.float32)
        return means.reshape(count, self._rows + self._gap, self._columns)[:, : self._rows]
