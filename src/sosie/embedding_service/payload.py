"""What a request may say, and what is answered."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator


class ImageInput(BaseModel):
    """Jina's way of giving an image."""

    image: str


class EmbeddingRequest(BaseModel):
    """OpenAI's and Infinity's shape, Jina's inputs, and `images` for those who want it plain."""

    model_config = ConfigDict(extra="ignore")

    model: str = ""
    input: list[str | ImageInput] | str | None = None
    images: list[str] | None = None
    modality: Literal["image"] = "image"
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _has_images(self) -> Self:
        if self.input is None and self.images is None:
            raise ValueError("input is missing: a list of images as data URIs")
        return self

    def sources(self) -> list[str]:
        """Give the images as they were sent: data URIs or base64."""
        if self.images is not None:
            return self.images
        given = [self.input] if isinstance(self.input, str) else self.input or []
        return [one if isinstance(one, str) else one.image for one in given]


class BadInputError(ValueError):
    """An input that is no image; its message says why."""


def image_bytes(source: str) -> bytes:
    """Give the bytes of a data URI or of plain base64. Raises `BadInputError`, also for addresses."""
    if source.startswith(("http://", "https://", "file:", "ftp:")):
        raise BadInputError("is an address, and this service fetches none: send the image itself as a data URI")
    if source.startswith("data:"):
        head, comma, source = source.partition(",")
        if not comma or not head.endswith(";base64"):
            raise BadInputError("is a data URI without base64")
    try:
        return base64.b64decode(
            source.strip(), altchars=b"-_" if "-" in source or "_" in source else None, validate=True
        )
    except (binascii.Error, ValueError):
        raise BadInputError("is neither a data URI nor base64") from None


def openai_answer(vectors: list[NDArray[np.float32]], model: str, encoding: str) -> dict[str, Any]:
    """Give the answer in OpenAI's shape."""
    rows = [
        {"object": "embedding", "index": index, "embedding": _encoded(vector, encoding)}
        for index, vector in enumerate(vectors)
    ]
    return {"object": "list", "data": rows, "model": model, "usage": {"prompt_tokens": 0, "total_tokens": 0}}


def plain_answer(vectors: list[NDArray[np.float32]], model: str) -> dict[str, Any]:
    """Give the answer to `{"images": [...]}`."""
    dims = len(vectors[0]) if vectors else 0
    return {"embeddings": [vector.tolist() for vector in vectors], "model": model, "dimensions": dims}


def _encoded(vector: NDArray[np.float32], encoding: str) -> Any:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode() if encoding == "base64" else vector.tolist()
