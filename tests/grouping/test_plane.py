"""A plane shows what is alike side by side."""

from __future__ import annotations

import numpy as np
import pytest

from sosie.grouping.plane import plane


@pytest.mark.parametrize("count", [40, 600, 1500])
def test_points_of_one_cluster_stand_together(count: int) -> None:
    rng = np.random.default_rng(2)
    clusters = count // 20
    label = np.arange(count) % clusters
    centres = rng.normal(0, 1, (clusters, 96))
    places = plane((centres[label] + rng.normal(0, 0.25, (count, 96))).astype(np.float16))
    assert places.shape == (count, 2)
    assert places.min() >= 0
    assert places.max() <= 1
    gap = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(gap, np.inf)
    nearest = np.argsort(gap, axis=1)[:, :3]
    assert (label[nearest] == label[:, None]).mean() > 0.9


def test_equal_vectors_give_equal_planes() -> None:
    vectors = np.random.default_rng(5).normal(0, 1, (120, 32)).astype(np.float16)
    assert np.array_equal(plane(vectors), plane(vectors.copy()))


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_few_points_or_none_are_placed(count: int) -> None:
    vectors = np.random.default_rng(1).normal(0, 1, (count, 16)).astype(np.float16)
    places = plane(vectors)
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()


def test_what_has_no_vector_lies_at_the_lower_edge_and_copies_in_one_spot_are_no_trouble() -> None:
    vectors = np.ones((30, 8), np.float16)
    vectors[20:] = 0
    places = plane(vectors)
    assert (places[20:, 1] == 1).all()
    assert np.isfinite(places).all()
