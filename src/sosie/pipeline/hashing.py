"""Edges that need no local features: equal pixels, and copies by perceptual hashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.fingerprints.base import INVERSE, ORIENTATIONS
from sosie.fingerprints.dhash import DHASH64
from sosie.fingerprints.hashes import read_rows
from sosie.fingerprints.pdq import PDQ256
from sosie.fingerprints.tones import TONES, read_tones
from sosie.matching import tones
from sosie.matching.hamming import best_orientations, pairs_within, representatives
from sosie.pipeline.contents import Contents
from sosie.pipeline.equality import NONE, ensure_digests, possibly_equal
from sosie.pipeline.reading import ReadParams
from sosie.pipeline.threads import usable_cores
from sosie.store.catalogue import Catalogue
from sosie.types import Edge, Evidence, Pairs

PDQ_RADIUS = 31
"""Bits (of 256) that Meta advises, with a quality of at least 50."""
DHASH_RADIUS = 4
"""Bits (of 64): what recompression and resizing change at most in nearly all photos."""
QUALITY = 50
TINY = 16
"""Pixels of the shorter side below which a hash is mostly interpolation."""

_BLOCK = 512
_EQUAL = 16
"""Contents with one and the same hash that are compared each with each."""

Codes = NDArray[np.uint8]
Join = Callable[[Codes, int, Codes], Pairs]
"""Finds all pairs of codes within a radius of each other in any of their variants, as `pairs_within` does."""


@dataclass(frozen=True)
class Hashes:
    """The hashes of all contents of a run: codes uint8 (n, 8, bytes) in eight orientations, qualities uint8 (n,)."""

    dhash: Codes
    dhash_quality: NDArray[np.uint8]
    pdq: Codes
    pdq_quality: NDArray[np.uint8]
    tiny: NDArray[np.bool_]

    @property
    def pdq_says(self) -> NDArray[np.bool_]:
        """Which contents have a PDQ hash that carries information."""
        return (self.pdq_quality >= QUALITY) & ~self.tiny

    @property
    def dhash_says(self) -> NDArray[np.bool_]:
        """Which contents have a dHash that carries information."""
        return (self.dhash_quality >= QUALITY) & ~self.tiny


@dataclass(frozen=True)
class HashPairs:
    """Pairs near in either hash: distances in the orientation `turn` that makes `a` look like `b`."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    turn: NDArray[np.int64]
    pdq: NDArray[np.int64]
    dhash: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.a)


def load_hashes(contents: Contents, catalogue: Catalogue) -> Hashes:
    """Return the hashes of all contents."""
    dhash, pdq = (_rows(contents, catalogue, space.key) for space in (DHASH64, PDQ256))
    tiny = np.array([min(row.width, row.height) < TINY for row in contents.rows], dtype=np.bool_)
    return Hashes(*read_rows(DHASH64, dhash), *read_rows(PDQ256, pdq), tiny)


def how_compared(hashes: Hashes, described: NDArray[np.bool_]) -> list[str]:
    """Return for each content whether a hash or local features (`described`) tell of it: "yes", "flat" or "tiny"."""
    says = hashes.pdq_says | hashes.dhash_says | described
    return ["tiny" if tiny else "yes" if can else "flat" for tiny, can in zip(hashes.tiny, says, strict=True)]


def hash_pairs(hashes: Hashes, join: Join = pairs_within) -> HashPairs:
    """Return all pairs that are near in a hash that carries information, each once, sorted; `join` finds them."""
    near = _both_near(hashes, join)
    turns: dict[tuple[int, int], int] = {}
    for pairs, codes in zip(near, (hashes.pdq, hashes.dhash), strict=True):
        index, of_b = best_orientations(pairs, codes[:, 0], codes)
        inverse = np.array(INVERSE)[index]
        turn = np.where(of_b, inverse, index)
        for a, b, k in zip(pairs.a.tolist(), pairs.b.tolist(), turn.tolist(), strict=True):
            turns.setdefault((a, b), k)
    rows = sorted(turns)
    a, b = (np.array([row[end] for row in rows], dtype=np.int64) for end in (0, 1))
    turn = np.array([turns[row] for row in rows], dtype=np.int64)
    return HashPairs(a, b, turn, _distances(hashes.pdq, a, b, turn), _distances(hashes.dhash, a, b, turn))


