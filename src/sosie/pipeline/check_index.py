"""The fingerprints of a catalogue in memory, to look one image up in milliseconds."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.features import Spots
from sosie.fingerprints.dhash import DHASH64
from sosie.fingerprints.hashes import read_rows
from sosie.fingerprints.local import SPOTS, VLAD, signs, vectors
from sosie.fingerprints.local.fingerprinter import UNIT
from sosie.fingerprints.pdq import PDQ256
from sosie.matching.hamming.lookup import CodeTable
from sosie.matching.neighbours import NeighbourParams
from sosie.matching.ranking import by_few_words
from sosie.matching.words import WordIndex
from sosie.pipeline.hashing import DHASH_RADIUS, PDQ_RADIUS, QUALITY, TINY
from sosie.pipeline.together import Together
from sosie.store.catalogue import Catalogue
from sosie.types import Space

Words = NDArray[np.uint64]
Ids = NDArray[np.int64]
Floats = NDArray[np.float32]
_FAR = 999
_FAVOURED = 1024
"""Contents that are looked at for their vectors, and as many for their votes: of copies, the one at least is high."""
_SAMPLED = 32
"""Of so many values one is looked at to tell from where on the largest lie."""
_LOOKED_AT = 100_000
"""Spots of the index that one image is compared with, those of its rarest words: all of them up to about 25,000
images."""


@dataclass(frozen=True, slots=True)
class Prints:
    """The fingerprints of one image, as the catalogue keeps them. `vector` is None and
    `spots` empty where no features were computed."""

    pdq: bytes
    dhash: bytes
    vector: bytes | None
    spots: bytes
    tiny: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A content that may be the same picture: hash distances in the orientation `turn` of the asked image, and how
    well vectors and words agree (0 where they name it not)."""

    key: bytes
    pdq: int
    dhash: int
    turn: int
    score: float

    @property
    def by_hash(self) -> bool:
        """Whether a hash calls it near."""
        return self.pdq <= PDQ_RADIUS or self.dhash <= DHASH_RADIUS


