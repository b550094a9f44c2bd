"""Gemini's wire format, its quotas and its traps, against a server that speaks it."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.base import Backend
from sosie.fingerprints.embedders.gemini import GeminiBackend
from tests.contract.backends import QUICK, vector_of
from tests.contract.loopback import Loopback, Reply, Request
from tests.contract.tiny import DIMS, picture

KEY = "AIza-geheim-0815"


def sent_images(request: Request) -> list[bytes]:
    found = []
    for one in request.json()["requests"]:
        assert len(one["content"]["parts"]) == 1, "parts of one content would share one vector"
        inline = one["content"]["parts"][0].get("inline_data") or one["content"]["parts"][0]["inlineData"]
        found.append(base64.urlsafe_b64decode(inline["data"].replace("+", "-").replace("/", "_")))
    return found


def gemini(request: Request) -> Reply:
    assert request.path.endswith("/models/gemini-embedding-2:batchEmbedContents")
    assert request.headers["x-goog-api-key"] == KEY
    try:
        vectors = [vector_of(image) for image in sent_images(request)]
    except AssertionError:
        raise
    except Exception:
        return failure(400, "INVALID_ARGUMENT", "Unable to process input image.")
    return Reply.of({"embeddings": [{"values": vector.tolist()} for vector in vectors]})


def failure(code: int, status: str, message: str, details: list[object] | None = None) -> Reply:
    return Reply.of({"error": {"code": code, "status": status, "message": message, "details": details or []}}, code)


def quota(which: str, delay: str) -> Reply:
    details: list[object] = [
        {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [{"quotaId": f"Embed{which}PerProject"}],
        },
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay},
    ]
    return failure(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", details)


def backend(server: Loopback) -> GeminiBackend:
    return GeminiBackend(secret=KEY, base_url=server.url, dims=DIMS, patience=QUICK)


@contextmanager
def opened(_folder: Path) -> Iterator[Backend]:
    with Loopback(gemini) as server:
        yield backend(server)


def then(*replies: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    """The first request (the test of `open`) is answered well, the next ones in turn, the last one for ever."""
    left = [gemini, *replies]
    return lambda request: (left.pop(0) if len(left) > 1 else left[0])(request)


def test_a_quota_of_the_minute_is_waited_for_as_long_as_asked() -> None:
    with Loopback(then(lambda _: quota("PerMinute", "0.3s"), gemini)) as server:
        embedder = backend(server).open()
        assert len(embedder.embed([embedder.prepare(picture(0))])) == 1
        assert len(server.requests) == 3
        embedder.close()


def test_a_quota_of_the_day_ends_the_use_at_once() -> None:
    with Loopback(then(lambda _: quota("PerDay", "17s"))) as server:
        embedder = backend(server).open()
        with pytest.raises(EmbedderFailure, match="quota of the day"):
            embedder.embed([embedder.prepare(picture(0))])
        assert len(server.requests) == 2
        embedder.close()


def test_an_overloaded_model_is_tried_again() -> None:
    busy = failure(503, "UNAVAILABLE", "The model is overloaded.")
    with Loopback(then(lambda _: busy, lambda _: busy, gemini)) as server:
        embedder = backend(server).open()
        assert len(embedder.embed([embedder.prepare(picture(0))])) == 1
        embedder.close()


def test_a_model_that_is_slow_is_given_up_and_tried_again() -> None:
    def slow(request: Request) -> Reply:
        time.sleep(1.5)
        return gemini(request)

    with Loopback(then(slow, gemini)) as server:
        hasty = replace(backend(server), patience=replace(QUICK, answer=0.5))
        embedder = hasty.open()
        assert len(embedder.embed([embedder.prepare(picture(0))])) == 1
        assert len(server.requests) == 3
        embedder.close()
    with Loopback(then(slow)) as server:
        embedder = replace(hasty, base_url=server.url, patience=replace(hasty.patience, attempts=2)).open()
        with pytest.raises(EmbedderFailure, match=r"did not answer in time \(tried 2 times\)"):
            embedder.embed([embedder.prepare(picture(0))])
        embedder.close()


def test_one_vector_for_a_whole_batch_is_refused() -> None:
    def merged(request: Request) -> Reply:
        return Reply.of({"embeddings": [{"values": vector_of(sent_images(request)[0]).tolist()}]})

    with Loopback(then(merged)) as server:
        embedder = backend(server).open()
        with pytest.raises(EmbedderFailure, match="1 vectors for 3 images"):
            embedder.embed([embedder.prepare(picture(seed)) for seed in range(3)])
        embedder.close()


@pytest.mark.parametrize(("code", "status"), [(400, "INVALID_ARGUMENT"), (403, "PERMISSION_DENIED")])
def test_a_wrong_key_is_told_without_showing_it(code: int, status: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Loopback(lambda _: failure(code, status, f"API key not valid: {KEY}.")) as server:
        with pytest.raises(EmbedderFailure, match="API key not valid") as found:
            backend(server).open()
        assert KEY not in f"{found.value} {found.value.__cause__!r} {backend(server)!r}"
    assert KEY not in caplog.text


def test_a_provider_that_is_not_there_is_told_in_words() -> None:
    nowhere = GeminiBackend(secret=KEY, base_url="http://127.0.0.1:9", dims=DIMS, patience=QUICK)
    with pytest.raises(EmbedderFailure, match=r"cannot be reached at 127\.0\.0\.1:9: nothing listens there"):
        nowhere.open()


def test_what_a_run_costs_is_said_before() -> None:
    with Loopback(gemini) as server:
        embedder = backend(server).open()
        assert (
            embedder.estimate(10_000) == "10,000 images will be sent to Google (gemini-embedding-2), for about $1.20."
        )
        embedder.close()