def _both_near(hashes: Hashes, join: Join) -> list[Pairs]:
    """Join PDQ and dHash; side by side where the join is one of this process."""
    if join is not pairs_within:
        return [
            _near(hashes.pdq, hashes.pdq_says, PDQ_RADIUS, join),
            _near(hashes.dhash, hashes.dhash_says, DHASH_RADIUS, join),
        ]
    with ThreadPoolExecutor(1, "sosie-compare") as pool:
        by_pdq = pool.submit(_near, hashes.pdq, hashes.pdq_says, PDQ_RADIUS, join)
        by_dhash = _near(hashes.dhash, hashes.dhash_says, DHASH_RADIUS, join)
        return [by_pdq.result(), by_dhash]


def closest_hashes(hashes: Hashes, a: int, b: int) -> tuple[int, int, str]:
    """Return the PDQ and dHash distances of two contents, and the turn of `a` in which PDQ is nearest."""
    turns = np.arange(len(ORIENTATIONS))
    one, other = np.full(len(turns), a), np.full(len(turns), b)
    pdq = _distances(hashes.pdq, one, other, turns)
    best = int(np.argmin(pdq))
    return int(pdq[best]), int(_distances(hashes.dhash, one, other, turns)[best]), ORIENTATIONS[best]


def hash_edges(pairs: HashPairs, contents: Contents, catalogue: Catalogue, workers: int) -> list[Edge]:
    """Return the copies among pairs with near hashes: those whose colours tell of one picture, too."""
    used = np.unique(np.concatenate((pairs.a, pairs.b)))
    rows = catalogue.rows(TONES.key, [contents.keys[row] for row in used.tolist()])
    grids = read_tones([rows[contents.keys[row]] for row in used.tolist()])
    return tone_edges(pairs, used, grids, workers)


def tone_edges(pairs: HashPairs, used: NDArray[np.int64], grids: NDArray[np.uint8], workers: int) -> list[Edge]:
    """Return the copies among pairs with near hashes; `grids` are the colours of the contents `used`, ascending."""
    left = left_unexplained(pairs, used, grids, workers)
    columns = (pairs.a, pairs.b, pairs.turn, pairs.pdq, pairs.dhash, left)
    near = zip(*(column[left <= tones.limit()].tolist() for column in columns), strict=True)
    return [_hash_edge(*row) for row in near]


def left_unexplained(
    pairs: HashPairs, used: NDArray[np.int64], grids: NDArray[np.uint8], workers: int
) -> NDArray[np.float32]:
    """Return the difference of colours of each pair that no change of colour explains; `grids` as in `tone_edges`."""
    first, second = np.searchsorted(used, pairs.a), np.searchsorted(used, pairs.b)
    return _unexplained(_turned(grids, first, pairs.turn), grids[second], workers)


def _hash_edge(a: int, b: int, turn: int, pdq: int, dhash: int, left: float) -> Edge:
    evidence = Evidence(
        pdq_distance=pdq, dhash_distance=dhash, orientation=ORIENTATIONS[turn], colour_shift=round(left, 2)
    )
    return Edge(a, b, "copy", round(hash_score(pdq, left), 4), evidence)


def _unexplained(a: NDArray[np.uint8], b: NDArray[np.uint8], workers: int) -> NDArray[np.float32]:
    """Return `tones.unexplained` of all pairs, computed by several threads."""
    blocks = [slice(start, start + _BLOCK) for start in range(0, len(a), _BLOCK)]
    with ThreadPoolExecutor(workers or usable_cores(), "sosie-compare") as pool:
        parts = list(pool.map(lambda block: tones.unexplained(a[block], b[block]), blocks))
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def hash_score(pdq: int, left: float) -> float:
    """Return 1 for equal hashes and colours, falling to 0.9 at the limits of both."""
    return 1.0 - 0.05 * min(1.0, pdq / PDQ_RADIUS) - 0.05 * min(1.0, left / tones.limit())