class _Hashes:
    """The hashes of one kind of some contents."""

    def __init__(self, space: Space, radius: int, rows: Sequence[bytes], prints: Sequence[Prints]) -> None:
        codes, qualities = read_rows(space, rows)
        self._codes = np.ascontiguousarray(codes[:, 0]).view(np.uint64).reshape(len(rows), space.dims // 64)
        tiny = np.array([row.tiny for row in prints], np.bool_)
        self._says = np.asarray((qualities >= QUALITY) & ~tiny)
        self._table = CodeTable(self._codes, self._says, radius)

    def near(self, row: bytes) -> Ids:
        """The contents near an image in one of its orientations, by its row."""
        return self._table.near(self._asked(row))

    def distances(self, rows: Ids, row: bytes) -> tuple[Ids, Ids]:
        """The distance of contents from the nearest orientation of an image, and which one that is."""
        asked, says = self._asked(row), self._says[rows]
        if not len(asked):
            return np.full(len(rows), _FAR, np.int64), np.zeros(len(rows), np.int64)
        every = np.bitwise_count(self._codes[rows][:, None] ^ asked).sum(axis=2, dtype=np.int64)
        return np.where(says, every.min(axis=1), _FAR), every.argmin(axis=1)

    def _asked(self, row: bytes) -> Words:
        """The hash in all orientations; none where it says nothing."""
        data = row[:-1] if row and row[-1] >= QUALITY else b""
        return np.frombuffer(data, np.uint64).reshape(-1, self._codes.shape[1])


class _Vectors:
    """The vectors of some contents, and the first quarter of each, by which most strangers are told."""

    def __init__(self, rows: Sequence[bytes]) -> None:
        self._rows = vectors(rows)
        self._blank: NDArray[np.bool_] = np.logical_not(self._rows.any(axis=1))
        self._signs = signs().astype(np.float32)
        kinds = np.unique(self._signs, axis=1, return_inverse=True)[1].ravel()
        columns = [np.flatnonzero(kinds == kind) for kind in range(int(kinds.max()) + 1)]
        self._first = np.concatenate([part[: -(-len(part) // 4)] for part in columns])
        self._heads = np.ascontiguousarray(self._rows[:, self._first].T.astype(np.float32))
        self._products = Together(self._multiply)

    def similar(self, vector: bytes, votes: Floats) -> tuple[Ids, Floats]:
        """Contents with features, ascending, and the similarity of each with an image in the form that fits best, -1
        to 1. In large collections only those that vectors or votes favour.
        """
        asked = vectors([vector])[0].astype(np.float32) * self._signs
        rows = np.arange(len(self._rows))
        if len(rows) > 2 * _FAVOURED:
            heads = self._products.ask(np.ascontiguousarray(asked[:, self._first]))
            rows = np.union1d(_largest(heads), _largest(votes))
        rows = rows[~self._blank[rows]]
        return rows, (self._rows[rows].astype(np.float32) @ asked.T).max(axis=1) / np.float32(UNIT**2)

    def _multiply(self, asked: Sequence[Floats]) -> Sequence[Floats]:
        """Reading the vectors from memory is what takes time: several images are multiplied at once."""
        products = np.concatenate(asked) @ self._heads
        return list(products.reshape(len(asked), -1, len(self._rows)).max(axis=1))


def _largest(values: Floats) -> Ids:
    """About as many of the largest as are favoured: from a bar on that a sample tells, which takes a tenth of the time
    of finding exactly so many; those, where many values are the same.
    """
    sample = values[::_SAMPLED]
    first = len(sample) - max(1, _FAVOURED // _SAMPLED)
    found = np.flatnonzero(values >= np.partition(sample, first)[first])
    if _FAVOURED // 2 <= len(found) <= 2 * _FAVOURED:
        return found
    return np.argpartition(values, len(values) - _FAVOURED)[len(values) - _FAVOURED :]


class Segment:
    """Some contents with their fingerprints, column by column.

    Memory: about 0.7 kB a content, and 20 bytes for each of its spots, of which most images have about 200.
    """

    def __init__(self, keys: Sequence[bytes], prints: Sequence[Prints]) -> None:
        self.keys = list(keys)
        self._pdq = _Hashes(PDQ256, PDQ_RADIUS, [row.pdq for row in prints], prints)
        self._dhash = _Hashes(DHASH64, DHASH_RADIUS, [row.dhash for row in prints], prints)
        self._vectors = _Vectors([row.vector if row.vector is not None else bytes(VLAD.dims) for row in prints])
        self._words = WordIndex(Spots.from_bytes([row.spots for row in prints]))

    def __len__(self) -> int:
        return len(self.keys)

    def look_up(self, prints: Prints, count: int) -> list[Near]:
        """Give what is near in a hash, at most `count`, and at most `count` that vectors and words name."""
        if not len(self):
            return []
        near = np.zeros(0, np.int64) if prints.tiny else np.union1d(*map(_Hashes.near, self._both, _rows(prints)))
        rows = self._nearest_first(near, prints)[:count]
        scores = self._named(prints, count)
        rows = np.array(list(dict.fromkeys([*rows.tolist(), *scores])), np.int64)
        (pdq, turn), (dhash, other) = self._distances(rows, prints)
        return [
            Near(
                key=self.keys[row],
                pdq=int(pdq[at]),
                dhash=int(dhash[at]),
                turn=int(turn[at] if pdq[at] <= PDQ_RADIUS else other[at]),
                score=scores.get(row, 0.0),
            )
            for at, row in enumerate(rows.tolist())
        ]

    @property
    def _both(self) -> tuple[_Hashes, _Hashes]:
        return self._pdq, self._dhash

    def _nearest_first(self, rows: Ids, prints: Prints) -> Ids:
        (pdq, _), (dhash, _) = self._distances(rows, prints)
        return rows[np.lexsort((rows, dhash, pdq))]

    def _distances(self, rows: Ids, prints: Prints) -> list[tuple[Ids, Ids]]:
        """Distance and turn of some contents, by PDQ and by dHash."""
        pairs = zip(self._both, _rows(prints), strict=True)
        return [hashes.distances(rows, b"" if prints.tiny else row) for hashes, row in pairs]

    def _named(self, prints: Prints, count: int) -> dict[int, float]:
        """The contents that vectors and words name, the best first, with their scores."""
        if prints.vector is None or not any(prints.vector):
            return {}
        look = self._words.look_for(Spots.from_bytes([prints.spots]), _LOOKED_AT)
        votes = look.votes()
        rows, similarity = self._vectors.similar(prints.vector, votes[0])
        if not len(rows):
            return {}
        near, most = NeighbourParams(), votes.max(axis=1)
        width = min(max(near.shortlist, count), len(rows))
        few = (rows[None], votes[:, rows], most, similarity[None])
        ids, score = by_few_words(look, *few, near.rare, near.always, width, count)
        named = ids[0] >= 0
        return dict(zip(ids[0][named].tolist(), score[0][named].tolist(), strict=True))


class CheckIndex:
    """All contents of a catalogue's result, and those that were added since. Safe in threads."""

    def __init__(self, segment: Segment) -> None:
        self._segments = [segment]
        self._held = set(segment.keys)
        self._added: dict[bytes, Prints] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return sum(map(len, self._segments))

    def add(self, contents: Mapping[bytes, Prints]) -> None:
        """Take in more contents; those that it has are left out."""
        with self._lock:
            fresh = {key: prints for key, prints in contents.items() if key not in self._held}
            if fresh:
                self._held |= fresh.keys()
                self._added |= fresh
                self._segments = [self._segments[0], Segment(list(self._added), list(self._added.values()))]

    def look_up(self, prints: Prints, count: int) -> list[Near]:
        """Give what may be the same picture as an image: near in a hash first, then by vectors and words."""
        found = [near for segment in self._segments for near in segment.look_up(prints, count)]
        return sorted(found, key=lambda near: (not near.by_hash, -near.score, near.pdq, near.key))


def load_check_index(catalogue: Catalogue, keys: Sequence[bytes]) -> CheckIndex:
    """Give the index of these contents; those without hashes in the catalogue are left out."""
    found = load_prints(catalogue, keys)
    return CheckIndex(Segment(list(found), list(found.values())))


def load_prints(catalogue: Catalogue, keys: Sequence[bytes]) -> dict[bytes, Prints]:
    """Give the fingerprints of these contents, ascending; those without hashes in the catalogue are left out."""
    wanted = sorted(set(keys))
    contents = catalogue.contents(wanted)
    pdq, dhash, vlad, spots = (catalogue.rows(space.key, wanted) for space in (PDQ256, DHASH64, VLAD, SPOTS))
    good = [key for key in wanted if key in contents and key in pdq and key in dhash]
    prints = {}
    for key in good:
        tiny = is_tiny(contents[key].width, contents[key].height)
        prints[key] = Prints(pdq[key], dhash[key], vlad.get(key), spots.get(key, b""), tiny)
    return prints


def is_tiny(width: int, height: int) -> bool:
    """Tell whether an image has too few pixels for its hashes to say anything."""
    return min(width, height) < TINY


def _rows(prints: Prints) -> tuple[bytes, bytes]:
    return prints.pdq, prints.dhash
