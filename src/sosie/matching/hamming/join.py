"""All pairs of hash codes within a radius, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.errors import UsageError
from sosie.matching.hamming.bands import Band, choose_bands
from sosie.matching.hamming.found import Found
from sosie.types import Pairs

_CHUNK = 1 << 16
"""Candidates that are checked at once: their words stay in the processor's cache."""

Candidates = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Rows of queries and rows of codes to be compared, of equal length."""


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
    codes = np.ascontiguousarray(codes)
    found = Found(len(codes), limit)
    table = _Table(codes, _words(codes))
    if variants is None:
        _join(table, table, radius, found)
        return found.pairs()
    for turned in _variant_tables(variants, table):
        _join(turned, table, radius, found)
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


@dataclass(frozen=True, slots=True)
class _Table:
    """Codes as bytes (n, bytes) and as uint64 words (words, n); `copies` consecutive rows belong to one image."""

    codes: NDArray[np.uint8]
    words: NDArray[np.uint64]
    copies: int = 1


def _words(codes: NDArray[np.uint8]) -> NDArray[np.uint64]:
    rows, size = codes.shape
    padded = np.zeros((rows, -(-size // 8) * 8), np.uint8)
    padded[:, :size] = codes
    return np.ascontiguousarray(padded.view(np.uint64).T)


def _variant_tables(variants: NDArray[np.uint8], plain: _Table) -> Iterator[_Table]:
    """Yield what to join with the plain codes: they themselves where a variant equals them, and the other variants."""
    kept = [k for k in range(variants.shape[1]) if not np.array_equal(variants[:, k], plain.codes)]
    if len(kept) < variants.shape[1]:
        yield plain
    if kept:
        flat = np.ascontiguousarray(variants[:, kept]).reshape(-1, variants.shape[2])
        yield _Table(flat, _words(flat), copies=len(kept))


def _join(queries: _Table, table: _Table, radius: int, found: Found) -> None:
    if not len(table.codes):
        return
    bands = choose_bands(table.codes, radius, len(queries.codes))
    candidates = _all_candidates(queries, table) if bands is None else _band_candidates(queries, table, bands)
    for rows, others in candidates:
        near, distances = _within(queries.words, rows, table.words, others, radius)
        found.add(rows[near] // queries.copies, others[near], distances)


def _within(
    queries: NDArray[np.uint64],
    rows: NDArray[np.int64],
    words: NDArray[np.uint64],
    others: NDArray[np.int64],
    radius: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of the candidates within the radius, and their distances; most leave after two words."""
    near = np.arange(len(rows))
    distances = np.zeros(len(rows), np.int64)
    for first in range(0, len(words), 2):
        for word in range(first, min(first + 2, len(words))):
            distances += np.bitwise_count(queries[word][rows] ^ words[word][others])
        kept = np.flatnonzero(distances <= radius)
        near, rows, others, distances = near[kept], rows[kept], others[kept], distances[kept]
    return near, distances


def _all_candidates(queries: _Table, table: _Table) -> Iterator[Candidates]:
    """Yield every pair: for few codes, or a radius so large that no index helps."""
    count = len(table.codes)
    step = max(_CHUNK // count, 1)
    for start in range(0, len(queries.codes), step):
        rows = np.arange(start, min(start + step, len(queries.codes)))
        yield np.repeat(rows, count), np.tile(np.arange(count), len(rows))


def _band_candidates(queries: _Table, table: _Table, bands: list[Band]) -> Iterator[Candidates]:
    same = queries is table
    columns = np.ascontiguousarray(table.codes.T)
    query_columns = columns if same else np.ascontiguousarray(queries.codes.T)
    for band in bands:
        keys = band.keys(columns)
        buckets = _Buckets.of(keys, len(band.bits))
        query_keys = buckets.sorted_keys if same else band.keys(query_columns)
        rows = buckets.order if same else np.argsort(query_keys, kind="stable")
        yield from _neighbours(query_keys if same else query_keys[rows], rows, buckets, band.masks, same)


@dataclass(frozen=True, slots=True)
class _Buckets:
    """Rows sorted by key: bucket k is `order[starts[k] : starts[k] + counts[k]]`."""

    order: NDArray[np.int64]
    sorted_keys: NDArray[np.uint32]
    starts: NDArray[np.int32]
    counts: NDArray[np.int32]

    @classmethod
    def of(cls, keys: NDArray[np.uint32], width: int) -> _Buckets:
        order = np.argsort(keys, kind="stable")
        counts = np.bincount(keys, minlength=1 << width).astype(np.int32)
        return cls(order, keys[order], np.cumsum(counts, dtype=np.int32) - counts, counts)


def _neighbours(
    keys: NDArray[np.uint32], rows: NDArray[np.int64], buckets: _Buckets, masks: list[int], same: bool
) -> Iterator[Candidates]:
    """Yield the rows whose keys differ by a mask; in a join with itself each pair of rows once."""
    positions = np.arange(len(keys))
    for mask in masks:
        if same and not mask:
            starts = positions + 1
            counts = buckets.starts[keys] + buckets.counts[keys] - starts
            hits = np.flatnonzero(counts)
        else:
            half = np.flatnonzero((keys & np.uint32(1 << (mask.bit_length() - 1))) == 0) if same else positions
            targets = keys[half] ^ np.uint32(mask)
            counts = buckets.counts[targets]
            hits = np.flatnonzero(counts)
            starts = buckets.starts[targets]
            yield from _expand(rows[half[hits]], starts[hits], counts[hits], buckets.order)
            continue
        yield from _expand(rows[hits], starts[hits], counts[hits], buckets.order)


def _expand(
    rows: NDArray[np.int64], starts: NDArray[np.int64], counts: NDArray[np.int64], order: NDArray[np.int64]
) -> Iterator[Candidates]:
    """Yield each row with the `counts` entries of `order` from `starts` on, a chunk at a time."""
    ends = np.cumsum(counts, dtype=np.int64)
    first = 0
    while first < len(rows):
        done = ends[first - 1] if first else 0
        last = max(int(np.searchsorted(ends, done + _CHUNK, side="right")), first + 1)
        sizes = counts[first:last]
        offsets = starts[first:last] - (ends[first:last] - sizes - done)
        places = np.arange(ends[last - 1] - done) + np.repeat(offsets, sizes)
        yield np.repeat(rows[first:last], sizes), order[places]
        first = last
