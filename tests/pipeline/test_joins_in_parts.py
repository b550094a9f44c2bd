"""Joins that are done in parts find what they find as a whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sosie.engine.executors import Inline
from sosie.engine.files import Folder
from sosie.engine.run import Run
from sosie.matching.hamming import pairs_within
from sosie.matching.similar import Joined, SimilarParams, similar_pairs
from sosie.pipeline.steps.hashes import join_of
from sosie.pipeline.steps.looks import TaskJoins
from sosie.types import Pairs


def same(one: Pairs, other: Pairs) -> bool:
    columns = ("a", "b", "score")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in columns)


@pytest.mark.parametrize("shards", [1, 2, 7])
def test_hashes_joined_in_parts_make_the_same_pairs_at_the_same_distances(shards: int, tmp_path: Path) -> None:
    draw = np.random.default_rng(shards)
    variants = draw.integers(0, 256, (90, 8, 4), np.uint8)
    variants[40:60] = variants[:20] ^ np.uint8(1)  # near in every variant
    variants[60:70, 0] = variants[:10, 3]  # near in one alone
    whole = pairs_within(variants[:, 0], 5, variants)
    assert len(whole) >= 30
    parts = join_of(Run(Folder(tmp_path), Inline(), shards))(variants[:, 0], 5, variants)
    assert same(whole, parts)


def crowded(count: int = 400) -> NDArray[np.float16]:
    """Vectors around a few centres, so near each other that there are many pairs."""
    draw = np.random.default_rng(5)
    centres = draw.normal(size=(12, 24))
    rows = centres[draw.integers(0, 12, count)] + 0.25 * draw.normal(size=(count, 24))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float16)


@pytest.mark.parametrize("most", [10_000_000, 1500], ids=["all kept", "thinned"])
@pytest.mark.parametrize("exact_up_to", [1000, 10], ids=["exact", "cells"])
@pytest.mark.parametrize("shards", [1, 3, 7])
def test_vectors_joined_in_parts_make_the_same_pairs(shards: int, exact_up_to: int, most: int, tmp_path: Path) -> None:
    params = SimilarParams(threshold=0.9, exact_up_to=exact_up_to, most=most, nearest=3, sample=50)
    whole = similar_pairs(crowded(), params)
    assert len(whole.pairs) > 400
    assert whole.thinned == (most == 1500)
    parts: Joined = similar_pairs(crowded(), params, joins=TaskJoins(Run(Folder(tmp_path), Inline(), shards)))
    assert same(whole.pairs, parts.pairs)
    assert (whole.recall, whole.thinned, whole.method) == (parts.recall, parts.thinned, parts.method)
