"""Visual words: which kind of spot a local feature is, so that images that share spots are found by shared words.

An inverted multi-index (Babenko and Lempitsky, 2012): a RootSIFT descriptor is projected, cut in two halves, and each
half assigned to one of 512 centroids; a word is the pair. As in the VLAD, the centroids are closed under the four
forms of an image: the word of the mirrored or inverted spot is the same word with two bits turned in each half.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from sosie.features import SCALE_STEPS, SPOT, WORD_BITS, Features
from sosie.fingerprints.local.vlad import root


@dataclass(frozen=True, eq=False)
class WordBook:
    """What training gives.

    `mean`: float32 (128,). `projection`: float32 (128, 2 h): columns are the first half's axes, then the second's.
    `halves`: float32 (2, 512, h): the centroids, form by form.
    """

    mean: NDArray[np.float32]
    projection: NDArray[np.float32]
    halves: NDArray[np.float32]

    @cached_property
    def lengths(self) -> NDArray[np.float32]:
        """The squared length of each centroid: (2, 512)."""
        return np.stack([(half**2).sum(1) for half in self.halves])

    def words(self, descriptors: NDArray[np.uint8]) -> NDArray[np.uint32]:
        """The word of each descriptor and the next one to it, uint32 (n, 2).

        The next one has the second best centroid in the half where that is the smaller step.
        """
        places, width = (root(descriptors) - self.mean) @ self.projection, self.halves.shape[2]
        best, next_best, step = [], [], []
        row = np.arange(len(places))
        for side, half in enumerate(self.halves):
            distance = (2 * places[:, side * width : (side + 1) * width]) @ half.T
            np.subtract(self.lengths[side], distance, out=distance)
            best.append(distance.argmin(1))
            least = distance[row, best[side]]
            distance[row, best[side]] = np.inf
            next_best.append(distance.argmin(1))
            step.append(distance[row, next_best[side]] - least)
        other = np.where(step[0] < step[1], next_best[0], best[0]), np.where(step[0] < step[1], best[1], next_best[1])
        pairs = np.stack([best[0] << WORD_BITS | best[1], other[0] << WORD_BITS | other[1]], 1)
        return np.asarray(pairs, np.uint32)


@lru_cache(maxsize=1)
def wordbook() -> WordBook:
    """The word book that ships with the package, read on first use."""
    with (files(__package__) / "words.npz").open("rb") as file, np.load(file) as arrays:
        mean, projection, halves = (arrays[name].astype(np.float32) for name in ("mean", "projection", "halves"))
        return WordBook(mean, projection, halves)


def spots(features: Features) -> bytes:
    """The features as rows of SPOT: words, place, scale and angle in 12 bytes each."""
    rows = np.zeros(len(features.points), SPOT)
    if not len(rows):
        return b""
    x, y, diameter, angle = features.points.T
    width, height = features.size
    rows["word"], rows["second"] = wordbook().words(features.descriptors).T
    rows["x"] = np.clip(np.rint(x - (width - 1) / 2), -127, 127)
    rows["y"] = np.clip(np.rint(y - (height - 1) / 2), -127, 127)
    rows["scale"] = np.clip(np.rint(np.log2(np.maximum(diameter, 1)) * SCALE_STEPS), 0, 255)
    rows["angle"] = np.rint(angle * (256 / 360)).astype(np.int64) % 256
    return bytes(rows.tobytes())
