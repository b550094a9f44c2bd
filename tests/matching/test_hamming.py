"""The fast Hamming join finds exactly what the plain definition finds, whatever the codes."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sosie.errors import UsageError
from sosie.matching.hamming import (
    best_orientations,
    pairs_within,
    pairs_within_reference,
    representatives,
)
from sosie.matching.hamming.bands import choose_bands
from sosie.matching.hamming.lookup import CodeTable
from sosie.types import Pairs

Codes = NDArray[np.uint8]


def scattered(rng: np.random.Generator, count: int, size: int) -> Codes:
    return rng.integers(0, 256, (count, size), np.uint8)


def flipped(rng: np.random.Generator, codes: Codes, most: int) -> Codes:
    """Each code with up to `most` random bits flipped."""
    bits = codes.shape[1] * 8
    flips = rng.random((len(codes), bits)).argsort(axis=1) < rng.integers(0, most + 1, (len(codes), 1))
    return codes ^ np.packbits(flips, axis=1)


def clustered(seed: int, count: int, size: int, radius: int) -> Codes:
    """Codes of which many lie just inside or just outside of the radius of others, some equal."""
    rng = np.random.default_rng(seed)
    centres = scattered(rng, max(count // 4, 1), size)
    return flipped(rng, centres[rng.integers(0, len(centres), count)], min(radius + 2, size * 8))


def assert_same(found: Pairs, expected: Pairs) -> None:
    assert np.array_equal(found.a, expected.a)
    assert np.array_equal(found.b, expected.b)
    assert np.array_equal(found.score, expected.score)
    assert [str(part.dtype) for part in (found.a, found.b, found.score)] == ["int64", "int64", "float32"]


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(0, 150),
    size=st.sampled_from([1, 2, 3, 8, 9, 16, 32, 40]),
    share=st.floats(0, 0.4),
)
def test_the_join_finds_what_the_definition_says(seed: int, count: int, size: int, share: float) -> None:
    radius = int(share * size * 8)
    codes = clustered(seed, count, size, radius)
    assert_same(pairs_within(codes, radius), pairs_within_reference(codes, radius))


@settings(deadline=None, max_examples=80)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 80),
    size=st.sampled_from([2, 8, 32]),
    turns=st.integers(1, 8),
    plain=st.booleans(),
    radius=st.integers(0, 20),
)
def test_the_join_with_variants_finds_what_the_definition_says(
    seed: int, count: int, size: int, turns: int, plain: bool, radius: int
) -> None:
    codes = clustered(seed, count, size, radius)
    rng = np.random.default_rng(seed)
    variants = flipped(rng, codes[rng.integers(0, count, count * turns)], min(radius, size * 8)).reshape(
        count, turns, size
    )
    if plain:
        variants[:, 0] = codes
    assert_same(pairs_within(codes, radius, variants), pairs_within_reference(codes, radius, variants))


@pytest.mark.parametrize(("size", "radius"), [(32, 31), (32, 10), (32, 60), (8, 3), (8, 10), (8, 0)])
def test_every_planted_pair_is_found_among_thousands(size: int, radius: int) -> None:
    rng = np.random.default_rng(7)
    codes = scattered(rng, 6000, size)
    codes[:500] = flipped(rng, codes[5500:], radius)
    found = pairs_within(codes, radius)
    wanted = set(zip(range(500), range(5500, 6000), strict=True))
    assert wanted <= set(zip(found.a.tolist(), found.b.tolist(), strict=True))
    distances = np.bitwise_count(codes[found.a] ^ codes[found.b]).sum(axis=1)
    assert np.array_equal(found.score, distances)
    assert distances.max() <= radius


@pytest.mark.parametrize("radius", [3, 31])
def test_bands_cover_every_difference_within_the_radius(radius: int) -> None:
    codes = scattered(np.random.default_rng(1), 50_000, 32)
    bands = choose_bands(codes, radius, codes)
    assert bands is not None
    assert sum(band.errors + 1 for band in bands) >= radius + 1
    used = np.concatenate([band.bits for band in bands])
    assert len(np.unique(used)) == len(used)


def test_codes_that_share_most_of_their_bits_are_joined_in_bounded_memory() -> None:
    rng = np.random.default_rng(3)
    codes = np.tile(scattered(rng, 1, 32), (8_000, 1))
    codes[:, 20:] = scattered(rng, 8_000, 12)
    tracemalloc.start()
    found = pairs_within(codes, 20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40e6
    near = np.bitwise_count(codes[:, None, 20:] ^ codes[None, :300, 20:]).sum(axis=2) <= 20
    expected = np.argwhere(np.triu(near[:300], k=1))
    inside = found.b < 300
    assert np.array_equal(np.stack((found.a[inside], found.b[inside]), axis=1), expected)


def test_too_many_pairs_are_refused_with_what_to_do() -> None:
    with pytest.raises(UsageError, match="representatives"):
        pairs_within(np.zeros((400, 32), np.uint8), 31, limit=10_000)


def test_equal_codes_are_represented_by_the_first() -> None:
    codes = scattered(np.random.default_rng(5), 5, 32)[[3, 1, 3, 0, 1, 1, 4]]
    first, member_of = representatives(codes)
    assert first.tolist() == [0, 1, 3, 6]
    assert np.array_equal(codes[first[member_of]], codes)


def test_fifty_thousand_equal_codes_become_one_representative() -> None:
    codes = np.tile(scattered(np.random.default_rng(5), 1, 32), (50_000, 1))
    first, member_of = representatives(codes)
    assert first.tolist() == [0]
    assert not member_of.any()
    assert len(pairs_within(codes[first], 31)) == 0


def test_variants_are_represented_by_rows_that_are_equal_in_all_of_them() -> None:
    variants = scattered(np.random.default_rng(6), 24, 32).reshape(3, 8, 32)[[0, 1, 0, 2]]
    variants[2, 7, 5] ^= 1
    assert representatives(variants)[0].tolist() == [0, 1, 2, 3]


def test_the_orientation_says_which_variant_of_which_side_matched() -> None:
    rng = np.random.default_rng(8)
    variants = scattered(rng, 4 * 8, 32).reshape(4, 8, 32)
    variants[2, 5] = flipped(rng, variants[0, :1], 9)[0]
    variants[1, 3] = variants[3, 0]
    codes = variants[:, 0]
    pairs = pairs_within(codes, 31, variants)
    assert list(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)) == [(0, 2), (1, 3)]
    index, of_b = best_orientations(pairs, codes, variants)
    assert index.tolist() == [5, 3]
    assert of_b.tolist() == [True, False]


def test_codes_without_pairs_give_no_pairs() -> None:
    codes = scattered(np.random.default_rng(9), 100, 32)
    pairs = pairs_within(codes, 31)
    assert len(pairs) == 0
    index, of_b = best_orientations(pairs, codes, codes[:, None])
    assert len(index) == len(of_b) == 0


@pytest.mark.parametrize(
    ("codes", "radius", "variants"),
    [
        (np.zeros((3, 8), np.int64), 1, None),
        (np.zeros(8, np.uint8), 1, None),
        (np.zeros((3, 8), np.uint8), -1, None),
        (np.zeros((3, 8), np.uint8), 1, np.zeros((2, 8, 8), np.uint8)),
        (np.zeros((3, 8), np.uint8), 1, np.zeros((3, 8), np.uint8)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(codes: Codes, radius: int, variants: Codes | None) -> None:
    with pytest.raises(UsageError):
        pairs_within(codes, radius, variants)


@settings(deadline=None, max_examples=100)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(0, 300),
    words=st.sampled_from([1, 2, 4]),
    share=st.floats(0, 0.15),
    equal=st.integers(0, 48),
)
def test_a_lookup_finds_all_codes_within_the_radius(
    seed: int, count: int, words: int, share: float, equal: int
) -> None:
    """`equal`: so many first bits are the same in all codes, as in pictures of one design."""
    rng, radius = np.random.default_rng(seed), int(share * words * 64)
    codes = clustered(seed, count, words * 8, radius)
    codes[:, : equal // 8] = 7
    says, plain = rng.random(count) < 0.8, codes.view(np.uint64)
    asked = flipped(rng, codes[rng.integers(0, count, 3)], radius + 2) if count else scattered(rng, 3, words * 8)
    distance = np.bitwise_count(codes[:, None] ^ asked).sum(axis=2)
    expected = np.flatnonzero(says & (distance <= radius).any(axis=1))
    table = CodeTable(plain, says, radius)
    assert np.array_equal(table.near(asked.view(np.uint64)), expected)
    assert not len(table.near(asked[:0].view(np.uint64)))
