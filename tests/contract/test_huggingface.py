"""Endpoints of Hugging Face in the shapes that are met, and the router that has few models."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from huggingface_hub import InferenceClient

from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.base import Backend
from sosie.fingerprints.embedders.dialects import data_uri
from sosie.fingerprints.embedders.huggingface import HuggingFaceBackend
from tests.contract.backends import QUICK, vector_of
from tests.contract.loopback import Loopback, Reply, Request
from tests.contract.tiny import picture


def sent_images(request: Request) -> list[bytes]:
    if request.headers["content-type"] == "image/jpeg":
        return [request.body]
    inputs = request.json()["inputs"]
    sources = [inputs["image"]] if isinstance(inputs, dict) else inputs
    return [base64.b64decode(source.split(",")[-1]) for source in sources]


def as_list(vectors: list[list[float]]) -> Any:
    return vectors


def as_tokens(vectors: list[list[float]]) -> Any:
    return [[vector, [0.0] * len(vector), [1.0] * len(vector)] for vector in vectors]


def as_fields(vectors: list[list[float]]) -> Any:
    return {"image_embeds": vectors}


def as_records(vectors: list[list[float]]) -> Any:
    return [{"feature_vector": vector} for vector in vectors]


SHAPES = [as_list, as_tokens, as_fields, as_records]


def endpoint(shape: Callable[[list[list[float]]], Any]) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        try:
            vectors = [vector_of(image).tolist() for image in sent_images(request)]
        except Exception as error:
            return Reply.of({"error": f"cannot identify image file: {error}"}, 400)
        return Reply.of(shape(vectors))

    return answer


@contextmanager
def opened(_folder: Path) -> Iterator[Backend]:
    with Loopback(endpoint(as_tokens)) as server:
        yield HuggingFaceBackend(url=server.url, secret="hf_x", patience=QUICK)


@contextmanager
def routed(_folder: Path) -> Iterator[Backend]:
    with Loopback(endpoint(as_tokens)) as server:
        yield HuggingFaceBackend(model="google/vit-base-patch16-224", router=server.url, patience=QUICK)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("payload", ["data-urls", "base64", "image"])
def test_every_shape_of_an_answer_gives_the_same_vectors(shape: Callable[..., Any], payload: Any) -> None:
    with Loopback(endpoint(shape)) as server:
        embedder = HuggingFaceBackend(url=server.url, payload=payload, patience=QUICK).open()
        uploads = [embedder.prepare(picture(seed)) for seed in range(3)]
        found = np.stack([np.asarray(vector) for vector in embedder.embed(uploads)])
        embedder.close()
    wanted = np.stack([vector_of(upload) for upload in uploads])
    np.testing.assert_allclose(found, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=1e-5)


def test_an_endpoint_is_asked_as_the_hubs_own_client_asks_it() -> None:
    with Loopback(endpoint(as_list)) as server:
        embedder = HuggingFaceBackend(url=server.url, secret="hf_x", patience=QUICK).open()
        uploads = [embedder.prepare(picture(seed)) for seed in range(2)]
        ours = embedder.embed(uploads)
        client = InferenceClient(base_url=server.url, token="hf_x")
        theirs = client.feature_extraction([data_uri(upload) for upload in uploads])
        sent, expected = [request for request in server.requests if request.method == "POST"][-2:]
        embedder.close()
    assert (sent.path, sent.json()) == (expected.path, expected.json())
    assert sent.headers["authorization"] == expected.headers["authorization"] == "Bearer hf_x"
    np.testing.assert_allclose(np.array(ours), theirs / np.linalg.norm(theirs, axis=1, keepdims=True), atol=1e-5)


def test_a_model_that_is_loading_is_waited_for() -> None:
    left = [Reply.of({"error": "Model is loading", "estimated_time": 0.2}, 503)]

    def answer(request: Request) -> Reply:
        return left.pop() if left else endpoint(as_list)(request)

    with Loopback(answer) as server:
        HuggingFaceBackend(url=server.url, patience=QUICK).open().close()
        assert len(server.requests) == 2


def test_a_classifier_is_told_from_an_embedder() -> None:
    labels = Reply.of([{"label": "shoe", "score": 0.9}])
    with Loopback(lambda _: labels) as server, pytest.raises(EmbedderFailure, match="classifies images"):
        HuggingFaceBackend(url=server.url, patience=QUICK).open()


def test_a_model_that_the_router_does_not_have_is_told_with_the_way_out() -> None:
    missing = Reply.of({"error": "Model openai/clip-vit-base-patch32 is not supported by provider hf-inference"}, 404)
    with Loopback(lambda _: missing) as server:
        backend = HuggingFaceBackend(model="openai/clip-vit-base-patch32", router=server.url, patience=QUICK)
        with pytest.raises(EmbedderFailure, match="set huggingface_endpoint to one of your own"):
            backend.open()
