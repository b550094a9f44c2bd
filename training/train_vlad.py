"""Train the codebook and the projection of the VLAD, and write `vlad.npz`.

    python -m training.train_vlad PHOTOS [--output FILE] [--seed N]

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
from sosie.fingerprints.local.vlad import Codebook, aggregate, root
from training.canvas import Pixels
from training.pictures import Descriptors, drawn, photos, versions

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingParams:
    """How the codebook is trained.

    `words`: centroids, of which each stands for its four forms. `dims`: length of the vector. `drawings`: drawn
    pictures beside the photos. `edits`: edited versions of each picture. `sample`, `rounds`: descriptors and rounds
    of k-means.
    `shrinkage`: share of the mean variance that is added to each direction within versions.
    """

    words: int = 8
    dims: int = 256
    drawings: int = 150
    edits: int = 3
    sample: int = 200_000
    rounds: int = 25
    shrinkage: float = 1.0
    seed: int = 1


def centroids(descriptors: Descriptors, params: TrainingParams) -> Floats:
    """k-means of RootSIFT descriptors in whichever of the four forms lies nearest to a centroid."""
    rng = np.random.default_rng([params.seed, 4])
    chosen = rng.choice(len(descriptors), min(params.sample, len(descriptors)), replace=False)
    roots = root(descriptors[chosen])
    words = roots[rng.choice(len(roots), params.words, replace=False)]
    for _ in range(params.rounds):
        sums, counts = np.zeros_like(words, np.float64), np.zeros(params.words)
        for block in np.array_split(roots, max(1, len(roots) // 20_000)):
            forms = np.stack([block[:, order] for order in FORMS])
            score = ((words**2).sum(1) - 2 * (forms @ words.T)).transpose(1, 0, 2).reshape(len(block), -1)
            form, word = np.divmod(score.argmin(1), params.words)
            np.add.at(sums, word, forms[form, np.arange(len(block))])
            counts += np.bincount(word, minlength=params.words)
        words = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], words).astype(np.float32)
    return words


def projection(groups: Sequence[Floats], params: TrainingParams) -> tuple[Floats, tuple[Floats, ...]]:
    """Mean and bases that keep what tells pictures apart and weigh down what edits change.

    `groups`: one array (versions, 4, r * 128) a picture. In each character: whiten by the scatter within groups
    (shrunk), then take principal components of the rest (learned whitening, Mikolajczyk and Matas, 2007).
    """
    everything = np.concatenate(groups)
    mean = everything[:, 0].mean(0)
    spectra = [_discriminants(groups, everything[:, c], c, mean, params) for c in range(4)]
    order = sorted(((-value, c, i) for c, (values, _) in enumerate(spectra) for i, value in enumerate(values)))
    kept = [sorted(i for _, c, i in order[: params.dims] if c == character) for character in range(4)]
    return mean, tuple(np.asarray(basis[:, k], np.float32) for (_, basis), k in zip(spectra, kept, strict=True))


def _discriminants(
    groups: Sequence[Floats], rows: Floats, character: int, mean: Floats, params: TrainingParams
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    centre = mean if character == 0 else 0.0
    within = np.zeros((rows.shape[1], rows.shape[1]))
    for group in groups:
        spread = (group[1:, character] - group[:1, character]).astype(np.float64)
        within += spread.T @ spread
    within /= sum(len(g) - 1 for g in groups)
    within += params.shrinkage * np.trace(within) / len(within) * np.eye(len(within))
    values, vectors = np.linalg.eigh(within)
    whiten = (vectors * values**-0.5) @ vectors.T
    white = (rows - centre) @ whiten
    variance, axes = np.linalg.eigh(white.T @ white / len(white))
    variance, axes = variance[::-1], axes[:, ::-1]
    scale = np.maximum(variance, 1e-12) ** -0.25
    return variance, (whiten @ axes) * scale


def train(pictures: Sequence[Pixels], params: TrainingParams) -> Codebook:
    """A codebook from pictures (uint8 (h, w, 3) RGB)."""
    descriptors = list(versions(pictures, params.edits, params.seed))
    words = centroids(np.concatenate([d for group in descriptors for d in group]), params)
    groups = [np.stack([aggregate(d, words) for d in group if len(d)]) for group in descriptors if len(group[0])]
    return Codebook.of(words, *projection(groups, params))


def save(codebook: Codebook, path: Path) -> None:
    """Write the file that the package loads, in half precision."""
    arrays = {f"base{c}": base for c, base in enumerate(codebook.bases)}
    arrays |= {"centroids": codebook.centroids, "mean": codebook.mean}
    np.savez_compressed(path, allow_pickle=False, **{name: array.astype(np.float16) for name, array in arrays.items()})


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    target = Path(__file__).parents[1] / "src" / "sosie" / "fingerprints" / "local" / "vlad.npz"
    parser.add_argument("--output", type=Path, default=target)
    parser.add_argument("--seed", type=int, default=TrainingParams().seed)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    params = TrainingParams(seed=args.seed)
    save(train(photos(args.photos) + drawn(params.drawings, params.seed), params), args.output)


if __name__ == "__main__":
    main()
