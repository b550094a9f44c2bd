"""An image made ready for being compared with many others."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.features import FORMS, Features


def _orbits() -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The 32 orbits of a descriptor's 128 numbers under mirroring and inverting, and the signs of their sums.

    None of the forms but the plain one leaves a number in place, so all orbits have four members, and four sums and
    differences of those change at most their sign when the form changes.
    """
    first = np.flatnonzero(FORMS.min(axis=0) == FORMS[0])
    signs = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]], np.float32)
    return FORMS[:, first], signs * np.float32(0.5)


_MEMBERS, _SIGNS = _orbits()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Features in the form that comparing wants; make it once an image with `prepare`.

    `spectrum`: float32 (4, n, 32), RootSIFT descriptors (Arandjelovic and Zisserman, 2012) in a basis in which
    mirroring and inverting only change signs, so that one matrix product serves all four forms.
    `places`: complex64 (n,), x + iy. `turns`: complex64 (n,), diameter times the unit vector of the angle.
    `order` decides which of two images comes first, whatever the order they are given in.
    """

    features: Features
    spectrum: NDArray[np.float32]
    places: NDArray[np.complex64]
    turns: NDArray[np.complex64]
    order: tuple[int, int, bytes]
    grey: NDArray[np.float32] = field(repr=False)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the thumbnail."""
        return self.features.size


def prepare(features: Features) -> Prepared:
    """Everything about one image that comparing it with another needs, computed once."""
    roots = features.descriptors.astype(np.float32)
    roots = np.sqrt(roots / np.maximum(roots.sum(axis=1, keepdims=True), 1.0))
    spectrum = np.tensordot(_SIGNS, roots[:, _MEMBERS], axes=(1, 1))
    points = features.points
    turns = points[:, 2] * np.exp(1j * np.deg2rad(points[:, 3]))
    grey = cv2.cvtColor(features.thumbnail, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return Prepared(
        features=features,
        spectrum=np.ascontiguousarray(spectrum),
        places=(points[:, 0] + 1j * points[:, 1]).astype(np.complex64),
        turns=turns.astype(np.complex64),
        order=(len(points), features.thumbnail.shape[0], features.thumbnail.tobytes()),
        grey=grey,
    )
