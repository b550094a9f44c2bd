"""What all back ends over a network share: uploads, trying again, and finding the one image that spoils a batch."""

from __future__ import annotations

import io
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.base import Rejected
from sosie.fingerprints.embedders.retry import Patience, RefusedError, with_patience
from sosie.fingerprints.embedders.vectors import unit_vectors
from sosie.imaging.picture import Picture
from sosie.types import Space

Answer = list[NDArray[np.float32] | Rejected]


def upload(picture: Picture, longest: int, quality: int) -> bytes:
    """Give a picture as the JPEG that is sent: at most `longest` pixels on its longer side, colours in full."""
    image = Image.fromarray(picture.pixels)
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()


class RemoteEmbedder(ABC):
    """An embedder whose vectors come from somewhere else. What differs is `request`, which sends one batch once.

    Requests are tried again while that may help. When a batch is refused for what is in it, it is halved until the
    image that spoils it is alone; only that one is `Rejected`.
    """

    min_side = 768
    upload_side = 768
    upload_quality = 92

    def __init__(self, name: str, *, batch: int, concurrency: int, threshold: float, patience: Patience) -> None:
        self.name = name
        self.batch = batch
        self.concurrency = concurrency
        self.threshold = threshold
        self._patience = patience
        self._stop = threading.Event()
        self._space: Space | None = None

    @property
    def space(self) -> Space:
        """The space, known since the test picture was embedded."""
        if self._space is None:
            raise EmbedderFailure(f"{self.name} was not opened.")
        return self._space

    @abstractmethod
    def request(self, images: Sequence[bytes]) -> ArrayLike:
        """Send one batch of JPEGs once and give its vectors in order.

        Raises `TryAgainError`, `RefusedError` for what is in the batch, and `EmbedderFailure` for all that is for good.
        """

    @abstractmethod
    def space_of(self, dims: int) -> Space:
        """Name the space of vectors with so many numbers."""

    def prepare(self, picture: Picture) -> bytes:
        """Give the upload of one picture."""
        return upload(picture, self.upload_side, self.upload_quality)

    def embed(self, prepared: Sequence[bytes]) -> Answer:
        """Give one unit vector or refusal an upload."""
        answers: Answer = []
        for start in range(0, len(prepared), self.batch):
            answers += self._halving(prepared[start : start + self.batch])
        return answers

    def _halving(self, images: Sequence[bytes]) -> Answer:
        try:
            values = with_patience(lambda: self.request(images), self._patience, self._stop, self.name)
        except RefusedError as error:
            if len(images) == 1:
                return [Rejected(error.reason)]
            half = len(images) // 2
            return self._halving(images[:half]) + self._halving(images[half:])
        dims = self._space.dims if self._space else None
        vectors = unit_vectors(values, len(images), dims, self.name)
        if self._space is None:
            self._space = self.space_of(vectors.shape[1])
        return list(vectors)

    def estimate(self, count: int) -> str:
        """Nothing, unless the back end knows a price."""
        return ""

    def cancel(self) -> None:
        """End waits at once, and calls before their next request."""
        self._stop.set()

    @abstractmethod
    def close(self) -> None:
        """Close connections."""
