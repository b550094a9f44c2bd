"""All pairs of hash codes within a radius, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from sosie.errors import UsageError
from sosie.matching.hamming.bands import Band, choose_bands
from sosie.matching.hamming.found import Found
from sosie.matching.hamming.index import Codes, Index
from sosie.types import Pairs

_CHUNK = 1 << 16
"""Candidates that are checked at once: their words stay in the processor's cache."""
_MANY = 1.5
"""Neighbours that a position has on average, from which on they are spread out at once and not one by one."""
_QUERIES = 1 << 20
"""Variants that are joined at once: what bounds the memory for many variants."""

Positions = NDArray[np.int64]


def pairs_within(
    codes: NDArray[np.uint8],
    radius: int,
    variants: NDArray[np.uint8] | None = None,
    *,
    limit: int = 50_000_000,
) -> Pairs:
    """Give every pair of codes at most `radius` bits apart, with the distance as score.

    `codes`: uint8 (n, bytes). `variants`: uint8 (n, k, bytes), the same images turned and flipped: then (i, j) is a
    pair if some variant of i is within the radius of plain j, or some variant of j of plain i, and the score is the
    least of these distances; add the plain codes as a variant to have plain matches too.

    Exact, whatever the codes are; memory grows with n and the pairs found. Equal codes make quadratically many
    pairs: leave them out with `representatives`. Raises `UsageError` when more than `limit` pairs are found.
    """
    _check(codes, radius, variants)
    found = Found(len(codes), codes.shape[1] * 8, limit)
    if not len(codes):
        return found.pairs()
    plain = Codes.of(np.ascontiguousarray(codes))
    if variants is None:
        _join(plain, plain, radius, found)
        return found.pairs()
    for turned in _variants_in_parts(variants, plain):
        _join(turned, plain, radius, found)
    return found.pairs()


