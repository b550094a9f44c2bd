"""Which keypoints of two images look alike, for all forms of the first at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.params import VerificationParams
from sosie.matching.verification.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Form:
    """How the first image was changed before it was compared: mirrored, colours inverted, both or neither."""

    mirrored: bool = False
    inverted: bool = False


FORMS = (Form(), Form(mirrored=True), Form(inverted=True), Form(mirrored=True, inverted=True))


@dataclass(frozen=True, slots=True)
class Matches:
    """Keypoints that are each other's nearest by descriptor.

    `a`, `b`: intp (m,), rows of the two images' keypoints. `similarity`: float32 (m,), cosine.
    """

    form: Form
    a: NDArray[np.intp]
    b: NDArray[np.intp]
    similarity: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.a)


def similarities(a: Prepared, b: Prepared) -> NDArray[np.float32]:
    """Cosines of all descriptors, float32 (4, n, m): one table for each of `FORMS` of `a`."""
    parts = a.spectrum @ b.spectrum.transpose(0, 2, 1)
    even, odd = parts[0] + parts[2], parts[1] + parts[3]
    table = np.empty_like(parts)
    np.add(even, odd, out=table[0])
    np.subtract(even, odd, out=table[1])
    np.subtract(parts[0], parts[2], out=even)
    np.subtract(parts[1], parts[3], out=odd)
    np.add(even, odd, out=table[2])
    np.subtract(even, odd, out=table[3])
    return table


def mutual_matches(a: Prepared, b: Prepared, params: VerificationParams) -> list[Matches]:
    """Mutual nearest neighbours that pass the ratio test, a list by form, forms with most matches first.

    Forms with fewer than `enough_matches` are left out, so strangers mostly give an empty list.
    """
    if min(len(a.places), len(b.places)) < params.enough_matches:
        return []
    table = similarities(a, b)
    forms, count, _ = table.shape
    rows = table.reshape(forms * count, -1)
    every = np.arange(len(rows))
    nearest = rows.argmax(axis=1)
    best = rows[every, nearest]
    mutual = best >= table.max(axis=1)[every // count, nearest]
    rows[every, nearest] = -1.0
    kept = mutual & (1.0 - best < params.ratio**2 * (1.0 - rows.max(axis=1)))
    nearest, best, kept = (each.reshape(forms, count) for each in (nearest, best, kept))
    counts = np.count_nonzero(kept, axis=1)
    found = []
    for index in np.argsort(-counts, kind="stable"):
        if counts[index] >= params.enough_matches:
            chosen = np.flatnonzero(kept[index])
            found.append(Matches(FORMS[index], chosen, nearest[index, chosen], best[index, chosen]))
    return found
