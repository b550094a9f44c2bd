"""The transform that most matched keypoints agree on, found without chance.

Every match of two SIFT keypoints is a whole similarity transform by itself (Lowe, 2004: place, scale and
direction), so all hypotheses are tried at once, and the same pair gives the same answer in every thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.correspondences import Form, Matches
from sosie.matching.verification.params import VerificationParams
from sosie.matching.verification.prepared import Prepared

_HYPOTHESES = 3
_LOOSENESS = (4.0, 2.0, 1.0, 1.0)
"""How many times the tolerance an inlier may be off, from the first fit to the last."""
_MOST_ZOOM = 12.0
_MOST_SQUEEZE = 2.5
_MOST_TURN = 0.6
_MOST_STRETCH = 0.7


@dataclass(frozen=True, slots=True)
class Consensus:
    """A transform and the matches that follow it.

    `matrix`: float64 (3, 3), from pixels of the first thumbnail (as it is, not in its form) to the second's.
    `a`, `b`: rows of the inliers' keypoints; `places` counts their different places.
    """

    form: Form
    matrix: NDArray[np.float64]
    a: NDArray[np.intp]
    b: NDArray[np.intp]
    places: int


def mirror_matrix(width: int) -> NDArray[np.float64]:
    """The matrix that mirrors a thumbnail of that width."""
    return np.array([[-1.0, 0.0, width - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])


def find_consensus(a: Prepared, b: Prepared, matches: Matches, params: VerificationParams) -> Consensus | None:
    """The plausible transform with most inliers, or None where fewer than `enough_inliers` follow any."""
    start, turns = _in_form(a, matches)
    end = b.places[matches.b].astype(np.complex128)
    growth = b.turns[matches.b].astype(np.complex128) / turns
    votes = _votes(start, end, growth, params.tolerance)
    best: tuple[int, NDArray[np.complex128], NDArray[np.bool_]] | None = None
    open_votes = votes.copy()
    for _ in range(_HYPOTHESES):
        counts = open_votes.sum(axis=1)
        chosen = int(counts.argmax())
        if counts[chosen] < params.enough_inliers or (best is not None and counts[chosen] <= best[0]):
            break
        fitted = _refine(start, end, votes[chosen], params)
        if fitted is not None:
            count = _distinct(start[fitted[1]], end[fitted[1]])
            if best is None or count > best[0]:
                best = (count, *fitted)
        open_votes &= ~votes[chosen]
    if best is None or best[0] < params.enough_inliers:
        return None
    count, coefficients, inliers = best
    matrix = _matrix(coefficients)
    if matches.form.mirrored:
        matrix = matrix @ mirror_matrix(a.size[0])
    return Consensus(matches.form, matrix, matches.a[inliers], matches.b[inliers], count)


def _in_form(a: Prepared, matches: Matches) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Places and turns of the first image's matched keypoints after it was mirrored or inverted."""
    places, turns = a.places[matches.a].astype(np.complex128), a.turns[matches.a].astype(np.complex128)
    if matches.form.mirrored:
        places, turns = (a.size[0] - 1) - places.conj(), -turns.conj()
    if matches.form.inverted:
        turns = -turns
    return places, turns


def _votes(
    start: NDArray[np.complex128], end: NDArray[np.complex128], growth: NDArray[np.complex128], tolerance: float
) -> NDArray[np.bool_]:
    """Row i says which matches follow the similarity of match i: direction, scale and place agree roughly."""
    zoom = np.abs(growth)
    step = growth[:, None] * (start[None, :] - start[:, None])
    off = np.abs(end[:, None] + step - end[None, :])
    near = off < 1.5 * tolerance * np.maximum(1.0, zoom)[:, None] + 0.25 * np.abs(step)
    ratio = growth[None, :] / growth[:, None]
    votes: NDArray[np.bool_] = near & (np.abs(ratio - 1.0) < _MOST_TURN)
    return votes


def _refine(
    start: NDArray[np.complex128], end: NDArray[np.complex128], inliers: NDArray[np.bool_], params: VerificationParams
) -> tuple[NDArray[np.complex128], NDArray[np.bool_]] | None:
    """Fit and choose inliers in turns, ever more strictly. None where the outcome is no plausible picture."""
    coefficients: NDArray[np.complex128] | None = None
    for looseness in _LOOSENESS:
        if np.count_nonzero(inliers) < params.enough_inliers:
            return None
        coefficients = _fit(start[inliers], end[inliers])
        if coefficients is None:
            return None
        off = np.abs(_apply(coefficients, start) - end)
        inliers = off < looseness * params.tolerance * max(1.0, abs(coefficients[0]))
    if coefficients is None or not _plausible(coefficients):
        return None
    return coefficients, inliers


def _apply(coefficients: NDArray[np.complex128], places: NDArray[np.complex128]) -> NDArray[np.complex128]:
    turned: NDArray[np.complex128] = coefficients[0] * places + coefficients[1] * places.conj() + coefficients[2]
    return turned


def _fit(start: NDArray[np.complex128], end: NDArray[np.complex128]) -> NDArray[np.complex128] | None:
    """Least squares of end = g * start + h * conj(start) + t: an affinity, without h a similarity.

    The share of h is held down by a ridge that six well spread matches outweigh.
    """
    centre = start.mean()
    moved = start - centre
    spread = float(np.mean(np.abs(moved) ** 2))
    if spread < 1.0:
        return None
    columns = np.stack([moved, moved.conj()], axis=1)
    normal = columns.conj().T @ columns
    normal[1, 1] += 2.0 * spread
    g, h = np.linalg.solve(normal + np.eye(2) * 1e-6 * spread, columns.conj().T @ (end - end.mean()))
    return np.array([g, h, end.mean() - g * centre - h * np.conj(centre)])


def _plausible(coefficients: NDArray[np.complex128]) -> bool:
    """Neither a fold nor an absurd zoom, squeeze or shear: the singular values are |g| + |h| and |g| - |h|."""
    g, h = abs(coefficients[0]), abs(coefficients[1])
    if g <= h:
        return False
    large, small = g + h, g - h
    return large < _MOST_ZOOM and small > 1 / _MOST_ZOOM and large / small < _MOST_SQUEEZE


def _matrix(coefficients: NDArray[np.complex128]) -> NDArray[np.float64]:
    g, h, t = coefficients
    return np.array(
        [
            [g.real + h.real, -g.imag + h.imag, t.real],
            [g.imag + h.imag, g.real - h.real, t.imag],
            [0.0, 0.0, 1.0],
        ]
    )


def _distinct(start: NDArray[np.complex128], end: NDArray[np.complex128]) -> int:
    """How many different places the matches join: SIFT puts several directions on one place."""
    if len(start) == 0:
        return 0
    return min(len(np.unique(np.round(places / 2.0))) for places in (start, end))
