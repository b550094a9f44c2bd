"""Every back end, set up against what it speaks to: the registry of the contract suite."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from numpy.typing import NDArray

from sosie.embedding_service.app import create_app
from sosie.embedding_service.options import ServiceOptions
from sosie.fingerprints.embedders.base import Backend, Embedder
from sosie.fingerprints.embedders.builtin import BuiltinBackend
from sosie.fingerprints.embedders.clip import ClipBackend
from sosie.fingerprints.embedders.fake import FakeBackend
from sosie.fingerprints.embedders.files import ModelFiles
from sosie.fingerprints.embedders.retry import Patience
from sosie.fingerprints.embedders.service import ServiceBackend
from sosie.imaging import decode
from tests.contract.loopback import Loopback, Reply, Request
from tests.contract.tiny import DIMS, tiny_model, tiny_onnx

QUICK = Patience(attempts=4, deadline=10.0, first=0.01, longest=2.0)


def vector_of(image: bytes) -> NDArray[np.float32]:
    """The vector that the fake providers give an image: a fixed projection of its thumbnail. Broken ones raise."""
    pixels = decode(image).pixels
    rows = np.linspace(0, pixels.shape[0] - 1, 6).astype(int)
    columns = np.linspace(0, pixels.shape[1] - 1, 6).astype(int)
    cells = pixels[rows][:, columns].astype(np.float32).ravel() / 255 - 0.4
    weights = np.random.default_rng(3).standard_normal((len(cells), DIMS)).astype(np.float32)
    vector: NDArray[np.float32] = cells @ weights
    return vector


@contextmanager
def builtin(_folder: Path) -> Iterator[Backend]:
    yield BuiltinBackend()


@contextmanager
def fake(_folder: Path) -> Iterator[Backend]:
    yield FakeBackend()


@contextmanager
def clip(folder: Path) -> Iterator[Backend]:
    yield tiny_clip(folder)


def tiny_clip(folder: Path) -> ClipBackend:
    """The tiny model, brought as a file, so that nothing is downloaded."""
    data = tiny_onnx()
    files, model = ModelFiles(folder / "models"), tiny_model(data)
    folder.mkdir(exist_ok=True)
    (folder / "tiny.onnx").write_bytes(data)
    files.bring(model, folder / "tiny.onnx")
    return ClipBackend(model=model, files=files, concurrency=2)


@contextmanager
def running(folder: Path, options: ServiceOptions | None = None) -> Iterator[str]:
    """Our own service in a thread of this process; gives its address."""
    with served(tiny_clip(folder).open(), options) as url:
        yield url


@contextmanager
def served(embedder: Embedder, options: ServiceOptions | None = None) -> Iterator[str]:
    """The service of an embedder that is open already."""
    app = create_app(embedder, options or ServiceOptions())
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def own_service(folder: Path) -> Iterator[Backend]:
    with running(folder) as url:
        yield ServiceBackend(url=url, patience=QUICK)


def openai_list(vectors: list[NDArray[np.float32]]) -> Reply:
    rows = [{"object": "embedding", "index": i, "embedding": v.tolist()} for i, v in enumerate(vectors)]
    return Reply.of({"object": "list", "data": rows[::-1], "model": "m", "usage": {}})


def images_of(request: Request) -> list[bytes]:
    """The images of a request in any dialect."""
    if request.path.endswith("/predict"):
        return [request.body[request.body.index(b"\xff\xd8") : request.body.rindex(b"\xff\xd9") + 2]]
    body = request.json()
    if "messages" in body:
        sources = [part["image_url"]["url"] for part in body["messages"][0]["content"]]
    else:
        sources = [one["image"] if isinstance(one, dict) else one for one in body["input"]]
    return [base64.b64decode(source.split(",")[-1]) for source in sources]


def provider(request: Request) -> Reply:
    """A service that speaks every dialect."""
    if request.path.endswith("/models"):
        return Reply.of({"object": "list", "data": [{"id": "some-clip"}]})
    try:
        vectors = [vector_of(image) for image in images_of(request)]
    except Exception as error:
        return Reply.of({"detail": f"bad image: {error}"}, 422)
    if request.path.endswith("/predict"):
        return Reply.of({"clip": json.dumps(vectors[0].tolist()), "imageHeight": 1, "imageWidth": 1})
    return openai_list(vectors)


def dialect(name: Any) -> Callable[[Path], Any]:
    @contextmanager
    def opened(_folder: Path) -> Iterator[Backend]:
        with Loopback(provider) as server:
            yield ServiceBackend(url=server.url, dialect=name, patience=QUICK)

    return opened


BACKENDS: dict[str, Callable[[Path], Any]] = {
    "builtin": builtin,
    "fake": fake,
    "clip": clip,
    "own service": own_service,
    "infinity": dialect("openai"),
    "vllm": dialect("vllm"),
    "jina": dialect("jina"),
    "immich": dialect("immich"),
}
