"""Endpoints of Hugging Face in the shapes that are met, and the router that has few models."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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


def test_an_endpoint_is_asked_by_the_hubs_own_client() -> None:
    with Loopback(endpoint(as_list)) as server:
        embedder = HuggingFaceBackend(url=server.url, secret="hf_x", patience=QUICK).open()
        uploads = [embedder.prepare(picture(seed)) for seed in range(2)]
        embedder.embed(uploads)
        embedder.close()
        sent = server.requests[-1]
    assert len(server.requests) == 2
    assert "hf_hub/" in sent.headers["user-agent"]
    assert sent.headers["authorization"] == "Bearer hf_x"
    assert sent.json() == {"inputs": [data_uri(upload) for upload in uploads]}


@pytest.mark.parametrize("shape", [as_fields, as_records])
def test_what_that_client_cannot_read_is_asked_again_with_the_same_words(shape: Callable[..., Any]) -> None:
    with Loopback(endpoint(shape)) as server:
        embedder = HuggingFaceBackend(url=server.url, secret="hf_x", patience=QUICK).open()
        embedder.embed([embedder.prepare(picture(0))])
        embedder.close()
        by_client, by_us, later = server.requests
    assert (by_client.path, by_client.json()) == (by_us.path, by_us.json())
    assert by_client.headers["authorization"] == by_us.headers["authorization"]
    assert ["hf_hub/" in one.headers["user-agent"] for one in (by_client, by_us, later)] == [True, False, False]


def test_an_endpoint_gets_no_token_but_the_one_that_is_meant_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_of_this_machine")
    with Loopback(endpoint(as_list)) as elsewhere:
        with Loopback(endpoint(as_list)) as server:
            HuggingFaceBackend(url=server.url, patience=QUICK).open().close()
        assert not server.requests[0].headers["authorization"]
        moved = Reply(307, b"", {"location": elsewhere.url})
        with Loopback(lambda _: moved) as server:
            HuggingFaceBackend(url=server.url, secret="hf_x", patience=QUICK).open().close()
    assert all(not request.headers.get("authorization") for request in elsewhere.requests)
    assert elsewhere.requests


def test_a_key_in_the_address_is_in_no_name_of_a_space() -> None:
    with Loopback(endpoint(as_list)) as server:
        place = server.url.removeprefix("http://")
        embedder = HuggingFaceBackend(url=f"http://me:geheim@{place}/clip?key=geheim", patience=QUICK).open()
        assert embedder.space.name == f"huggingface:{place}/clip"
        embedder.close()


def test_an_endpoint_is_no_hub_that_offline_mode_would_forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with Loopback(endpoint(as_list)) as server:
        HuggingFaceBackend(url=server.url, patience=QUICK).open().close()
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<html>welcome</html>", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"[[1.0, 2.0], [1.0]]", "else than vectors of one length"),
        (b'["shoe"]', "else than vectors of one length"),
        (b"null", "0 vectors for 1"),
        (b"[NaN, 1.0]", "not finite"),
        (b'{"generated_text": "a shoe"}', "generated_text, and no embedding"),
    ],
)
def test_an_answer_of_another_kind_is_told_in_words(body: bytes, says: str) -> None:
    reply = Reply(200, body, {"content-type": "application/json"})
    with Loopback(lambda _: reply) as server, pytest.raises(EmbedderFailure, match=says):
        HuggingFaceBackend(url=server.url, patience=QUICK).open()


@pytest.mark.parametrize("body", [[1], {"error": {"message": "no: hf_x"}}, {"error": [{"a": 1}]}, "hf_x", None])
@pytest.mark.parametrize(("status", "says"), [(400, "400"), (401, "another token"), (500, "tried 2 times")])
def test_a_refusal_in_odd_words_is_told_for_what_it_is_and_without_the_token(body: Any, status: int, says: str) -> None:
    patience = replace(QUICK, attempts=2)
    with Loopback(lambda _: Reply.of(body, status)) as server, pytest.raises(EmbedderFailure, match=says) as found:
        HuggingFaceBackend(url=server.url, secret="hf_x", patience=patience).open()
    assert "hf_x" not in f"{found.value} {found.value.__cause__!r}"


def test_an_endpoint_that_is_busy_is_asked_again_after_the_wait_it_asks_for() -> None:
    replies = iter([Reply.of({"error": "busy"}, 429, **{"retry-after": "1"})])

    def answer(request: Request) -> Reply:
        return next(replies, None) or endpoint(as_list)(request)

    with Loopback(answer) as server:
        started = time.monotonic()
        HuggingFaceBackend(url=server.url, patience=QUICK).open().close()
        assert len(server.requests) == 2
    assert time.monotonic() - started >= 1.0


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
