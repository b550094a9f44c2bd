"""The fingerprints of a catalogue in memory, to look one image up in milliseconds."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.features import Spots
from sosie.fingerprints.dhash import DHASH64
from sosie.fingerprints.hashes import read_rows
from sosie.fingerprints.local import SPOTS, VLAD, signs, vectors
from sosie.fingerprints.local.fingerprinter import UNIT
from sosie.fingerprints.pdq import PDQ256
from sosie.matching.neighbours import nearest_by_words
from sosie.matching.words import WordIndex
from sosie.pipeline.hashing import DHASH_RADIUS, PDQ_RADIUS, QUALITY, TINY
from sosie.pipeline.together import Together
from sosie.store.catalogue import Catalogue

Words = NDArray[np.uint64]
_FAR = np.uint16(999)


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


class Segment:
    """Some contents with their fingerprints, column by column.

    Memory: about 1.1 kB a content, and 20 bytes for each of its spots, of which most images have about 200.
    """

    def __init__(self, keys: Sequence[bytes], prints: Sequence[Prints]) -> None:
        self.keys = list(keys)
        codes, qualities = read_rows(PDQ256, [row.pdq for row in prints])
        self._pdq, self._pdq_says = _columns(codes), _says(qualities, prints)
        codes, qualities = read_rows(DHASH64, [row.dhash for row in prints])
        self._dhash, self._dhash_says = _columns(codes), _says(qualities, prints)
        rows = [row.vector if row.vector is not None else bytes(VLAD.dims) for row in prints]
        self._vectors = np.ascontiguousarray(vectors(rows).T.astype(np.float32))
        self._blank = ~self._vectors.any(axis=0)
        self._words = WordIndex(Spots.from_bytes([row.spots for row in prints]))
        self._products = Together(self._multiply)

    def __len__(self) -> int:
        return len(self.keys)

    def look_up(self, prints: Prints, count: int) -> list[Near]:
        """Give what is near in a hash, at most `count`, and at most `count` that vectors and words name."""
        if not len(self):
            return []
        pdq, turn = self._distances(self._pdq, self._pdq_says, prints.pdq, PDQ256.dims // 64, prints)
        dhash, other = self._distances(self._dhash, self._dhash_says, prints.dhash, 1, prints)
        hashed = np.flatnonzero((pdq <= PDQ_RADIUS) | (dhash <= DHASH_RADIUS))
        hashed = hashed[np.lexsort((hashed, dhash[hashed], pdq[hashed]))][:count]
        scores = self._named(prints, count)
        return [
            Near(
                key=self.keys[row],
                pdq=int(pdq[row]),
                dhash=int(dhash[row]),
                turn=int(turn[row] if pdq[row] <= PDQ_RADIUS else other[row]),
                score=scores.get(row, 0.0),
            )
            for row in dict.fromkeys([*hashed.tolist(), *scores])
        ]

    def _distances(
        self, columns: Words, says: NDArray[np.bool_], row: bytes, words: int, prints: Prints
    ) -> tuple[NDArray[np.uint16], NDArray[np.int8]]:
        """The distance of each content from the nearest orientation of the asked image, and which one that is."""
        best, turn = np.full(len(self), _FAR, np.uint16), np.zeros(len(self), np.int8)
        if prints.tiny or row[-1] < QUALITY:
            return best, turn
        for orientation, asked in enumerate(np.frombuffer(row[:-1], np.uint64).reshape(8, words)):
            distance = np.bitwise_count(columns[0] ^ asked[0]).astype(np.uint16)
            for column, word in zip(columns[1:], asked[1:], strict=True):
                distance += np.bitwise_count(column ^ word)
            turn[distance < best] = orientation
            np.minimum(best, distance, out=best)
        best[~says] = _FAR
        return best, turn

    def _named(self, prints: Prints, count: int) -> dict[int, float]:
        """The contents that vectors and words name, the best first, with their scores."""
        if prints.vector is None or not any(prints.vector):
            return {}
        similarity = self._products.ask(vectors([prints.vector])[0].astype(np.float32) * signs())
        similarity[self._blank] = -np.inf
        look = self._words.look_for(Spots.from_bytes([prints.spots]))
        found = nearest_by_words(look, similarity[None], count)
        named = found.ids[0] >= 0
        return dict(zip(found.ids[0][named].tolist(), found.score[0][named].tolist(), strict=True))

    def _multiply(self, asked: Sequence[NDArray[np.float32]]) -> Sequence[NDArray[np.float32]]:
        """Reading the vectors from memory is what takes time: several images are multiplied at once."""
        products = np.concatenate(asked) @ self._vectors
        best = products.reshape(len(asked), -1, len(self)).max(axis=1)
        best *= np.float32(1 / UNIT**2)
        return list(best)


class CheckIndex:
    """All contents of a catalogue's result, and those that were added since. Safe in threads."""

    def __init__(self, segment: Segment) -> None:
        self._segments = [segment]
        self._added: dict[bytes, Prints] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return sum(map(len, self._segments))

    def add(self, key: bytes, prints: Prints) -> None:
        """Take in one more content."""
        with self._lock:
            self._added[key] = prints
            self._segments = [self._segments[0], Segment(list(self._added), list(self._added.values()))]

    def look_up(self, prints: Prints, count: int) -> list[Near]:
        """Give what may be the same picture as an image: near in a hash first, then by vectors and words."""
        found = [near for segment in self._segments for near in segment.look_up(prints, count)]
        return sorted(found, key=lambda near: (not near.by_hash, -near.score, near.pdq, near.key))


def load_check_index(catalogue: Catalogue, keys: Sequence[bytes]) -> CheckIndex:
    """Give the index of these contents; those without hashes in the catalogue are left out."""
    wanted = sorted(set(keys))
    contents = catalogue.contents(wanted)
    pdq, dhash, vlad, spots = (catalogue.rows(space.key, wanted) for space in (PDQ256, DHASH64, VLAD, SPOTS))
    good = [key for key in wanted if key in contents and key in pdq and key in dhash]
    prints = []
    for key in good:
        tiny = is_tiny(contents[key].width, contents[key].height)
        prints.append(Prints(pdq[key], dhash[key], vlad.get(key), spots.get(key, b""), tiny))
    return CheckIndex(Segment(good, prints))


def is_tiny(width: int, height: int) -> bool:
    """Tell whether an image has too few pixels for its hashes to say anything."""
    return min(width, height) < TINY


def _columns(codes: NDArray[np.uint8]) -> Words:
    """Give the plain hashes, a column a 64-bit word: uint64 (words, n)."""
    plain = np.ascontiguousarray(codes[:, 0])
    return (
        np.ascontiguousarray(plain.view(np.uint64).T) if len(plain) else np.zeros((codes.shape[2] // 8, 0), np.uint64)
    )


def _says(qualities: NDArray[np.uint8], prints: Sequence[Prints]) -> NDArray[np.bool_]:
    tiny = np.array([row.tiny for row in prints], np.bool_)
    return np.asarray((qualities >= QUALITY) & ~tiny)
