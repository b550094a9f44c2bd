"""Which keypoints of two images look alike, for all forms of the first at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.params import VerificationParams
from sosie.matching.verification.prepared import Prepared
from sosie.matching.verification.windows import Scratch


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


_SCRATCH = Scratch()


def similarities(a: Prepared, b: Prepared) -> NDArray[np.float32]:
    """Cosines of all descriptors, float32 (4, n, m): one table for each of `FORMS` of `a`.

    It holds until the next call in the same thread.
    """
    parts, table = _SCRATCH.array(2, 4, a.spectrum.shape[1], b.spectrum.shape[1])
    np.matmul(a.spectrum, b.spectrum.transpose(0, 2, 1), out=parts)
    np.add(parts[0], parts[2], out=table[0])
    np.add(parts[1], parts[3], out=table[1])
    np.subtract(parts[0], parts[2], out=table[2])
    np.subtract(parts[1], parts[3], out=table[3])
    np.subtract(table[0], table[1], out=parts[1])
    np.add(table[0], table[1], out=parts[0])
    np.subtract(table[2], table[3], out=parts[3])
    np.add(table[2], table[3], out=parts[2])
    return np.asarray(parts, np.float32)


def mutual_matches(a: Prepared, b: Prepared, params: VerificationParams) -> list[Matches]:
    """Mutual nearest neighbours that pass the ratio test, a list by form, forms with most matches first.

    Forms with fewer than `enough_matches` are left out, so strangers mostly give an empty list.
    """
    if min(len(a.places), len(b.places)) < params.enough_matches:
        return []
    table = similarities(a, b)
    forms, count, width = table.shape
    rows = table.reshape(forms * count, width)
    nearest = rows.argmax(axis=1)
    entry = nearest + np.arange(0, rows.size, width)
    best = rows.ravel().take(entry)
    column = nearest.reshape(forms, count) + np.arange(0, forms * width, width)[:, None]
    mutual = np.flatnonzero(best >= table.max(axis=1).ravel().take(column.ravel()))
    rows.ravel()[entry[mutual]] = -1.0
    second = rows[mutual].max(axis=1)
    kept = mutual[1.0 - best[mutual] < params.ratio**2 * (1.0 - second)]
    bounds = np.searchsorted(kept, np.arange(forms + 1) * count)
    counts = np.diff(bounds)
    found = []
    for index in np.argsort(-counts, kind="stable").tolist():
        if counts[index] >= params.enough_matches:
            chosen = kept[bounds[index] : bounds[index + 1]]
            found.append(Matches(FORMS[index], chosen - index * count, nearest[chosen], best[chosen]))
    return found
