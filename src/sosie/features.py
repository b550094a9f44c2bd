"""Local features of one image: the noun that fingerprinting makes and verification reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Features:
    """Keypoints, descriptors and the small picture they were found in.

    `thumbnail`: uint8 (h, w, 3) RGB, longest side 200: the frame of all coordinates.
    `points`: float32 (n, 4): x, y (pixels, centre of the top left pixel is 0, 0), diameter, angle (degrees).
    `descriptors`: uint8 (n, 128): SIFT's 4 x 4 cells (rows, then columns) of 8 directions.
    """

    thumbnail: NDArray[np.uint8]
    points: NDArray[np.float32]
    descriptors: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the frame in pixels."""
        return self.thumbnail.shape[1], self.thumbnail.shape[0]
