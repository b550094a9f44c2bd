"""A back end for tests: no model, no network, vectors that are near for pictures that look alike in the large."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sosie.errors import Cancelled, EmbedderFailure
from sosie.fingerprints.embedders.base import Rejected
from sosie.imaging.picture import Picture
from sosie.types import Space


class FakeBackend:
    """Gives embedders whose vectors are the colours of a picture at 4 x 4 places, less their mean.

    `fails`: the reason why it cannot be opened. `breaks_after`: how many pictures its embedder takes before it breaks.
    """

    threshold = 0.88

    def __init__(self, name: str = "fake", *, fails: str = "", breaks_after: int | None = None) -> None:
        self.name = name
        self._fails, self._breaks_after = fails, breaks_after

    def known_space(self) -> Space | None:
        """The space, for a back end that can be opened."""
        return None if self._fails else _space(self.name)

    def open(self) -> FakeEmbedder:
        """Give the embedder, or raise `EmbedderFailure` with the reason that was given."""
        if self._fails:
            raise EmbedderFailure(self._fails)
        return FakeEmbedder(self.name, self._breaks_after)


class FakeEmbedder:
    """What `FakeBackend` opens."""

    threshold = FakeBackend.threshold
    batch = 4
    concurrency = 2
    min_side = 64

    def __init__(self, name: str, breaks_after: int | None) -> None:
        self.name = name
        self._left = breaks_after
        self._lock = threading.Lock()
        self._cancelled = False

    @property
    def space(self) -> Space:
        """A space by its name."""
        return _space(self.name)

    def prepare(self, picture: Picture) -> NDArray[np.float32]:
        """Give the vector."""
        small = Image.fromarray(picture.pixels).resize((4, 4), Image.Resampling.BOX)
        cells = np.asarray(small, np.float32).ravel()
        cells -= cells.mean() - 1
        return np.asarray(cells / np.linalg.norm(cells), np.float32)

    def embed(self, prepared: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32] | Rejected]:
        """Give the vectors back, until it breaks."""
        if self._cancelled:
            raise Cancelled("Embedding was stopped.")
        with self._lock:
            if self._left is not None:
                self._left -= len(prepared)
                if self._left < 0:
                    raise EmbedderFailure(f"{self.name} broke.")
        return list(prepared)

    def estimate(self, count: int) -> str:
        """Nothing: it is free."""
        return ""

    def cancel(self) -> None:
        """Stop before the next batch."""
        self._cancelled = True

    def close(self) -> None:
        """Nothing is held."""


def _space(name: str) -> Space:
    return Space(name, "1", 48, "cosine")
