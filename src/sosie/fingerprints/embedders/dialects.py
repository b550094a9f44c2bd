"""How the embedding services that people run want to be asked, and how they answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from sosie.config import Dialect
from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.http import Connection


class Speaker(Protocol):
    """One dialect: how models are listed, and how images are sent."""

    @property
    def batch(self) -> int:
        """Most images of one request."""
        ...

    def models(self, connection: Connection) -> list[dict[str, Any]]:
        """Give what the service says of its models, the first being its default."""
        ...

    def ask(self, connection: Connection, model: str, images: Sequence[bytes]) -> ArrayLike:
        """Send JPEGs once and give their vectors in order."""
        ...


def speaker(dialect: Dialect) -> Speaker:
    """Give the dialect of this name."""
    speakers: dict[Dialect, Speaker] = {"openai": _OpenAi(), "vllm": _Vllm(), "jina": _Jina(), "immich": _Immich()}
    return speakers[dialect]


@dataclass(frozen=True)
class _OpenAi:
    """Sosie's own service and Infinity: OpenAI's shape with data URIs."""

    batch: int = 32

    def models(self, connection: Connection) -> list[dict[str, Any]]:
        return _listed(connection.get("/models"))

    def ask(self, connection: Connection, model: str, images: Sequence[bytes]) -> ArrayLike:
        inputs = [data_uri(image) for image in images]
        body = {"model": model, "input": inputs, "modality": "image", "encoding_format": "base64"}
        return openai_vectors(connection.post("/embeddings", json=body))


@dataclass(frozen=True)
class _Vllm:
    """vLLM's pooling server: chat messages, one image a request."""

    batch: int = 1

    def models(self, connection: Connection) -> list[dict[str, Any]]:
        return _listed(connection.get(_versioned(connection) + "/models"))

    def ask(self, connection: Connection, model: str, images: Sequence[bytes]) -> ArrayLike:
        content = [{"type": "image_url", "image_url": {"url": data_uri(image)}} for image in images]
        body = {"model": model, "messages": [{"role": "user", "content": content}], "encoding_format": "float"}
        return openai_vectors(connection.post(_versioned(connection) + "/embeddings", json=body))


@dataclass(frozen=True)
class _Jina:
    """Jina's API."""

    batch: int = 16

    def models(self, connection: Connection) -> list[dict[str, Any]]:
        return [{"id": "jina-clip-v2"}]

    def ask(self, connection: Connection, model: str, images: Sequence[bytes]) -> ArrayLike:
        inputs = [{"image": base64.b64encode(image).decode()} for image in images]
        body = {"model": model, "input": inputs, "normalized": True, "embedding_type": "float"}
        return openai_vectors(connection.post(_versioned(connection) + "/embeddings", json=body))


@dataclass(frozen=True)
class _Immich:
    """immich-machine-learning: a form with one image, answered by numbers inside a string."""

    batch: int = 1

    def models(self, connection: Connection) -> list[dict[str, Any]]:
        return [{"id": "ViT-B-32__openai"}]

    def ask(self, connection: Connection, model: str, images: Sequence[bytes]) -> ArrayLike:
        entries = json.dumps({"clip": {"visual": {"modelName": model}}})
        files = {"image": ("image.jpg", images[0], "image/jpeg")}
        answer = connection.post("/predict", data={"entries": entries}, files=files)
        try:
            value = answer["clip"]
            return [json.loads(value) if isinstance(value, str) else value]
        except (KeyError, TypeError, ValueError) as error:
            raise EmbedderFailure("The service's answer has no vector under clip.") from error


def data_uri(image: bytes) -> str:
    """Give a JPEG as a data URI."""
    return "data:image/jpeg;base64," + base64.b64encode(image).decode()


def openai_vectors(answer: Any) -> list[Any]:
    """Give the vectors of an answer in OpenAI's shape in the order of their indexes: lists, or float32 in base64."""
    try:
        rows = sorted(answer["data"], key=lambda row: row["index"])
        if [row["index"] for row in rows] != list(range(len(rows))):
            raise EmbedderFailure("The service's answer does not number its vectors from 0 on.")
        return [_numbers(row["embedding"]) for row in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise EmbedderFailure("The service's answer is not in the shape of OpenAI's embeddings.") from error


def _numbers(value: Any) -> Any:
    if isinstance(value, str):
        return np.frombuffer(base64.b64decode(value, validate=True), "<f4")
    return value


def _versioned(connection: Connection) -> str:
    return "" if connection.url.endswith("/v1") else "/v1"


def _listed(answer: Any) -> list[dict[str, Any]]:
    try:
        return [dict(row) for row in answer["data"]]
    except (KeyError, TypeError, ValueError) as error:
        raise EmbedderFailure("The service does not list its models as OpenAI's API does.") from error
