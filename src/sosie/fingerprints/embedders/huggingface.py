"""The back end "huggingface": an inference endpoint of one's own, or the router for the few models that it has."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sosie.config import Payload
from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.dialects import data_uri
from sosie.fingerprints.embedders.http import Connection, host_of, place_of
from sosie.fingerprints.embedders.inference import InferenceEndpoint
from sosie.fingerprints.embedders.remote import RemoteBackend, RemoteEmbedder
from sosie.fingerprints.embedders.trial import tried

ROUTER = "https://router.huggingface.co"
_NAMES = ("embeddings", "image_embeds", "image_embedding", "feature_vector", "embedding")


class HuggingFaceEmbedder(RemoteEmbedder):
    """Vectors of an endpoint, asked by the hub's own `InferenceClient`, or of the router.

    That client gives tables of numbers only: an endpoint whose answers have named fields is asked the same without it
    from its first answer on, which is that to the test picture. Nor does the client send pictures to the router.
    """

    upload_side = 640

    def __init__(self, backend: HuggingFaceBackend) -> None:
        single = backend.router_mode or backend.payload == "image"
        super().__init__(backend, batch=1 if single else backend.batch or 8)
        self._connection, self._backend = backend.connection(), backend
        self._endpoint = None if backend.router_mode else backend.endpoint()

    def request(self, images: Sequence[bytes]) -> ArrayLike:
        """Send one batch."""
        if self._backend.router_mode:
            answer = self._connection.post(self._path, content=images[0], headers={"content-type": "image/jpeg"})
        else:
            answer = self._extracted(self._inputs(images))
        return pooled(answer, len(images))

    def _extracted(self, inputs: Any) -> Any:
        if self._endpoint:
            table = self._endpoint.features(inputs)
            if table is not None:
                return table
            self._endpoint = None
        return self._connection.post("", json={"inputs": inputs})

    def _inputs(self, images: Sequence[bytes]) -> Any:
        if self._backend.payload == "data-urls":
            return [data_uri(image) for image in images]
        encoded = [base64.b64encode(image).decode() for image in images]
        return encoded if self._backend.payload == "base64" else {"image": encoded[0]}

    def greet(self) -> str:
        """Look whether anything is at the address; no free request tells more."""
        self._connection.knock(self._path)
        return f"{host_of(self._connection.url)} answers; whether it embeds images, a job will show."

    def model_and_revision(self) -> tuple[str, str]:
        """The model's name, or the endpoint's host and path where it is not named; no user and no key of a query."""
        return self._backend.model or place_of(self._connection.url), ""

    @property
    def _path(self) -> str:
        model = self._backend.model
        return f"/hf-inference/models/{model}/pipeline/image-feature-extraction" if self._backend.router_mode else ""

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class HuggingFaceBackend(RemoteBackend):
    """An endpoint at `url`, or without one a `model` asked of the router."""

    name = "huggingface"
    threshold = 0.88

    url: str = ""
    payload: Payload = "data-urls"
    router: str = ROUTER

    @property
    def router_mode(self) -> bool:
        """Whether the router is asked."""
        return not self.url

    def connection(self) -> Connection:
        """Give a connection to the endpoint or the router."""
        return Connection(self.url or self.router, secret=self.secret, timeout=self.patience.answer)

    def endpoint(self) -> InferenceEndpoint:
        """Give the hub's own client of the endpoint."""
        return InferenceEndpoint(self.url, secret=self.secret, timeout=self.patience.answer)

    def connect(self) -> HuggingFaceEmbedder:
        """Give the embedder before anything was asked of the other side."""
        return HuggingFaceEmbedder(self)

    def open(self) -> RemoteEmbedder:
        """Give the embedder, tried on a picture. Raises `EmbedderFailure`."""
        try:
            return tried(self.connect())
        except EmbedderFailure as error:
            if self.router_mode and any(words in error.message for words in ("no such address", "refused", "(410")):
                raise EmbedderFailure(
                    f"Hugging Face's router does not embed images with {self.model} ({error.message.rstrip('.')}).",
                    next_step="Hardly any image model is deployed there: set huggingface_endpoint to one of your own.",
                ) from error
            raise


def pooled(answer: Any, count: int) -> ArrayLike:
    """Give one vector an image from what endpoints answer: vectors, tokens of which the first counts, or named fields.

    Raises `EmbedderFailure` for answers of other tasks (labels with scores) and shapes that fit no number of images.
    """
    value = _unnamed(answer)
    try:
        table = np.asarray(value, np.float32)
    except (TypeError, ValueError) as error:
        raise EmbedderFailure("huggingface answers with something else than vectors of one length.") from error
    if table.ndim == 3:
        return table[:, 0]
    if table.ndim == 1 and count == 1:
        return table[None]
    if table.ndim == 2 and count == 1:
        return table[:1]
    return table


def _unnamed(answer: Any) -> Any:
    if isinstance(answer, dict):
        for name in _NAMES:
            if name in answer:
                return answer[name]
        raise EmbedderFailure(f"huggingface answers with {', '.join(map(str, answer))[:80]}, and no embedding.")
    if isinstance(answer, list) and answer and all(isinstance(row, dict) for row in answer):
        if "label" in answer[0]:
            raise EmbedderFailure("huggingface answers with labels: this model classifies images, it embeds none.")
        return [_unnamed(row) for row in answer]
    return answer
