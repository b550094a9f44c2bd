"""Cutting codes into bands: the pigeonhole that makes a Hamming join fast (multi-index hashing, Norouzi 2012).

Two codes that differ in at most r bits, cut into bands that allow t_1, t_2, ... errors with sum(t_i + 1) = r + 1,
are within t_i in some band i: otherwise they would differ in at least r + 1 bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

_WIDEST = 24
_SAMPLE = 1024
_TURNS = 16
_MOST_ERRORS = 2
_CONSTANT = 0.495
_LOOKUP, _CHECK, _TABLE, _MASK = 3.0, 10.0, 2.0, 6e4
"""Measured nanoseconds of looking a key up, of checking a candidate, of one slot of a table, of starting a mask."""
_COMPARE = 0.8
"""Measured nanoseconds of comparing 64 bits with 64 others without any index."""


@dataclass(frozen=True, slots=True)
class Band:
    """Some bits of the codes (positions, most significant first) and the errors allowed in them."""

    bits: NDArray[np.int64]
    errors: int

    @property
    def masks(self) -> int:
        """How many differences of keys have at most `errors` bits."""
        return sum(comb(len(self.bits), count) for count in range(self.errors + 1))

    @property
    def meeting(self) -> float:
        """Share of pairs of random codes that the band makes candidates."""
        return self.masks / float(1 << len(self.bits))

    def masks_by_top(self, *, zero: bool) -> Iterator[tuple[int, list[int]]]:
        """Yield all differences of keys with 1 to `errors` bits, by their highest bit; no difference too if `zero`."""
        if zero:
            yield 0, [0]
        for top in range(len(self.bits) if self.errors else 0):
            lower = [1 << bit for bit in range(top)]
            yield top, [1 << top | sum(rest) for count in range(self.errors) for rest in combinations(lower, count)]

    def keys(self, codes: NDArray[np.uint8]) -> NDArray[np.uint32]:
        """Cut this band out of codes; `codes`: uint8 (n, bytes)."""
        keys = np.zeros(len(codes), np.uint32)
        for bit in self.bits:
            keys <<= np.uint32(1)
            keys |= (codes[:, bit >> 3] >> np.uint8(7 - (bit & 7))) & np.uint8(1)
        return keys


def choose_bands(codes: NDArray[np.uint8], radius: int, queries: NDArray[np.uint8]) -> list[Band] | None:
    """Give the bands that cost least for joining queries with codes, or None where comparing all is cheaper.

    `codes`, `queries`: uint8 (n, bytes) and (m, bytes). Bits that hardly differ between codes are left out of the
    bands, and what a plan costs is estimated from a sample of pairs: bits of real hashes are not independent.
    """
    sample, asking = codes[:: -(-len(codes) // _SAMPLE)], queries[:: -(-len(queries) // _SAMPLE)]
    bits = _useful_bits(sample)
    if not len(bits):
        return None
    best, least = None, len(codes) * len(queries) * codes.shape[1] / 8 * _COMPARE
    plans = [_deal(bits, radius, errors) for errors in range(_MOST_ERRORS + 1)]
    at_least = [sum(_cost(band, band.meeting, len(codes), len(queries)) for band in plan) for plan in plans]
    for plan, floor in sorted(zip(plans, at_least, strict=True), key=lambda pair: pair[1]):
        if floor >= least:
            break
        cost = sum(_cost(band, _meeting(band, sample, asking), len(codes), len(queries)) for band in plan)
        if cost < least:
            best, least = plan, cost
    return best


def _useful_bits(sample: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Bit positions, the most evenly split first, neighbours apart: neighbouring bits of a hash go together."""
    share = np.unpackbits(sample, axis=1).mean(axis=0)
    scattered = (np.arange(len(share), dtype=np.uint64) * np.uint64(2654435769)) % np.uint64(2**32)
    unevenness = np.abs(share - 0.5)
    order = np.lexsort((scattered, np.round(unevenness, 2)))
    kept: NDArray[np.int64] = order[unevenness[order] < _CONSTANT]
    return kept


def _deal(bits: NDArray[np.int64], radius: int, errors: int) -> list[Band]:
    """Deal bits out to bands for a radius, with at most `errors` errors in each."""
    count = min(-(-(radius + 1) // (errors + 1)), len(bits))
    allowed = [errors] * count
    allowed[-1] = max(radius - (errors + 1) * (count - 1), 0)
    return [Band(bits[band::count][:_WIDEST], limit) for band, limit in enumerate(allowed)]


def _meeting(band: Band, sample: NDArray[np.uint8], asking: NDArray[np.uint8]) -> float:
    """Share of pairs that a band makes candidates, by a sample; at least that of random bits."""
    size = min(len(sample), len(asking))
    keys, others = band.keys(sample[:size]), band.keys(asking[:size])
    turns = sorted({1 + turn * (size - 1) // _TURNS for turn in range(_TURNS)})
    near = sum(int((np.bitwise_count(keys ^ np.roll(others, turn)) <= band.errors).sum()) for turn in turns)
    return max(near / (size * len(turns)), band.meeting)


def _cost(band: Band, meeting: float, codes: int, queries: int) -> float:
    """Nanoseconds that joining along a band takes, about, where a share `meeting` of all pairs become candidates."""
    table = _TABLE * float(1 << len(band.bits))
    return band.masks * (_MASK + _LOOKUP * queries) + _CHECK * meeting * codes * queries + table
