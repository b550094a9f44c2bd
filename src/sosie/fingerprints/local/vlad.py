"""One vector for all local features of an image, in which a mirrored or inverted image differs by signs alone.

VLAD (Jégou et al., 2010) with RootSIFT descriptors, normalised residuals, signed square roots, and a projection
learned from edited pictures. The codebook is closed under the four forms (plain, mirrored, inverted, both): it holds
each centroid in all of them. A form of the image then only exchanges whole parts of the vector, a Walsh-Hadamard
transform turns exchanges into signs, and the projection treats each of the four characters for itself. So the vector
of the mirrored image is `vector * signs[1]`, exactly, and costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from sosie.features import FORMS

HADAMARD: NDArray[np.float32] = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]], np.float32)
"""`HADAMARD[c, f]`: the sign that character c gives to form f."""


@dataclass(frozen=True, slots=True, eq=False)
class Codebook:
    """What training gives.

    `centroids`: float32 (r, 128) in RootSIFT's metric, one of each four. `mean`: float32 (r * 128,), of the even
    character. `bases`: four matrices float32 (r * 128, m_c). `signs`: float32 (4, d), d = sum of m_c.
    """

    centroids: NDArray[np.float32]
    mean: NDArray[np.float32]
    bases: tuple[NDArray[np.float32], ...]
    signs: NDArray[np.float32]

    @classmethod
    def of(
        cls, centroids: NDArray[np.float32], mean: NDArray[np.float32], bases: tuple[NDArray[np.float32], ...]
    ) -> Codebook:
        """A codebook with its signs, which follow from the widths of the bases."""
        signs = np.concatenate([np.repeat(HADAMARD[c][:, None], b.shape[1], 1) for c, b in enumerate(bases)], 1)
        return cls(centroids, mean, bases, signs)

    @property
    def dims(self) -> int:
        """Length of a vector."""
        return int(self.signs.shape[1])

    def vector(self, descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The unit vector of an image, float32 (dims,); zeros where the image has no features."""
        if not len(descriptors):
            return np.zeros(self.dims, np.float32)
        characters = aggregate(descriptors, self.centroids)
        characters[0] -= self.mean
        vector = np.concatenate([part @ base for part, base in zip(characters, self.bases, strict=True)])
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)


def root(descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
    """RootSIFT (Arandjelović and Zisserman, 2012): square roots of shares, unit length."""
    shares = descriptors.astype(np.float32)
    shares /= np.maximum(shares.sum(1, keepdims=True), 1)
    return np.sqrt(shares)


def aggregate(descriptors: NDArray[np.uint8], centroids: NDArray[np.float32]) -> NDArray[np.float32]:
    """The four characters of the unprojected VLAD, float32 (4, r * 128), unit length in all."""
    roots, count = root(descriptors), len(centroids)
    every = centroids[:, FORMS].transpose(1, 0, 2).reshape(4 * count, -1)
    nearest = ((every**2).sum(1) - 2 * roots @ every.T).argmin(1)
    form, word = np.divmod(nearest, count)
    places = FORMS[form]
    places += (128 * np.arange(len(roots)))[:, None]
    residual = roots.ravel()[places] - centroids[word]
    residual /= np.maximum(np.linalg.norm(residual, axis=1, keepdims=True), 1e-6)
    cells = (nearest[None] == np.arange(4 * count)[:, None]).astype(np.float32) @ residual
    cells = np.sign(cells) * np.sqrt(np.abs(cells))
    cells /= np.maximum(np.linalg.norm(cells, axis=1, keepdims=True), 1e-6)
    cells /= np.maximum(np.linalg.norm(cells), 1e-6)
    return np.asarray(HADAMARD @ cells.reshape(4, -1) / 2, np.float32)


@lru_cache(maxsize=1)
def codebook() -> Codebook:
    """The codebook that ships with the package, read on first use."""
    with (files(__package__) / "vlad.npz").open("rb") as file, np.load(file) as arrays:
        bases = tuple(arrays[f"base{c}"].astype(np.float32) for c in range(4))
        return Codebook.of(arrays["centroids"].astype(np.float32), arrays["mean"].astype(np.float32), bases)
