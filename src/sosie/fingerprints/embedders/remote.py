"""What all back ends over a network share: uploads, trying again, and finding the one image that spoils a batch."""

from __future__ import annotations

import io
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.base import Rejected
from sosie.fingerprints.embedders.retry import Patience, RefusedError, with_patience
from sosie.fingerprints.embedders.trial import tried
from sosie.fingerprints.embedders.vectors import unit_vectors
from sosie.imaging.picture import Picture
from sosie.types import Space

Answer = list[NDArray[np.float32] | Rejected]
Result = TypeVar("Result")
_GLANCE = Patience(attempts=1, answer=2.5)


def upload(picture: Picture, longest: int, quality: int) -> bytes:
    """Give a picture as the JPEG that is sent: at most `longest` pixels on its longer side, colours in full."""
    image = Image.fromarray(picture.pixels)
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()


class RemoteEmbedder(ABC):
    """An embedder whose vectors come from somewhere else. What differs is `request`, which sends one batch once, and
    `greet`, which asks without embedding.

    Requests are tried again while that may help. When a batch is refused for what is in it, it is halved until the
    image that spoils it is alone; only that one is `Rejected`.
    """

    min_side = 768
    upload_side = 768
    upload_quality = 92

    def __init__(self, backend: RemoteBackend, *, batch: int, concurrency: int = 4) -> None:
        self.name = backend.name
        self.threshold = backend.threshold
        self.batch = batch
        self.concurrency = backend.concurrency or concurrency
        self._patience = backend.patience
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
        """Send JPEGs once and give their vectors, in order.

        Raises `TryAgainError`, `RefusedError`, and `EmbedderFailure` for what will not work until something changes.
        """

    @abstractmethod
    def greet(self) -> str:
        """Ask the other side once, at no cost, and say in a sentence who answered. Raises as `request` does."""

    @abstractmethod
    def model_and_revision(self) -> tuple[str, str]:
        """Name the model that gives the vectors, and its revision where that is told."""

    def space_of(self, dims: int) -> Space:
        """Name the space of vectors with so many numbers. Pictures are sent as JPEGs: it is never a local model's."""
        model, revision = self.model_and_revision()
        sent = f"jpeg{self.upload_quality}-{self.upload_side}"
        return Space(f"{self.name}:{model}", revision, dims, "cosine", preprocessing=sent)

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
            values = self.patiently(lambda: self.request(images))
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

    def patiently(self, call: Callable[[], Result]) -> Result:
        """Give what a request gives, tried again while that may help. Raises as `with_patience` does."""
        return with_patience(call, self._patience, self._stop, self.name)

    def estimate(self, count: int) -> str:
        """Nothing, unless the back end knows a price."""
        return ""

    def cancel(self) -> None:
        """End waits at once, and calls before their next request."""
        self._stop.set()

    @abstractmethod
    def close(self) -> None:
        """Close connections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteBackend(ABC):
    """What all back ends over a network are set up with. `secret`: a key or token, shown nowhere. `model`: which one
    to ask for. `batch` and `concurrency`: images of a request, and requests side by side; 0 takes what suits."""

    name: ClassVar[str]
    threshold: ClassVar[float]

    secret: str = field(default="", repr=False)
    model: str = ""
    batch: int = 0
    concurrency: int = 0
    patience: Patience = field(default_factory=Patience)

    @abstractmethod
    def connect(self) -> RemoteEmbedder:
        """Give the embedder before anything was asked of the other side."""

    def known_space(self) -> Space | None:
        """None: only the other side knows its model, and whether it takes the secret."""
        return None

    def open(self) -> RemoteEmbedder:
        """Give the embedder, tried on a picture. Raises `EmbedderFailure`."""
        return tried(self.connect())

    def check(self) -> str:
        """Say who answers, after one request without an image and at no cost. Raises `EmbedderFailure`."""
        embedder = self._hasty().connect()
        try:
            return embedder.patiently(embedder.greet)
        except RefusedError as error:
            raise EmbedderFailure(f"{self.name} {error.reason}.") from error
        finally:
            embedder.close()

    def _hasty(self) -> Self:
        return replace(self, patience=_GLANCE)
