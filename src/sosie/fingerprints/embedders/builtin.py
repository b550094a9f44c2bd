"""The embedder that is always there: the vector of local features, which needs no model, no network and no key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sosie.errors import Cancelled
from sosie.fingerprints.embedders.base import Rejected
from sosie.fingerprints.embedders.sessions import usable_cores
from sosie.fingerprints.local import UNIT, VLAD, extract
from sosie.fingerprints.local.vlad import codebook
from sosie.imaging.picture import Picture
from sosie.types import Space

THRESHOLD = 0.6
"""Measured on real photos: see docs/embedding.md."""


class BuiltinEmbedder:
    """Vectors that say which local shapes an image shows: close for edits and other views, not for meaning."""

    name = "builtin"
    space: Space = VLAD
    threshold = THRESHOLD
    batch = 16
    min_side = 256

    def __init__(self) -> None:
        self.concurrency = usable_cores()
        self._cancelled = False

    def prepare(self, picture: Picture) -> NDArray[np.float32]:
        """Give the vector of one picture; zeros where it has no features."""
        return codebook().vector(extract(picture.pixels).descriptors)

    def embed(self, prepared: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32] | Rejected]:
        """Give the vectors that were prepared, and a refusal for plain areas."""
        if self._cancelled:
            raise Cancelled("Embedding was stopped.")
        plain = Rejected("it shows no shapes")
        return [_unit(vector) if vector.any() else plain for vector in prepared]

    def estimate(self, count: int) -> str:
        """Nothing: it is free."""
        return ""

    def cancel(self) -> None:
        """Stop before the next batch."""
        self._cancelled = True

    def close(self) -> None:
        """Nothing is held."""


class BuiltinBackend:
    """The last link of every chain."""

    name = "builtin"
    carried: ClassVar[bool] = True
    threshold = THRESHOLD

    def known_space(self) -> Space:
        """The space of local features."""
        return VLAD

    def check(self) -> str:
        """Say what it is; this cannot fail."""
        return "Built in; it is always there."

    def open(self) -> BuiltinEmbedder:
        """Give the embedder; this cannot fail."""
        return BuiltinEmbedder()


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vector as its stored row gives it back, so that fresh and stored ones are equal."""
    stored = np.clip(np.rint(vector * UNIT), -127, 127)
    return np.asarray(stored / np.linalg.norm(stored), np.float32)
