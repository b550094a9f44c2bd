"""An image made ready for being compared with many others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.features import FORMS, Features, StoredFeatures
from sosie.matching.verification.frames import Frames, frames_of


def _orbits() -> NDArray[np.float32]:
    """The basis of sums and differences over the 32 orbits of a descriptor under mirroring and inverting, (128, 128).

    None of the forms but the plain one leaves a number in place, so all orbits have four members, and four sums and
    differences of those change at most their sign when the form changes.
    """
    first = np.flatnonzero(FORMS.min(axis=0) == FORMS[0])
    basis = np.zeros((128, 4, len(first)), np.float32)
    for form, signs in enumerate([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]):
        for member, sign in enumerate(signs):
            basis[FORMS[member, first], form, np.arange(len(first))] = 0.5 * sign
    return basis.reshape(128, 128)


_ORBITS = _orbits()


@dataclass(frozen=True)
class Prepared:
    """Features in the form that comparing wants, each part made when it is first asked for.

    Keep it for as long as the image has candidates: making it anew costs as much as comparing two strangers.
    """

    features: Features | StoredFeatures

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the thumbnail."""
        return self.features.size

    @cached_property
    def spectrum(self) -> NDArray[np.float32]:
        """RootSIFT descriptors (Arandjelovic and Zisserman, 2012), float32 (4, n, 32).

        In this basis mirroring and inverting only change signs, so one matrix product serves all four forms.
        """
        roots = np.sqrt(self.features.descriptors.astype(np.float32))
        roots /= np.maximum(np.sqrt(np.einsum("ij,ij->i", roots, roots)), np.float32(1e-3))[:, None]
        return np.ascontiguousarray((roots @ _ORBITS).reshape(len(roots), 4, -1).transpose(1, 0, 2))

    @cached_property
    def places(self) -> NDArray[np.complex128]:
        """Where the keypoints are, x + iy, (n,)."""
        points = self.features.points.astype(np.float64)
        return np.asarray(points[:, 0] + 1j * points[:, 1])

    @cached_property
    def turns(self) -> NDArray[np.complex128]:
        """Diameter times the unit vector of the direction of each keypoint, (n,)."""
        points = self.features.points.astype(np.float64)
        return np.asarray(points[:, 2] * np.exp(1j * np.deg2rad(points[:, 3])))

    @cached_property
    def place_of(self) -> NDArray[np.intp]:
        """A number for each keypoint's place, (n,): SIFT puts several directions on one."""
        return np.unique(np.round(self.places / 2.0), return_inverse=True)[1]

    @cached_property
    def single(self) -> NDArray[np.float64]:
        """One keypoint of each place, float64 (m, 2): x, y."""
        first = np.unique(self.place_of, return_index=True)[1]
        return self.features.points[first, :2].astype(np.float64)

    @cached_property
    def grey(self) -> NDArray[np.float32]:
        """The thumbnail in grey, float32 (h, w), a little softened, as noise is no texture."""
        grey = cv2.cvtColor(self.features.thumbnail, cv2.COLOR_RGB2GRAY).astype(np.float32)
        return np.asarray(cv2.GaussianBlur(grey, (3, 3), 0.7))

    @cached_property
    def smooth(self) -> NDArray[np.float32]:
        """The grey thumbnail softened more, for following slopes."""
        return np.asarray(cv2.GaussianBlur(self.grey, (5, 5), 0.9))

    @cached_property
    def softened(self) -> NDArray[np.uint8]:
        """The thumbnail in colours, uint8 (h, w, 3), so soft that a pixel stands for the few around it."""
        return np.asarray(cv2.GaussianBlur(self.features.thumbnail, (9, 9), 2.0), np.uint8)

    @cached_property
    def detail(self) -> float:
        """How much of the contrast is fine detail: what softening takes away, as a share; above 0."""
        return float(np.abs(self.grey - self.smooth).mean()) / max(1.0, float(self.grey.std())) + 1e-3

    @cached_property
    def frames(self) -> Frames:
        """Small pictures, for when there are no keypoints."""
        return frames_of(self.features.thumbnail, self.grey)

    def precedes(self, other: Prepared) -> bool:
        """Whether this image is the first of the two, in whatever order they were given."""
        if self._rank != other._rank:
            return self._rank < other._rank
        return self.features.thumbnail.tobytes() <= other.features.thumbnail.tobytes()

    @cached_property
    def _rank(self) -> tuple[int, int, int]:
        return (len(self.features.points), *self.size)


def prepare(features: Features | StoredFeatures) -> Prepared:
    """One image, ready for being compared with many others."""
    return Prepared(features)
