"""One suite that every back end passes, against the real thing or a server that speaks like it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sosie.errors import Cancelled, EmbedderFailure
from sosie.fingerprints.embedders.base import Backend, Embedder, Rejected
from sosie.fingerprints.embedders.rows import from_row, to_row
from tests.contract import test_gemini, test_huggingface
from tests.contract.backends import BACKENDS as LOCAL
from tests.contract.loopback import Reply
from tests.contract.tiny import picture

BACKENDS = {
    **LOCAL,
    "gemini": test_gemini.opened,
    "huggingface": test_huggingface.opened,
    "huggingface router": test_huggingface.routed,
}
REMOTE = [name for name in BACKENDS if name not in ("builtin", "fake", "clip")]


@pytest.fixture(params=list(BACKENDS))
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    with BACKENDS[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture
def embedder(backend: Backend) -> Iterator[Embedder]:
    opened = backend.open()
    yield opened
    opened.close()


def vectors(embedder: Embedder, seeds: range) -> np.ndarray:
    answers = embedder.embed([embedder.prepare(picture(seed)) for seed in seeds])
    assert not any(isinstance(answer, Rejected) for answer in answers)
    return np.stack([answer for answer in answers if not isinstance(answer, Rejected)])


def test_vectors_have_the_length_of_the_space_and_length_one(embedder: Embedder) -> None:
    found = vectors(embedder, range(11))
    assert found.shape == (11, embedder.space.dims)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_the_same_picture_gives_the_same_vector_and_others_another(embedder: Embedder) -> None:
    first, second = vectors(embedder, range(5)), vectors(embedder, range(5))
    np.testing.assert_allclose(first, second, atol=1e-6)
    assert np.abs(first[0] - first[1]).max() > 1e-3


def test_the_order_is_kept_and_the_company_does_not_matter(embedder: Embedder) -> None:
    together = vectors(embedder, range(9))
    alone = np.concatenate([vectors(embedder, range(seed, seed + 1)) for seed in range(9)])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_no_pictures_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed([]) == []


def test_a_row_gives_its_vector_back(embedder: Embedder) -> None:
    vector = vectors(embedder, range(1))[0]
    row = from_row(embedder.space, to_row(embedder.space, vector))
    assert row is not None
    np.testing.assert_allclose(row.astype(np.float32), vector, atol=2e-3)


def test_a_known_space_is_the_space_of_the_embedder(backend: Backend) -> None:
    known = backend.known_space()
    embedder = backend.open()
    assert known in (None, embedder.space)
    assert embedder.space.metric == "cosine"
    assert 0 < embedder.threshold <= 1
    embedder.close()


def test_after_a_cancel_nothing_more_is_embedded(embedder: Embedder) -> None:
    prepared = [embedder.prepare(picture(0))]
    embedder.cancel()
    with pytest.raises(Cancelled):
        embedder.embed(prepared)


def numbers(change: float, value: Any) -> Any:
    """An answer with another number in the place of every one that is not whole."""
    if isinstance(value, dict):
        return {key: numbers(change, one) for key, one in value.items()}
    if isinstance(value, list):
        return [numbers(change, one) for one in value]
    if isinstance(value, str) and value.startswith("["):
        return json.dumps(numbers(change, json.loads(value)))
    return change if isinstance(value, float) else value


def one_less(value: Any) -> Any:
    """An answer without its last vector."""
    if isinstance(value, list):
        return value[:-1]
    rows = {key: one_less(one) for key, one in value.items() if isinstance(one, list)}
    return rows or {}


SPOILED: dict[str, Callable[[Any], Any]] = {
    "not a number": partial(numbers, float("nan")),
    "endless": partial(numbers, float("inf")),
    "nothing": partial(numbers, 0.0),
    "one vector less": one_less,
    "no answer": lambda _value: {},
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
@pytest.mark.parametrize("name", [name for name in REMOTE if name != "own service"])
def test_an_answer_that_cannot_be_trusted_is_refused_whole(
    name: str, spoil: Callable[[Any], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with BACKENDS[name](tmp_path) as backend:
        embedder = backend.open()
        honest = Reply.of
        monkeypatch.setattr(Reply, "of", lambda value, status=200, **headers: honest(spoil(value), status, **headers))
        with pytest.raises(EmbedderFailure):
            embedder.embed([embedder.prepare(picture(seed)) for seed in range(3)])
        embedder.close()


@pytest.mark.parametrize("name", REMOTE)
def test_a_broken_image_in_the_middle_is_refused_alone(name: str, tmp_path: Path) -> None:
    with BACKENDS[name](tmp_path) as backend:
        embedder = backend.open()
        prepared = [embedder.prepare(picture(seed)) for seed in range(9)]
        broken = [*prepared[:4], b"\xff\xd8 broken \xff\xd9", *prepared[4:]]
        answers = embedder.embed(broken)
        assert [isinstance(answer, Rejected) for answer in answers] == [False] * 4 + [True] + [False] * 5
        whole = embedder.embed(prepared)
        for got, wanted in zip([*answers[:4], *answers[5:]], whole, strict=True):
            assert isinstance(got, np.ndarray)
            np.testing.assert_allclose(got, wanted, atol=1e-5)
        embedder.close()
