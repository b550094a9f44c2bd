"""Measure how often the original is among the candidates of its edits, and how many strangers come with it.

    python -m training.measure_candidates PHOTOS [--originals N] [--seed N]

Of every photo under PHOTOS one copy is in the collection; the first N (spread over the folder) are also there in every
kind of edit that training/edits.py knows. Candidates come in rounds that are answered by the truth, as a perfect
verification would. Prints for each kind the share of edits whose original is a candidate, then the totals: all edits,
those that pairs of copies join to their original, pairs an image, CPU time of the search.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from sosie.features import Spots
from sosie.fingerprints.local import LocalFingerprinter, signs, vectors
from sosie.imaging.picture import ImageInfo, Picture
from sosie.matching.neighbours import NeighbourParams, NeighbourRounds, Neighbours
from sosie.matching.words import WordIndex
from training.canvas import Pixels
from training.edits import EDITS, apply
from training.pictures import photos

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Collection:
    """Fingerprints of originals and edits, and what they are.

    `source`: number of the photo that was edited, or that an image is. `edit`: name of the edit, "" for originals.
    `contains`: all photos in an image.
    """

    vectors: list[bytes]
    spots: list[bytes]
    source: list[int]
    edit: list[str]
    contains: list[frozenset[int]]


def images(
    sources: Sequence[Pixels], edited: Sequence[int], seed: int
) -> Iterator[tuple[Pixels, int, str, frozenset[int]]]:
    """Originals first, then the edits of some of them."""
    for number, pixels in enumerate(sources):
        yield pixels, number, "", frozenset({number})
    rng = np.random.default_rng([seed, 11])
    for number in edited:
        for name in EDITS:
            chosen = [int(i) for i in rng.integers(0, len(sources), 3)]
            result = apply(name, sources[number], seed=int(rng.integers(1 << 30)), others=[sources[i] for i in chosen])
            inside = {number if p.source == 0 else chosen[p.source - 1] for p in result.placements}
            yield result.pixels, number, name, frozenset(inside)


def collect(sources: Sequence[Pixels], originals: int, seed: int) -> Collection:
    """Fingerprint everything."""
    fingerprinter = LocalFingerprinter()
    edited = np.linspace(0, len(sources) - 1, originals).astype(int).tolist()
    found = Collection([], [], [], [], [])
    for pixels, number, name, inside in images(sources, edited, seed):
        info = ImageInfo("PNG", pixels.shape[1], pixels.shape[0])
        [(_, vector, spots)] = fingerprinter.compute([Picture(info, pixels)])
        for column, value in zip(
            (found.vectors, found.spots, found.source, found.edit, found.contains),
            (vector, spots, number, name, inside),
            strict=True,
        ):
            column.append(value)  # type: ignore[attr-defined]
    return found


def search(collection: Collection, words: bool, params: NeighbourParams) -> tuple[list[Pair], int, float]:
    """The true pairs among the candidates, the number of strangers, and the CPU milliseconds an image."""
    start = time.process_time()
    index = WordIndex(Spots.from_bytes(collection.spots)) if words else None
    rounds = NeighbourRounds(Neighbours(vectors(collection.vectors), signs(), index, params), params)
    found: list[Pair] = []
    strangers = 0
    while len(pairs := rounds.next()):
        ends = list(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True))
        alike = [bool(collection.contains[a] & collection.contains[b]) for a, b in ends]
        found += [pair for pair, true in zip(ends, alike, strict=True) if true]
        strangers += len(alike) - sum(alike)
        rounds.report(np.array(alike, np.bool_))
    return found, strangers, (time.process_time() - start) * 1000 / len(collection.vectors)


def joined(collection: Collection, found: Sequence[Pair]) -> list[int]:
    """For each image the first one that pairs of copies join it to; pages of several pictures join nothing."""
    first = list(range(len(collection.source)))

    def root(row: int) -> int:
        while first[row] != row:
            row = first[row]
        return row

    for a, b in found:
        if len(collection.contains[a]) == len(collection.contains[b]) == 1:
            first[max(root(a), root(b))] = min(root(a), root(b))
    return [root(row) for row in range(len(first))]


def print_shares(collection: Collection, found: Sequence[Pair], strangers: int) -> None:
    """One line with the kinds that are not all found, one with the totals."""
    pairs, roots = set(found), joined(collection, found)
    direct: dict[str, list[bool]] = {}
    reached: list[bool] = []
    for row, (source, name) in enumerate(zip(collection.source, collection.edit, strict=True)):
        if name:
            direct.setdefault(name, []).append((source, row) in pairs)
            reached.append((source, row) in pairs or roots[row] == source)
    print("  ".join(f"{name} {np.mean(hits):.3f}" for name, hits in direct.items() if not all(hits)))
    every, count = [hit for hits in direct.values() for hit in hits], len(collection.source)
    print(f"direct {np.mean(every):.4f}  joined {np.mean(reached):.4f}  ", end="")
    print(f"pairs an image {(len(found) + strangers) / count:.2f}  of strangers {strangers / count:.2f}", flush=True)


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--originals", type=int, default=60)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    collection = collect(photos(args.photos), args.originals, args.seed)
    for words in (False, True):
        for rare in (2.2, 2.7, 3.0) if words else (2.7,):
            found, strangers, spent = search(collection, words, NeighbourParams(rare=rare))
            print(f"\nwords {words}  rare {rare}  {spent:.2f} ms CPU an image")
            print_shares(collection, found, strangers)


if __name__ == "__main__":
    main()
