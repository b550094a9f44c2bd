"""The fingerprints of a catalogue in memory, to look one image up in milliseconds."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.fingerprints.dhash import DHASH64
from sosie.fingerprints.hashes import read_rows
from sosie.fingerprints.local import VLAD, signs, vectors
from sosie.fingerprints.local.fingerprinter import UNIT
from sosie.fingerprints.pdq import PDQ256
from sosie.pipeline.hashing import DHASH_RADIUS, PDQ_RADIUS, QUALITY, TINY
from sosie.pipeline.together import Together
from sosie.store.catalogue import Catalogue

Words = NDArray[np.uint64]
_FAR = np.uint16(999)


@dataclass(frozen=True, slots=True)
class Prints:
    """The fingerprints of one image, as the catalogue keeps them. `vector` is None where no features were computed."""

    pdq: bytes
    dhash: bytes
    vector: bytes | None
    tiny: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A content that may be the same picture: hash distances in the orientation `turn` of the asked image, and the
    similarity of the vectors (-1 to 1)."""

    key: bytes
    pdq: int
    dhash: int
    turn: int
    similarity: float

    @property
    def by_hash(self) -> bool:
        """Whether a hash calls it near."""
        return self.pdq <= PDQ_RADIUS or self.dhash <= DHASH_RADIUS


class Segment:
    """Some contents with their fingerprints, column by column. Memory: about 1.1 kB a content."""

    def __init__(self, keys: Sequence[bytes], prints: Sequence[Prints]) -> None:
        self.keys = list(keys)
        codes, qualities = read_rows(PDQ256, [row.pdq for row in prints])
        self._pdq, self._pdq_says = _columns(codes), _says(qualities, prints)
        codes, qualities = read_rows(DHASH64, [row.dhash for row in prints])
        self._dhash, self._dhash_says = _columns(codes), _says(qualities, prints)
        rows = [row.vector if row.vector is not None else bytes(VLAD.dims) for row in prints]
        self._vectors = np.ascontiguousarray(vectors(rows).T.astype(np.float32))
        self._products = Together(self._multiply)

    def __len__(self) -> int:
        return len(self.keys)

    def look_up(self, prints: Prints, count: int) -> list[Near]:
        """Give what is near in a hash, at most `count`, and the `count` contents with the most similar vectors."""
        if not len(self):
            return []
        pdq, turn = self._distances(self._pdq, self._pdq_says, prints.pdq, PDQ256.dims // 64, prints)
        dhash, other = self._distances(self._dhash, self._dhash_says, prints.dhash, 1, prints)
        hashed = np.flatnonzero((pdq <= PDQ_RADIUS) | (dhash <= DHASH_RADIUS))
        hashed = hashed[np.lexsort((hashed, dhash[hashed], pdq[hashed]))][:count]
        similarity = self._similarities(prints)
        rows = hashed
        if similarity is not None:
            rows = np.union1d(hashed, _best(similarity, count))
        return [
            Near(
                key=self.keys[row],
                pdq=int(pdq[row]),
                dhash=int(dhash[row]),
                turn=int(turn[row] if pdq[row] <= PDQ_RADIUS else other[row]),
                similarity=float(similarity[row]) if similarity is not None else 0.0,
            )
            for row in rows.tolist()
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

    def _similarities(self, prints: Prints) -> NDArray[np.float32] | None:
        """The similarity of each content's vector, in the form that is nearest. None when the image has no features."""
        if prints.vector is None or not any(prints.vector):
            return None
        return self._products.ask(vectors([prints.vector])[0].astype(np.float32) * signs())

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
        """Give what may be the same picture as an image: near in a hash first, then by similarity of vectors."""
        found = [near for segment in self._segments for near in segment.look_up(prints, count)]
        return sorted(found, key=lambda near: (not near.by_hash, -near.similarity, near.pdq, near.key))


def load_check_index(catalogue: Catalogue, keys: Sequence[bytes]) -> CheckIndex:
    """Give the index of these contents; those without hashes in the catalogue are left out."""
    wanted = sorted(set(keys))
    contents = catalogue.contents(wanted)
    pdq, dhash, vlad = (catalogue.rows(space.key, wanted) for space in (PDQ256, DHASH64, VLAD))
    good = [key for key in wanted if key in contents and key in pdq and key in dhash]
    prints = [
        Prints(pdq[key], dhash[key], vlad.get(key), is_tiny(contents[key].width, contents[key].height)) for key in good
    ]
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


def _best(similarity: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Give the rows of the `count` greatest similarities; of equal ones the first."""
    if len(similarity) > count:
        bar = np.partition(similarity, len(similarity) - count)[len(similarity) - count]
        rows = np.flatnonzero(similarity >= bar)
    else:
        rows = np.arange(len(similarity))
    return rows[np.lexsort((rows, -similarity[rows]))][:count]
