"""What providers do wrong, and what becomes of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import pytest

from sosie.errors import Cancelled, EmbedderFailure
from sosie.fingerprints.embedders.gemini import GeminiBackend
from sosie.fingerprints.embedders.huggingface import HuggingFaceBackend
from sosie.fingerprints.embedders.remote import RemoteBackend
from sosie.fingerprints.embedders.retry import Patience
from sosie.fingerprints.embedders.service import ServiceBackend
from tests.contract.backends import QUICK, images_of, openai_list, provider, vector_of
from tests.contract.loopback import Loopback, Reply, Request
from tests.contract.tiny import picture


def service(server: Loopback, **more: object) -> ServiceBackend:
    return ServiceBackend(url=server.url, patience=QUICK, **more)  # type: ignore[arg-type]


def with_answer(spoil: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    """A provider that answers its models and its first picture (the test of `open`) well, then as `spoil` says."""
    seen: list[Request] = []

    def answer(request: Request) -> Reply:
        if request.path.endswith("/models") or not seen:
            if not request.path.endswith("/models"):
                seen.append(request)
            return provider(request)
        return spoil(request)

    return answer


def too_few(request: Request) -> Reply:
    return openai_list([vector_of(image) for image in images_of(request)][:-1])


def not_finite(request: Request) -> Reply:
    return openai_list([vector_of(image) * float("nan") for image in images_of(request)])


def shorter(request: Request) -> Reply:
    return openai_list([vector_of(image)[:-1] for image in images_of(request)])


def zeros(request: Request) -> Reply:
    return openai_list([vector_of(image) * 0 for image in images_of(request)])


def no_json(_request: Request) -> Reply:
    return Reply(200, b"<html>welcome to the hotel</html>")


def labels(_request: Request) -> Reply:
    return Reply.of([{"label": "shoe", "score": 0.9}])


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (too_few, "2 vectors for 3 images"),
        (not_finite, "not finite"),
        (shorter, "15 numbers instead of 16"),
        (zeros, "a vector of zeros"),
        (no_json, "no JSON"),
        (labels, "not in the shape"),
    ],
)
def test_an_answer_that_cannot_be_trusted_ends_the_use_of_the_provider(
    spoil: Callable[[Request], Reply], says: str
) -> None:
    with Loopback(with_answer(spoil)) as server:
        embedder = service(server).open()
        with pytest.raises(EmbedderFailure, match=says):
            embedder.embed([embedder.prepare(picture(seed)) for seed in range(3)])
        embedder.close()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again(status: int) -> None:
    times = iter([status, status, 200])

    def spoil(request: Request) -> Reply:
        code = next(times)
        return provider(request) if code == 200 else Reply.of({"detail": "later"}, code)

    with Loopback(with_answer(spoil)) as server:
        embedder = service(server).open()
        assert len(embedder.embed([embedder.prepare(picture(0))])) == 1
        embedder.close()


def test_the_wait_that_is_asked_for_is_kept() -> None:
    times = iter([429, 200])

    def spoil(request: Request) -> Reply:
        return provider(request) if next(times) == 200 else Reply.of({}, 429, **{"retry-after": "1"})

    with Loopback(with_answer(spoil)) as server:
        embedder = service(server).open()
        started = time.monotonic()
        embedder.embed([embedder.prepare(picture(0))])
        assert time.monotonic() - started >= 1.0
        embedder.close()


def test_a_wait_longer_than_patience_ends_the_use_at_once() -> None:
    with Loopback(with_answer(lambda _: Reply.of({}, 429, **{"retry-after": "3600"}))) as server:
        embedder = service(server).open()
        with pytest.raises(EmbedderFailure, match="answers 429"):
            embedder.embed([embedder.prepare(picture(0))])
        assert len(server.requests) == 3
        embedder.close()


def test_a_cancel_ends_a_wait_at_once() -> None:
    with Loopback(with_answer(lambda _: Reply.of({}, 503))) as server:
        patience = Patience(attempts=9, deadline=600, first=60, longest=60)
        embedder = ServiceBackend(url=server.url, patience=patience).open()
        prepared = [embedder.prepare(picture(0))]
        threading.Timer(0.2, embedder.cancel).start()
        with pytest.raises(Cancelled):
            embedder.embed(prepared)
        embedder.close()


def test_a_cancel_does_not_wait_for_a_provider_that_hangs() -> None:
    released = threading.Event()

    def hang(_request: Request) -> Reply:
        released.wait(60)
        return Reply.of({}, 503)

    with Loopback(with_answer(hang)) as server:
        embedder = service(server).open()
        prepared = [embedder.prepare(picture(0))]
        threading.Timer(0.2, embedder.cancel).start()
        with pytest.raises(Cancelled):
            embedder.embed(prepared)
        assert not released.is_set()
        released.set()
        embedder.close()


def test_a_service_that_is_not_there_is_told_in_words() -> None:
    with pytest.raises(EmbedderFailure, match=r"cannot be reached at 127\.0\.0\.1:9: nothing listens there"):
        ServiceBackend(url="http://127.0.0.1:9", patience=QUICK).open()
    with pytest.raises(EmbedderFailure, match=r"at no\.invalid: there is no connection, or no such host \(tried 2"):
        ServiceBackend(url="http://no.invalid", patience=QUICK).open()


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "example.com/clip", "ht!tp://::bad", "http://", "hf_geheim", "http://a:b:c"]
)
@pytest.mark.parametrize("kind", [ServiceBackend, HuggingFaceBackend])
def test_what_is_no_address_is_not_asked_at_all(kind: type[RemoteBackend], address: str) -> None:
    with pytest.raises(EmbedderFailure, match="Its address must begin with") as found:
        kind(url=address).open()  # type: ignore[call-arg]
    assert found.value.lasting
    assert address not in str(found.value).replace("http:// or", "")
    with pytest.raises(EmbedderFailure, match="Its address must begin with"):
        GeminiBackend(secret="AIza", base_url=address).open()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 503])
def test_a_secret_is_in_no_error_and_in_no_log(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def echo(request: Request) -> Reply:
        return Reply.of({"error": {"message": f"no: {request.headers['authorization']}"}}, status)

    with Loopback(echo) as server:
        backend = service(server, secret="geheim-4711")
        with pytest.raises(EmbedderFailure) as failure:
            backend.open()
        assert "geheim-4711" not in f"{failure.value} {failure.value.__cause__!r} {backend!r}"
        assert server.requests[0].headers["authorization"] == "Bearer geheim-4711"
    assert "geheim-4711" not in caplog.text