def equal_edges(
    pairs: HashPairs, hashes: Hashes, contents: Contents, catalogue: Catalogue, params: ReadParams
) -> list[Edge]:
    """Return contents with equal pixels: among near hashes, and among those that a hash says nothing of."""
    rows = contents.rows
    wanted = {
        (a, b)
        for a, b, turn, distance in zip(*(x.tolist() for x in (pairs.a, pairs.b, pairs.turn, pairs.pdq)), strict=True)
        if turn == 0 and possibly_equal(rows[a], rows[b], distance)
    }
    silent: dict[tuple[int, int, bytes], list[int]] = defaultdict(list)
    for row in np.flatnonzero(~(hashes.pdq_says | hashes.dhash_says)).tolist():
        if rows[row].frames == 1:
            silent[rows[row].width, rows[row].height, hashes.dhash[row, 0].tobytes()].append(row)
    asked = {row for pair in wanted for row in pair} | {
        row for same in silent.values() if len(same) > 1 for row in same
    }
    digests = ensure_digests(asked, contents, catalogue, params.decode, params.max_bytes)
    classes: dict[bytes, list[int]] = defaultdict(list)
    for row in sorted(digests):
        if digests[row] != NONE:
            classes[digests[row]].append(row)
    return [
        Edge(same[0], other, "identical", 1.0, Evidence(equal="pixels"))
        for same in classes.values()
        for other in same[1:]
    ]


def _rows(contents: Contents, catalogue: Catalogue, space: str) -> Sequence[bytes]:
    rows = catalogue.rows(space, contents.keys)
    return [rows[key] for key in contents.keys]


def _near(codes: Codes, says: NDArray[np.bool_], radius: int, join: Join) -> Pairs:
    """Return pairs within a radius among contents whose hash says something.

    Of many contents with one hash only the first few are paired with all others; the rest are linked to the first.
    """
    rows = np.flatnonzero(says)
    first, member_of = representatives(codes[rows])
    order = np.lexsort((np.arange(len(rows)), member_of))
    rank = np.empty(len(rows), np.int64)
    rank[order] = np.arange(len(rows)) - np.searchsorted(member_of[order], member_of[order])
    few = rows[rank < _EQUAL]
    near = join(codes[few, 0], radius, codes[few])
    many = np.flatnonzero(rank >= _EQUAL)
    a = np.concatenate((few[near.a], rows[first[member_of[many]]]))
    b = np.concatenate((few[near.b], rows[many]))
    return Pairs(np.minimum(a, b), np.maximum(a, b), np.zeros(len(a), np.float32))


def _distances(codes: Codes, a: NDArray[np.int64], b: NDArray[np.int64], turn: NDArray[np.int64]) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = np.bitwise_count(codes[a, turn] ^ codes[b, 0]).sum(axis=1, dtype=np.int64)
    return counts


def _turned(grids: NDArray[np.uint8], rows: NDArray[np.int64], turn: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the grids of some rows in the orientation that each is to have."""
    result = grids[rows]
    for k in range(1, len(ORIENTATIONS)):
        chosen = turn == k
        result[chosen] = _orient(result[chosen], k)
    return result


def _orient(grids: NDArray[np.uint8], turn: int) -> NDArray[np.uint8]:
    match ORIENTATIONS[turn]:
        case "flip":
            return grids[:, ::-1]
        case "mirror":
            return grids[:, :, ::-1]
        case "transpose":
            return grids.transpose(0, 2, 1, 3)
        case "transverse":
            return np.rot90(grids, 2, (1, 2)).transpose(0, 2, 1, 3)
        case _:
            return np.rot90(grids, turn, (1, 2))
