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
_SAMPLE = 32768
_LOOKUP, _CHECK, _TABLE = 3.0, 10.0, 2.0
"""Measured nanoseconds of looking a key up, of checking a candidate, and of one slot of a table."""
_COMPARE = 0.8
"""Measured nanoseconds of comparing 64 bits with 64 others without any index."""


@dataclass(frozen=True, slots=True)
class Band:
    """Some bits of the codes (positions, most significant first) and the errors allowed in them."""

    bits: NDArray[np.int64]
    errors: int

    def masks_by_top(self, *, zero: bool) -> Iterator[tuple[int, list[int]]]:
        """Yield all differences of keys with 1 to `errors` bits, by their highest bit; no difference too if `zero`."""
        if zero:
            yield 0, [0]
        for top in range(len(self.bits) if self.errors else 0):
            lower = [1 << bit for bit in range(top)]
            yield top, [1 << top | sum(rest) for count in range(self.errors) for rest in combinations(lower, count)]

    def keys(self, columns: NDArray[np.uint8]) -> NDArray[np.uint32]:
        """Cut this band out of codes; `columns`: uint8 (bytes, n), the codes transposed."""
        keys = np.zeros(columns.shape[1], np.uint32)
        for bit in self.bits:
            keys <<= np.uint32(1)
            keys |= (columns[bit >> 3] >> np.uint8(7 - (bit & 7))) & np.uint8(1)
        return keys


def choose_bands(codes: NDArray[np.uint8], radius: int, queries: int) -> list[Band] | None:
    """Give the bands that cost least for joining `queries` rows with `codes`, or None where comparing all is cheaper.

    `codes`: uint8 (n, bytes).
    """
    bits = codes.shape[1] * 8
    plans = [_widths(bits, radius, errors) for errors in range(3)]
    costs = [_cost(plan, len(codes), queries) for plan in plans]
    cheapest = int(np.argmin(costs))
    if costs[cheapest] > len(codes) * queries * bits / 64 * _COMPARE:
        return None
    return _deal(_by_balance(codes), plans[cheapest])


def _widths(bits: int, radius: int, errors: int) -> list[tuple[int, int]]:
    """Widths and allowed errors of bands for a radius, with at most `errors` errors in each."""
    count = min(-(-(radius + 1) // (errors + 1)), bits)
    allowed = [errors] * count
    allowed[-1] = max(radius - (errors + 1) * (count - 1), 0)
    widths = [bits // count + (band < bits % count) for band in range(count)]
    return [(min(width, _WIDEST), limit) for width, limit in zip(widths, allowed, strict=True)]


def _cost(plan: list[tuple[int, int]], codes: int, queries: int) -> float:
    total = 0.0
    for width, errors in plan:
        masks = sum(comb(width, count) for count in range(errors + 1))
        total += masks * queries * (_LOOKUP + _CHECK * codes / 2**width) + _TABLE * 2**width
    return total


def _by_balance(codes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Bit positions, the most evenly split first, neighbours apart: neighbouring bits of a hash go together."""
    step = -(-len(codes) // _SAMPLE)
    share = np.unpackbits(codes[::step], axis=1).mean(axis=0)
    scattered = (np.arange(len(share), dtype=np.uint64) * np.uint64(2654435769)) % np.uint64(2**32)
    return np.lexsort((scattered, np.round(np.abs(share - 0.5), 2)))


def _deal(order: NDArray[np.int64], plan: list[tuple[int, int]]) -> list[Band]:
    hands = [order[band :: len(plan)] for band in range(len(plan))]
    return [Band(hand[:width], errors) for hand, (width, errors) in zip(hands, plan, strict=True)]
