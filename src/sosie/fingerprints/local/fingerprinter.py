"""The local-feature fingerprint: what verification compares, and the vector that finds candidates for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sosie.errors import SosieError
from sosie.fingerprints.local.extraction import extract
from sosie.fingerprints.local.vlad import codebook
from sosie.fingerprints.local.words import spots
from sosie.imaging.picture import Picture
from sosie.types import Space

DIMS = 256
UNIT = 400
"""Length of a stored vector. Components of a unit vector times UNIT are rounded to int8."""

FEATURES = Space("features", "4", 0, "none", preprocessing="200px")
VLAD = Space("vlad256", "6", DIMS, "cosine", precision="int8", preprocessing="200px")

SPOTS = Space("spots", "6", 0, "none", preprocessing="200px")


class LocalFingerprinter:
    """Fingerprints by SIFT: `Features.to_bytes()` in the space "features", a vector in "vlad256", spots in "spots".

    A vector is int8 (256,) of length 400, or zeros where an image has no features (a plain area): such an image has
    no neighbours. `signs` turns the vector of an image into that of its mirrored or inverted form. Spots are what
    `Spots.from_bytes` reads: the visual word and the place of every feature.
    """

    spaces: tuple[Space, ...] = (FEATURES, VLAD, SPOTS)

    def compute(self, pictures: Sequence[Picture]) -> list[tuple[bytes, ...]]:
        """Three rows a picture: its features, its vector and its spots."""
        return [self._rows(picture) for picture in pictures]

    def _rows(self, picture: Picture) -> tuple[bytes, bytes, bytes]:
        features = extract(picture.pixels)
        vector = codebook().vector(features.descriptors)
        return features.to_bytes(), bytes(quantised(vector).tobytes()), spots(features)


def quantised(vector: NDArray[np.float32]) -> NDArray[np.int8]:
    """A unit vector as int8, its length 400; components beyond 0.3175 are cut."""
    return np.clip(np.rint(vector * UNIT), -127, 127).astype(np.int8)


def signs() -> NDArray[np.int8]:
    """The four forms of a stored vector (plain, mirrored, inverted, both): int8 (4, 256) of 1 and -1 to multiply by."""
    return codebook().signs.astype(np.int8)


def vectors(rows: Sequence[bytes]) -> NDArray[np.int8]:
    """Rows of the space "vlad256" as one array, int8 (n, 256). Raises SosieError for rows of another length."""
    if any(len(row) != DIMS for row in rows):
        raise SosieError("These rows are no vectors of this version.", next_step="Fingerprint the images again.")
    return np.frombuffer(b"".join(rows), np.int8).reshape(len(rows), DIMS)
