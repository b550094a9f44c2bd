"""The joins of vectors are held to their plain definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sosie.errors import UsageError
from sosie.matching.similar import SimilarParams, nearest_to, similar_pairs, similar_pairs_plain
from sosie.types import Pairs


def clustered(count: int, seed: int, dims: int = 24, spread: float = 0.35) -> NDArray[np.float16]:
    draw = np.random.default_rng(seed)
    centres = draw.standard_normal((max(1, count // 5), dims))
    rows = centres[draw.integers(0, len(centres), count)] + spread * draw.standard_normal((count, dims))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float16)


def same(found: Pairs, wanted: Pairs) -> None:
    np.testing.assert_array_equal(found.a, wanted.a)
    np.testing.assert_array_equal(found.b, wanted.b)
    np.testing.assert_array_equal(found.score, wanted.score)


@settings(max_examples=25, deadline=None)
@given(count=st.integers(0, 90), seed=st.integers(0, 1000), threshold=st.floats(0.05, 1.0))
def test_the_join_equals_the_comparison_of_all_with_all(count: int, seed: int, threshold: float) -> None:
    vectors = clustered(count, seed) if count else np.zeros((0, 24), np.float16)
    same(similar_pairs(vectors, SimilarParams(threshold=threshold)).pairs, similar_pairs_plain(vectors, threshold))


def test_the_join_equals_its_definition_across_tiles() -> None:
    vectors = clustered(2300, 5)
    wanted = similar_pairs_plain(vectors, 0.8)
    for threads in (1, 3):
        same(similar_pairs(vectors, SimilarParams(threshold=0.8, threads=threads)).pairs, wanted)


def test_equal_vectors_are_a_pair_and_zeros_are_similar_to_none() -> None:
    vectors = np.zeros((4, 8), np.float16)
    vectors[0, 0] = vectors[2, 0] = 1
    pairs = similar_pairs(vectors, SimilarParams(threshold=1.0)).pairs
    assert list(zip(pairs.a, pairs.b, pairs.score, strict=True)) == [(0, 2, 1.0)]


def test_cells_find_nearly_all_and_say_how_many() -> None:
    vectors = clustered(4000, 1)
    wanted = similar_pairs_plain(vectors, 0.85)
    joined = similar_pairs(vectors, SimilarParams(threshold=0.85, exact_up_to=100, sample=500))
    found = set(zip(joined.pairs.a.tolist(), joined.pairs.b.tolist(), strict=True))
    true = set(zip(wanted.a.tolist(), wanted.b.tolist(), strict=True))
    assert found <= true
    assert len(found) >= 0.99 * len(true)
    assert abs(joined.recall - len(found) / len(true)) < 0.01
    assert joined.method.startswith("cells")


def test_a_poor_recall_widens_the_cells() -> None:
    draw = np.random.default_rng(0)
    rows = draw.standard_normal((3000, 8))  # no clusters at all: the worst case of cells
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
    narrow = SimilarParams(threshold=0.9, exact_up_to=100, visitors=1, margin=0.01, tries=1)
    wide = SimilarParams(threshold=0.9, exact_up_to=100, visitors=1, margin=0.01, tries=6)
    assert similar_pairs(vectors, narrow).recall < similar_pairs(vectors, wide).recall


def test_too_many_pairs_are_thinned_without_breaking_components() -> None:
    vectors = clustered(600, 2, spread=0.2)
    whole = similar_pairs(vectors, SimilarParams(threshold=0.5))
    thin = similar_pairs(vectors, SimilarParams(threshold=0.5, nearest=3, most=500))
    assert thin.thinned
    assert len(thin.pairs) < len(whole.pairs)
    for threshold in (0.5, 0.7, 0.9, 0.95):
        np.testing.assert_array_equal(components(600, thin.pairs, threshold), components(600, whole.pairs, threshold))


def components(count: int, pairs: Pairs, threshold: float) -> NDArray[np.int64]:
    label = np.arange(count)
    kept = pairs.score >= threshold
    for a, b in zip(pairs.a[kept], pairs.b[kept], strict=True):
        low, high = sorted((label[a], label[b]))
        label[label == high] = low
    return label


def test_the_nearest_rows_come_best_first() -> None:
    vectors = clustered(500, 3)
    rows, cosines = nearest_to(vectors[7].astype(np.float32), vectors, 5)
    assert rows[0] == 7
    wanted = np.sort(vectors.astype(np.float32) @ vectors[7].astype(np.float32))[::-1][:5]
    np.testing.assert_allclose(cosines, wanted, atol=2e-3)


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.01])
def test_a_threshold_that_cannot_be_is_refused(threshold: float) -> None:
    with pytest.raises(UsageError):
        SimilarParams(threshold=threshold)
