"""Train the book of visual words and write `words.npz`.

    python -m training.train_words PHOTOS [--output FILE] [--seed N]

PHOTOS is a folder of photos that may be used so; drawn pictures are added. The same photos, seed and versions of
NumPy and OpenCV give the same file.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.features import FORMS
from sosie.fingerprints.local.vlad import HADAMARD, root
from sosie.fingerprints.local.words import WordBook
from training.canvas import Pixels
from training.pictures import Descriptors, drawn, photos, versions

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordParams:
    """How words are trained: `width` axes and 4 x `centroids` centroids a half, on a sample of descriptors."""

    width: int = 32
    centroids: int = 128
    drawings: int = 150
    edits: int = 3
    sample: int = 120_000
    rounds: int = 20
    seed: int = 1


def axes(roots: Floats, params: WordParams) -> tuple[Floats, Floats]:
    """The axes on which a form of a descriptor changes signs alone, by falling variance, and the signs (4, axes).

    In each of the four characters of the group of forms: the principal components.
    """
    matrices = [np.eye(128)[order] for order in FORMS]
    found: list[tuple[float, int, NDArray[np.float64]]] = []
    for character in range(4):
        projector = np.sum([sign * m for sign, m in zip(HADAMARD[character], matrices, strict=True)], axis=0) / 4
        values, vectors = np.linalg.eigh(projector)
        inside = vectors[:, values > 0.5]
        places = roots @ inside
        variance, turned = np.linalg.eigh(np.cov(places.T))
        found += [(float(v), character, inside @ turned[:, i]) for i, v in enumerate(variance)]
    found.sort(key=lambda axis: (-axis[0], axis[1]))
    best = found[: 2 * params.width]
    return np.stack([a[2] for a in best], 1).astype(np.float32), np.stack([HADAMARD[a[1]] for a in best], 1)


def closed_means(places: Floats, signs: Floats, params: WordParams, rng: np.random.Generator) -> Floats:
    """k-means in whichever form lies nearest: float32 (4 * centroids, width), form by form."""
    words = places[rng.choice(len(places), params.centroids, replace=False)]
    for _ in range(params.rounds):
        full = (words[None] * signs[:, None]).reshape(-1, words.shape[1])
        form, word = np.divmod(((full**2).sum(1) - 2 * places @ full.T).argmin(1), params.centroids)
        sums, counts = np.zeros(words.shape), np.bincount(word, minlength=params.centroids)
        np.add.at(sums, word, places * signs[form])
        words = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], words).astype(np.float32)
    return np.asarray((words[None] * signs[:, None]).reshape(-1, words.shape[1]), np.float32)


def train(descriptors: Descriptors, params: WordParams) -> WordBook:
    """A word book from descriptors, uint8 (n, 128)."""
    rng = np.random.default_rng([params.seed, 5])
    roots = root(descriptors[rng.choice(len(descriptors), min(params.sample, len(descriptors)), replace=False)])
    mean = np.mean([roots[:, order].mean(0) for order in FORMS], axis=0).astype(np.float32)
    projection, signs = axes(roots - mean, params)
    order = np.arange(2 * params.width)
    halves = [order[(order + 1) % 4 < 2], order[(order + 1) % 4 >= 2]]
    places = (roots - mean) @ projection
    books = [closed_means(places[:, half], signs[:, half].astype(np.float32), params, rng) for half in halves]
    return WordBook(mean, projection[:, np.concatenate(halves)], np.stack(books))


def save(book: WordBook, path: Path) -> None:
    """Write the file that the package loads, in half precision."""
    arrays = {"mean": book.mean, "projection": book.projection, "halves": book.halves}
    np.savez_compressed(path, allow_pickle=False, **{name: array.astype(np.float16) for name, array in arrays.items()})


def descriptors_of(pictures: Sequence[Pixels], params: WordParams) -> Descriptors:
    """Descriptors of all pictures and their edits."""
    return np.concatenate([d for group in versions(pictures, params.edits, params.seed) for d in group])


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    target = Path(__file__).parents[1] / "src" / "sosie" / "fingerprints" / "local" / "words.npz"
    parser.add_argument("--output", type=Path, default=target)
    parser.add_argument("--seed", type=int, default=WordParams().seed)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    params = WordParams(seed=args.seed)
    pictures = photos(args.photos) + drawn(params.drawings, params.seed)
    save(train(descriptors_of(pictures, params), params), args.output)


if __name__ == "__main__":
    main()
