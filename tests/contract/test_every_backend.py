"""One suite that every back end passes, against the real thing or a server that speaks like it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sosie.errors import Cancelled
from sosie.fingerprints.embedders.base import Backend, Embedder, Rejected
from sosie.fingerprints.embedders.rows import from_row, to_row
from tests.contract import test_gemini, test_huggingface
from tests.contract.backends import BACKENDS as LOCAL
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
