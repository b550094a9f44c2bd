"""The seam of fingerprinting: one required method, the eight orientations, and a fake for tests.

A fingerprinter says which spaces its values live in and turns pictures into rows of bytes. Everything after it
(cache, joins, reports) goes by the space, so a fingerprinter of your own needs no other registration:

    class Darkness:
        spaces = (Space("darkness", "1", dims=8, metric="hamming"),)

        def compute(self, pictures):
            return [(bytes([255 - int(picture.pixels.mean())]),) for picture in pictures]
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from sosie.imaging.picture import Picture
from sosie.types import Space

ORIENTATIONS: tuple[str, ...] = (
    "same",
    "rotate 90",
    "rotate 180",
    "rotate 270",
    "flip",
    "mirror",
    "transpose",
    "transverse",
)
"""What variant k of a hash is the hash of: the image as it is, turned counter-clockwise, flipped top to bottom,
mirrored left to right, mirrored at the falling and at the rising diagonal. The order is that of PDQ's reference."""

INVERSE: tuple[int, ...] = (0, 3, 2, 1, 4, 5, 6, 7)
"""`INVERSE[k]` undoes orientation k: what turns `b` into `a` where k turns `a` into `b`."""


class Fingerprinter(Protocol):
    """Turns pictures into fingerprints: the door by which the built-in ones and anyone's own come in.

    `spaces`: what the values are, one space for each row of a picture; readable without loading any model.
    `compute` must not change its pictures, must give equal rows for equal pixels, and may be called by
    several threads at once.
    """

    @property
    def spaces(self) -> tuple[Space, ...]:
        """One space for each row that `compute` gives a picture."""
        ...

    def compute(self, pictures: Sequence[Picture]) -> list[tuple[bytes, ...]]:
        """Give one tuple a picture, in order, with one row of bytes for each space.

        Rows of a space with `dims` > 0 all have the same length.
        """
        ...


class FakeFingerprinter:
    """A fingerprinter for tests: equal pixels give equal rows, other pixels unrelated ones.

    `dims`: bits of the rows, a multiple of 8, at most 512. Needs no model and no file.
    """

    def __init__(self, name: str = "fake", dims: int = 64) -> None:
        self.spaces: tuple[Space, ...] = (Space(name, "1", dims, "hamming"),)
        self._bytes = dims // 8

    def compute(self, pictures: Sequence[Picture]) -> list[tuple[bytes, ...]]:
        """Give the first `dims` bits of a digest of each picture's pixels and shape."""
        return [(self._row(picture),) for picture in pictures]

    def _row(self, picture: Picture) -> bytes:
        pixels = np.ascontiguousarray(picture.pixels)
        return hashlib.blake2b(pixels.tobytes() + repr(pixels.shape).encode()).digest()[: self._bytes]


def builtin_hashes() -> dict[str, Fingerprinter]:
    """List the perceptual hashes that come with Sosie, by name; importing this module loads none of them.

    "dhash64": 64 bits of brightness differences, the hash of the `imagehash` package.
    "pdq256": Meta's 256 bits of low frequencies, with a quality.
    "hash": both from one grey conversion, cheaper than one after the other.
    """
    from sosie.fingerprints.hashes import HashFingerprinter

    return {
        "dhash64": HashFingerprinter(pdq=False),
        "pdq256": HashFingerprinter(dhash=False),
        "hash": HashFingerprinter(),
    }
