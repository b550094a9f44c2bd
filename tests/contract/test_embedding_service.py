"""The service of our own, asked by hand and started as a process."""

from __future__ import annotations

import base64
import io
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from sosie.embedding_service.options import ServiceOptions
from sosie.fingerprints.embedders.service import ServiceBackend
from tests.contract.backends import QUICK, running, served, tiny_clip
from tests.contract.tiny import picture, tiny_onnx
from tests.web import Site


def png(seed: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture(seed).pixels).save(file, "PNG")
    return file.getvalue()


def uri(seed: int) -> str:
    return "data:image/png;base64," + base64.b64encode(png(seed)).decode()


def test_all_shapes_of_a_request_give_the_vectors_of_the_model(tmp_path: Path) -> None:
    with running(tmp_path) as url:
        local = tiny_clip(tmp_path / "local").open()
        wanted = np.stack([np.asarray(vector) for vector in local.embed([local.prepare(picture(s)) for s in (0, 1)])])
        floats = httpx.post(f"{url}/v1/embeddings", json={"input": [uri(0), uri(1)], "model": ""}).json()
        packed = httpx.post(f"{url}/embeddings", json={"input": [uri(0), uri(1)], "encoding_format": "base64"}).json()
        jina = httpx.post(
            f"{url}/v1/embeddings", json={"input": [{"image": uri(s).split(",")[1]} for s in (0, 1)]}
        ).json()
        plain = httpx.post(f"{url}/embeddings", json={"images": [uri(0), uri(1)]}).json()
    assert [row["index"] for row in floats["data"]] == [0, 1]
    unpacked = [np.frombuffer(base64.b64decode(row["embedding"]), "<f4") for row in packed["data"]]
    for got in ([row["embedding"] for row in floats["data"]], unpacked, [row["embedding"] for row in jina["data"]]):
        np.testing.assert_allclose(np.array(got), wanted, atol=1e-6)
    np.testing.assert_allclose(np.array(plain["embeddings"]), wanted, atol=1e-6)


def test_health_and_models_tell_what_runs(tmp_path: Path) -> None:
    with running(tmp_path, ServiceOptions(token="s")) as url:
        health = httpx.get(f"{url}/health").json()
        models = httpx.get(f"{url}/v1/models", headers={"authorization": "Bearer s"}).json()
    assert health["model"] == "tiny"
    assert (health["device"], health["batch_size"], health["concurrency"]) == ("cpu", 8, 2)
    assert models["data"][0]["id"] == "tiny"
    assert models["data"][0]["dimensions"] == 16


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"input": ["http://127.0.0.1/x.jpg"]}, "fetches none"),
        ({"input": ["data:image/png;base64,????"]}, "neither a data URI nor base64"),
        ({"input": ["data:image/png;base64,AAAA"]}, "Image 0"),
        ({"input": [uri(0)] * 5}, "at most 4 images"),
        ({"input": [uri(0)], "dimensions": 8}, "16 dimensions"),
        ({"input": 5}, "input"),
        ({"model": "tiny"}, "input is missing"),
        ([], "The body"),
    ],
)
def test_what_cannot_be_embedded_is_refused_with_a_reason(tmp_path: Path, body: object, says: str) -> None:
    with running(tmp_path, ServiceOptions(max_images=4)) as url:
        answer = httpx.post(f"{url}/embeddings", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.text


def test_every_refusal_is_a_problem_with_a_sentence(tmp_path: Path) -> None:
    with running(tmp_path) as url:
        answers = [httpx.get(f"{url}/nothing"), httpx.put(f"{url}/embeddings"), httpx.post(f"{url}/health")]
    assert [answer.status_code for answer in answers] == [404, 405, 405]
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers)
    assert answers[1].headers["allow"] == "POST"


def test_a_model_that_breaks_is_told_and_the_client_comes_again(tmp_path: Path) -> None:
    embedder = tiny_clip(tmp_path).open()
    with served(embedder) as url:
        embedder.model = replace(embedder.model, dims=3)
        broken = httpx.post(f"{url}/embeddings", json={"input": [uri(0)]})
        embedder.model = replace(embedder.model, dims=16)
        mended = httpx.post(f"{url}/embeddings", json={"input": [uri(0)]})
    assert (broken.status_code, mended.status_code) == (503, 200)
    assert broken.json()["detail"] == "The model does not work: tiny gave vectors of 16 numbers instead of 3."


