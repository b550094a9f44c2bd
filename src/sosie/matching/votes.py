"""Votes of shared words where most images share none with an asked one: only those that do are held."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.matching.words import Look

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes of images for asked ones, as `Look.votes` counts them.

    `keys`: int64, ascending: asked * images + image. `values`: float32, like keys. `most`: float32 (asked,), the
    most votes that any image has for each asked one.
    """

    keys: Ids
    values: Floats
    most: Floats
    images: int

    @classmethod
    def of(cls, look: Look, own: Ids) -> Votes:
        """Count the votes that a look found; `own` are the asked images themselves, which get none."""
        images = look.index.images
        packed = np.sort(_packed(look, images))
        placed = packed >> 16
        begins = np.flatnonzero(np.diff(placed, prepend=-1))
        sums = np.add.reduceat(packed & 0xFFFF, begins) if len(begins) else begins
        image = placed[begins] >> 2
        firsts = np.flatnonzero(np.diff(image, prepend=-1))
        keys = image[firsts]
        values = np.maximum.reduceat(sums, firsts) if len(firsts) else firsts
        others = keys != np.repeat(own, _sizes(keys, len(own), images)) + keys // images * images
        keys, values = keys[others], values[others].astype(np.float32)
        most = np.zeros(len(own), np.float32)
        np.maximum.at(most, keys // images, values)
        return cls(keys, values, most, images)

    def best(self, count: int) -> Ids:
        """Int64 (asked, count): the images with the most votes, equal ones by id, in no order; -1 for none."""
        found = np.full((len(self.most), count), -1, np.int64)
        bounds = np.append(0, np.cumsum(_sizes(self.keys, len(self.most), self.images)))
        for row, (start, stop) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
            chosen = start + best_of(self.values[start:stop], count)
            found[row, : len(chosen)] = self.keys[chosen] - row * self.images
        return found

    def of_images(self, ids: Ids) -> Floats:
        """Float32 (asked, k): the votes of the images `ids`, int64 (asked, k)."""
        if not len(self.keys):
            return np.zeros(ids.shape, np.float32)
        keys = np.arange(len(ids))[:, None] * self.images + ids
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where((self.keys[at] == keys) & (ids >= 0), self.values[at], np.float32(0))


def best_of(values: NDArray[np.generic], count: int) -> Ids:
    """Where the `count` largest values are; of equal ones the first."""
    if len(values) <= count:
        return np.arange(len(values))
    bar = np.partition(values, len(values) - count)[len(values) - count]
    above, equal = np.flatnonzero(values > bar), np.flatnonzero(values == bar)
    return np.concatenate((above, equal[: count - len(above)]))


def _sizes(keys: Ids, rows: int, images: int) -> Ids:
    """How many keys each asked image has."""
    return np.diff(np.searchsorted(keys, np.arange(rows + 1) * images))


def _packed(look: Look, images: int) -> Ids:
    """Every hit that counts as one number: asked image and image, form, and what the hit is worth."""
    worth = look.worth()
    form = np.arange(4)[:, None]
    base = ((look.owner * images << 2 | form) << 16 | worth).ravel()
    packed = np.repeat(base, look.hits) + (look.image.astype(np.int64) << 18)
    counts = look.index.first[look.entry] & np.repeat(np.tile(worth, 4) > 0, look.hits)
    return np.asarray(packed[counts], np.int64)