def pairs_of_rows(
    codes: NDArray[np.uint8], radius: int, variants: NDArray[np.uint8], start: int, *, limit: int = 50_000_000
) -> Pairs:
    """Give the part of `pairs_within` that the variants of some rows find: those from row `start` on, (m, k, bytes).

    The parts of all rows together are its pairs; one that two parts have has the lesser of their scores.
    """
    _check(codes, radius, None)
    found = Found(len(codes), codes.shape[1] * 8, limit)
    plain = Codes.of(np.ascontiguousarray(codes))
    step = max(_QUERIES // variants.shape[1], 1)
    for first in range(0, len(variants), step):
        part = variants[first : first + step]
        owners = np.repeat(np.arange(start + first, start + first + len(part)), part.shape[1])
        _join(Codes.of(np.ascontiguousarray(part).reshape(-1, part.shape[2]), owners), plain, radius, found)
    return found.pairs()


def merged(count: int, bits: int, parts: Iterable[Pairs], *, limit: int = 50_000_000) -> Pairs:
    """Put the pairs of several parts of a join of `count` codes together, each once at its least distance."""
    found = Found(count, bits, limit)
    for part in parts:
        found.add(part.a, part.b, part.score.astype(np.int64))
    return found.pairs()


def _check(codes: NDArray[np.uint8], radius: int, variants: NDArray[np.uint8] | None) -> None:
    if codes.dtype != np.uint8 or codes.ndim != 2:
        raise UsageError("Codes must be uint8 of shape (n, bytes).", next_step="Pass one row of bytes a code.")
    if radius < 0:
        raise UsageError("The radius of a Hamming join must not be negative.", next_step="Pass 0 for equal codes.")
    if variants is not None and (variants.dtype != np.uint8 or variants.shape[::2] != codes.shape):
        raise UsageError(
            f"Variants must be uint8 of shape (n, k, bytes) for codes of shape {codes.shape}.",
            next_step="Pass as many rows of variants as codes, with as many bytes.",
        )


def _variants_in_parts(variants: NDArray[np.uint8], plain: Codes) -> Iterator[Codes]:
    """Yield what to join with the plain codes: they themselves where a variant equals them, and the other variants."""
    kept = [k for k in range(variants.shape[1]) if not np.array_equal(variants[:, k], plain.rows)]
    if len(kept) < variants.shape[1]:
        yield plain
    if not kept:
        return
    step = max(_QUERIES // len(kept), 1)
    for start in range(0, len(variants), step):
        part = variants[start : start + step, kept]
        owners = np.repeat(np.arange(start, start + len(part)), len(kept))
        yield Codes.of(np.ascontiguousarray(part).reshape(-1, variants.shape[2]), owners)


def _join(queries: Codes, plain: Codes, radius: int, found: Found) -> None:
    bands = choose_bands(plain.rows, radius, queries.rows)
    if bands is None:
        _compare_all(queries, plain, radius, found)
        return
    heads, searched_heads = plain.heads(), queries.heads()
    for band in bands:
        index = Index.of(plain, heads, band)
        searched = index if queries is plain else Index.of(queries, searched_heads, band, table=False)
        for hits in _hits(searched, index, band):
            for left, right in _expand(*hits):
                _keep_near(searched, left, index, right, radius, found)


def _compare_all(queries: Codes, plain: Codes, radius: int, found: Found) -> None:
    """Compare every pair: for few codes, or a radius so large that no index helps."""
    step = max(_CHUNK // len(plain.rows), 1)
    words = np.ascontiguousarray(plain.words.T)
    for start in range(0, len(queries.rows), step):
        first = start if queries is plain else 0
        block, others = queries.words[start : start + step], words[:, first:]
        distances = np.zeros((len(block), others.shape[1]), np.uint16)
        for word, other in zip(block.T, others, strict=True):
            distances += np.bitwise_count(word[:, None] ^ other)
        left, right = np.nonzero(distances <= radius)
        found.add(queries.owners[start + left], plain.owners[first + right], distances[left, right].astype(np.int64))


def _hits(searched: Index, index: Index, band: Band) -> Iterator[tuple[Positions, Positions, Positions]]:
    """Yield positions of queries with the start and the size of a bucket whose key is within the band's errors.

    Where codes are joined with themselves each pair of positions comes once: equal keys as (earlier, later), other
    keys from the side whose key lacks the highest of the bits that differ.
    """
    same = searched is index
    positions = np.arange(len(searched.keys))
    if same:
        starts = positions + 1
        counts = index.stops(searched.keys) - starts
        hit = np.flatnonzero(counts)
        yield hit, starts[hit], counts[hit]
    for top, masks in band.masks_by_top(zero=not same):
        asking = np.flatnonzero(searched.keys >> top & 1 == 0) if same else positions
        keys = searched.keys[asking]
        for mask in masks:
            targets = keys ^ mask
            hit = np.flatnonzero(index.occupied[targets])
            starts, stops = index.range(targets[hit])
            yield asking[hit], starts, stops - starts


def _expand(positions: Positions, starts: Positions, counts: Positions) -> Iterator[tuple[Positions, Positions]]:
    """Yield each position with each of its `counts` neighbours from `starts` on, a chunk at a time."""
    if counts.sum() > _MANY * len(counts):
        yield from _expand_many(positions, starts, counts)
        return
    for chunk in range(0, len(positions), _CHUNK):
        yield positions[chunk : chunk + _CHUNK], starts[chunk : chunk + _CHUNK]
    more = np.flatnonzero(counts > 1)
    if len(more):
        yield from _expand(positions[more], starts[more] + 1, counts[more] - 1)


def _expand_many(positions: Positions, starts: Positions, counts: Positions) -> Iterator[tuple[Positions, Positions]]:
    ends = np.cumsum(counts)
    first = 0
    while first < len(positions):
        done = ends[first - 1] if first else 0
        last = max(int(np.searchsorted(ends, done + _CHUNK, side="right")), first + 1)
        sizes = counts[first:last]
        offsets = starts[first:last] - (ends[first:last] - sizes - done)
        right = np.arange(ends[last - 1] - done) + np.repeat(offsets, sizes)
        yield np.repeat(positions[first:last], sizes), right
        first = last


def _keep_near(searched: Index, left: Positions, index: Index, right: Positions, radius: int, found: Found) -> None:
    """Add the candidates within the radius to what is found; nearly all others are told by their heads."""
    counts = np.bitwise_count(searched.heads[left].view(np.uint64) ^ index.heads[right].view(np.uint64))
    if len(counts) > len(left):
        both = counts.view(np.uint16)
        counts = (both >> np.uint16(8)) + (both & np.uint16(255))
    near = np.flatnonzero(counts <= radius)
    if not len(near):
        return
    rows, others = searched.order[left[near]], index.order[right[near]]
    distances = np.bitwise_count(searched.codes.words[rows] ^ index.codes.words[others]).sum(axis=1, dtype=np.int64)
    kept = np.flatnonzero(distances <= radius)
    found.add(searched.codes.owners[rows[kept]], index.codes.owners[others[kept]], distances[kept])
