"""The health page tells how each back end stands now, and sends no image to find out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sosie.config import Settings
from sosie.server.schemas.system import BackEnd
from sosie.server.views.probes import Probes
from tests.contract.backends import provider
from tests.contract.hub import Hub
from tests.contract.loopback import Loopback, Reply, Request

KEY = "geheim-0815"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def probes() -> Iterator[Probes]:
    opened = Probes(patience=20)
    yield opened
    opened.close()


def state(probes: Probes, tmp_path: Path, name: str, **more: object) -> BackEnd:
    settings = Settings(data_dir=tmp_path, embedders=(name,), **more)  # type: ignore[arg-type]
    return next(row for row in probes.states(settings) if row.name == name)


def model_of_google(request: Request) -> Reply:
    if request.headers["x-goog-api-key"] != KEY:
        return Reply.of({"error": {"code": 403, "message": f"API key {request.headers['x-goog-api-key']}"}}, 403)
    return Reply.of({"name": "models/gemini-embedding-2"})


def test_a_service_that_answers_works_and_one_that_was_stopped_does_not(probes: Probes, tmp_path: Path) -> None:
    with Loopback(provider) as server:
        found = state(probes, tmp_path, "service", service_url=server.url)
        assert (found.state, found.detail) == ("working", f"{server.url[7:]} answers with some-clip.")
        assert [request.method for request in server.requests] == ["GET"]
    probes.fresh = 0
    state(probes, tmp_path, "service", service_url=server.url)  # what is known is told, and asked anew meanwhile
    deadline = time.monotonic() + 20
    while (found := state(probes, tmp_path, "service", service_url=server.url)).state == "working":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert found.state == "unavailable"
    assert "cannot be reached" in found.detail


def test_within_a_minute_nobody_is_asked_twice(probes: Probes, tmp_path: Path) -> None:
    with Loopback(provider) as server:
        for _ in range(5):
            state(probes, tmp_path, "service", service_url=server.url)
        assert len(server.requests) == 1


def test_a_back_end_that_hangs_is_waited_for_a_moment_only(tmp_path: Path) -> None:
    def slow(request: Request) -> Reply:
        time.sleep(1)
        return provider(request)

    probes = Probes(patience=0.05)
    with Loopback(slow) as server:
        assert state(probes, tmp_path, "service", service_url=server.url).detail == "It has not answered yet."
        probes.patience = 20
        assert state(probes, tmp_path, "service", service_url=server.url).state == "working"
        probes.close()


@pytest.mark.parametrize(("key", "wanted"), [(KEY, "working"), ("falsch-4711", "unavailable")])
def test_google_is_asked_for_the_model_only_and_its_refusal_shows_no_key(
    probes: Probes, tmp_path: Path, key: str, wanted: str
) -> None:
    with Loopback(model_of_google) as server:
        found = state(probes, tmp_path, "gemini", gemini_api_key=key, gemini_base_url=server.url)
        assert [request.method for request in server.requests] == ["GET"]
    assert found.state == wanted
    assert key not in found.model_dump_json()


@pytest.mark.parametrize(("status", "wanted"), [(405, "working"), (401, "unavailable"), (503, "unavailable")])
def test_an_endpoint_is_knocked_at(probes: Probes, tmp_path: Path, status: int, wanted: str) -> None:
    with Loopback(lambda _: Reply.of({"error": "Method Not Allowed"}, status)) as server:
        found = state(probes, tmp_path, "huggingface", huggingface_endpoint=server.url)
    assert found.state == wanted


def test_a_model_that_is_not_here_says_whether_it_could_come(
    probes: Probes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_ENDPOINT", NOWHERE)
    found = state(probes, tmp_path, "clip")
    assert (found.state, found.model) == ("unavailable", "clip-vit-b32")
    assert found.detail == "The model clip-vit-b32 is not here, and there is no connection to 127.0.0.1:9."
    assert "sosie models download" in found.next_step
    with Hub({"onnx/vision_model.onnx": b"x"}, "d15189d7028b43f1d3e65039190477f6af591c2a") as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        reachable = Probes(patience=20)
        found = state(reachable, tmp_path, "clip")
        reachable.close()
        assert hub.downloads == 0
    assert found.state == "not tried"
    assert "the next job downloads it" in found.detail