def test_addresses_are_fetched_only_where_that_is_switched_on_and_allowed(tmp_path: Path) -> None:
    with Site({"/shoe.png": png(0), "/page": b"<html>no image</html>" * 300}) as site:
        body = {"input": [f"{site.url}/shoe.png"]}
        with running(tmp_path / "off") as url:
            assert "fetches none" in httpx.post(f"{url}/embeddings", json=body).text
        with running(tmp_path / "guarded", ServiceOptions(fetch=True)) as url:
            refused = httpx.post(f"{url}/embeddings", json=body)
            local = httpx.post(f"{url}/embeddings", json={"input": ["file:///etc/passwd"]})
        assert not site.asked
        with running(tmp_path / "on", ServiceOptions(fetch=True, networks=("127.0.0.0/8",))) as url:
            fetched = httpx.post(f"{url}/embeddings", json={"input": [f"{site.url}/shoe.png", uri(0)]}).json()
            missing = httpx.post(f"{url}/embeddings", json={"input": [f"{site.url}/none", f"{site.url}/page"]})
    assert refused.status_code == 422
    assert "this machine" in refused.text
    assert local.status_code == 422
    assert fetched["data"][0]["embedding"] == fetched["data"][1]["embedding"]
    assert [row["index"] for row in missing.json()["errors"]] == [0, 1]
    assert "404" in missing.text


def test_limits_of_bytes_and_pixels_hold(tmp_path: Path) -> None:
    with running(tmp_path, ServiceOptions(max_bytes=20_000, max_pixels=1000)) as url:
        assert httpx.post(f"{url}/embeddings", json={"input": ["x" * 30_000]}).status_code == 413
        chunks = (b"x" * 5_000 for _ in range(8))
        assert httpx.post(f"{url}/embeddings", content=chunks).status_code == 413
        large = httpx.post(f"{url}/embeddings", json={"input": [uri(0)]})
    assert large.status_code == 422
    assert "pixels" in large.text


def test_without_the_token_nothing_but_health_is_answered(tmp_path: Path) -> None:
    with running(tmp_path, ServiceOptions(token="secret")) as url:
        assert httpx.get(f"{url}/health").status_code == 200
        assert httpx.get(f"{url}/models").status_code == 401
        wrong = httpx.post(f"{url}/embeddings", json={"input": [uri(0)]}, headers={"authorization": "Bearer secre"})
        assert wrong.status_code == 401
        right = httpx.post(f"{url}/embeddings", json={"input": [uri(0)]}, headers={"authorization": "Bearer secret"})
        assert right.status_code == 200


def test_too_many_waiting_images_are_turned_away_and_come_again(tmp_path: Path) -> None:
    with running(tmp_path, ServiceOptions(max_waiting=8, linger=0.2)) as url, ThreadPoolExecutor(6) as pool:
        body = {"input": [uri(s) for s in range(7)]}
        answers = list(pool.map(lambda _: httpx.post(f"{url}/embeddings", json=body, timeout=30), range(6)))
        assert {answer.status_code for answer in answers} == {200, 429}
        busy = next(answer for answer in answers if answer.status_code == 429)
        assert int(busy.headers["retry-after"]) >= 1
        embedder = ServiceBackend(url=url, patience=QUICK).open()
        prepared = [embedder.prepare(picture(seed)) for seed in range(6)]
        assert len(list(pool.map(embedder.embed, [prepared] * 3))) == 3
        embedder.close()


def test_requests_of_many_clients_go_through_the_model_together(tmp_path: Path) -> None:
    with running(tmp_path, ServiceOptions(linger=0.05)) as url, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda s: httpx.post(f"{url}/embeddings", json={"images": [uri(s)]}).json(), range(16)))
    local = tiny_clip(tmp_path / "local").open()
    wanted = np.stack([np.asarray(v) for v in local.embed([local.prepare(picture(s)) for s in range(16)])])
    np.testing.assert_allclose(np.array([answer["embeddings"][0] for answer in answers]), wanted, atol=1e-5)


def test_the_command_starts_a_service_that_the_client_finds(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "SOSIE_DATA_DIR": str(tmp_path / "data")}
    (tmp_path / "clip.onnx").write_bytes(tiny_onnx(side=224, dims=512, pool=32))
    sosie = [sys.executable, "-c", "from sosie.cli import main; main()"]
    subprocess.run(
        [*sosie, "models", "import", "clip-vit-b32", str(tmp_path / "clip.onnx")], env=environment, check=True
    )
    process = subprocess.Popen([*sosie, "embed", "serve", "--port", str(port)], env=environment)
    try:
        embedder = _opened(ServiceBackend(url=f"http://127.0.0.1:{port}", patience=QUICK))
        assert embedder.space.dims == 512
        assert embedder.space.name == "service:clip-vit-b32"
        embedder.close()
    finally:
        process.terminate()
        assert process.wait(30) in (0, -15)


def _opened(backend: ServiceBackend):  # type: ignore[no-untyped-def]
    from sosie.errors import EmbedderFailure

    for _ in range(100):
        try:
            return backend.open()
        except EmbedderFailure:
            time.sleep(0.2)
    raise AssertionError("the service did not come up")
