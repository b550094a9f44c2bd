"""Codes as arrays, and codes sorted by one band so that equal keys lie together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sosie.matching.hamming.bands import Band


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes in the forms that a join needs.

    `rows`: uint8 (n, bytes); `words`: uint64 (n, words), filled up with zeros; `owners`: int64 (n,), the image that
    each code is of.
    """

    rows: NDArray[np.uint8]
    words: NDArray[np.uint64]
    owners: NDArray[np.int64]

    @classmethod
    def of(cls, rows: NDArray[np.uint8], owners: NDArray[np.int64] | None = None) -> Codes:
        """Take contiguous rows; without owners each is of its own image."""
        count, size = rows.shape
        padded = np.zeros((count, -(-size // 8) * 8), np.uint8)
        padded[:, :size] = rows
        return cls(rows, padded.view(np.uint64), np.arange(count) if owners is None else owners)

    def heads(self) -> NDArray[Any]:
        """The first two words of each code as one number (n,), or the only word: what is compared first.

        Two words are disguised as a complex number, which is the widest that NumPy gathers at full speed.
        """
        if self.words.shape[1] == 1:
            return self.words[:, 0]
        return np.ascontiguousarray(self.words[:, :2]).view(np.complex128)[:, 0]


@dataclass(frozen=True, slots=True)
class Index:
    """Codes in the order of their keys in a band: neighbours in the index are neighbours in memory.

    `keys`: int64 (n,), ascending; `order`: int64 (n,), the rows of the codes; `heads`: (n,) of `Codes.heads`. With a
    table the codes of key k are those from `edges[k]` to `edges[k + 1]`, and `occupied[k]` says whether there are any.
    """

    codes: Codes
    keys: NDArray[np.int64]
    order: NDArray[np.int64]
    heads: NDArray[Any]
    edges: NDArray[np.int32]
    occupied: NDArray[np.bool_]

    @classmethod
    def of(cls, codes: Codes, heads: NDArray[Any], band: Band, *, table: bool = True) -> Index:
        """Sort codes by a band; only what is searched in needs a table."""
        keys = band.keys(codes.rows).astype(np.int64)
        packed = np.sort((keys << 32) | np.arange(len(keys)))
        order, keys = packed & 0xFFFFFFFF, packed >> 32
        size = 1 << len(band.bits) if table else 0
        counts = np.bincount(keys, minlength=size) if table else np.zeros(0, np.int64)
        edges = np.zeros(size + 1, np.int32)
        np.cumsum(counts, out=edges[1:])
        return cls(codes, keys, order, heads[order], edges, counts > 0)

    def range(self, keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the codes of these keys start and stop."""
        return self.edges[keys].astype(np.int64), self.stops(keys)

    def stops(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the codes of these keys stop."""
        return self.edges[keys + 1].astype(np.int64)
