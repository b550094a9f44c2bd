"""The transform that most matched keypoints agree on, found without chance.

Every match of two SIFT keypoints is a whole similarity transform by itself (Lowe, 2004: place, scale and
direction), so all hypotheses are tried at once, and the same pair gives the same answer in every thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.correspondences import Form, Matches
from sosie.matching.verification.params import VerificationParams
from sosie.matching.verification.prepared import Prepared
from sosie.types import Rectangle

_HYPOTHESES = 3
_SUREST = 48
"""Only so many matches, the most alike, are taken for hypotheses; all of them vote."""
_LOOSENESS = (4.0, 2.0, 1.0, 1.0)
"""How many times the tolerance an inlier may be off, from the first fit to the last."""
_MOST_ZOOM = 12.0
_MOST_SQUEEZE = 2.5
_MOST_TURN = 0.6
_BENT_FROM = 8


@dataclass(frozen=True, slots=True)
class Consensus:
    """A transform and the matches that follow it.

    `matrix`: float64 (3, 3), from pixels of the first thumbnail (as it is, not in its form) to the second's.
    `a`, `b`: rows of the inliers' keypoints; `places` counts their different places; `matches`: all of that form.
    """

    form: Form
    matrix: NDArray[np.float64]
    a: NDArray[np.intp]
    b: NDArray[np.intp]
    places: int
    matches: Matches


def project(matrix: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points, float64 (n, 2), through a homography."""
    return np.asarray(cv2.perspectiveTransform(points[None], matrix)[0], np.float64)


def inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The homography back, its last number 1."""
    # A hundred multiplications: the libraries take longer to look at their arguments.
    (a, b, c), (d, e, f), (g, h, i) = matrix.tolist()
    last = a * e - b * d
    if last == 0.0:
        raise np.linalg.LinAlgError("Singular matrix")
    rows = [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, last],
    ]
    return np.asarray(np.array(rows, np.float64) / last, np.float64)


def rectangle(points: NDArray[np.float64], size: tuple[int, int]) -> Rectangle:
    """The upright box around points, as shares of an image of `size`, cut off at its edges."""
    shares = np.clip((points + 0.5) / np.array(size), 0.0, 1.0)
    (left, top), (right, bottom) = shares.min(axis=0).tolist(), shares.max(axis=0).tolist()
    return (round(left, 4), round(top, 4), round(right, 4), round(bottom, 4))


def corners(width: int, height: int) -> NDArray[np.float64]:
    """The four corner pixels of a picture, clockwise from the top left, float64 (4, 2)."""
    return np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float64)


def mirror_matrix(width: int) -> NDArray[np.float64]:
    """The matrix that mirrors a thumbnail of that width."""
    return np.array([[-1.0, 0.0, width - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """The matches of one form and what each of the surest says of all of them.

    `start`, `end`: complex (m,), places in the first image in that form and in the second. `votes`: bool (k, m), which
    matches follow the similarity of each hypothesis.
    """

    matches: Matches
    start: NDArray[np.complex128]
    end: NDArray[np.complex128]
    votes: NDArray[np.bool_]


def hypotheses(a: Prepared, b: Prepared, forms: Sequence[Matches], params: VerificationParams) -> list[Hypotheses]:
    """The hypotheses of some forms, all worked out at once: most forms hold but a few matches of chance."""
    parts = [(*_in_form(a, matches), b.places[matches.b], b.turns[matches.b]) for matches in forms]
    start, turns, end, ends = (np.concatenate(each) for each in zip(*parts, strict=True))
    bounds = np.cumsum([0, *(len(matches) for matches in forms)]).tolist()
    surest = [
        np.argsort(-matches.similarity, kind="stable")[:_SUREST] + first
        if len(matches) > _SUREST
        else np.arange(first, first + len(matches))
        for matches, first in zip(forms, bounds, strict=False)
    ]
    votes = _votes(start, end, ends / turns, np.concatenate(surest), params.tolerance)
    found, row = [], 0
    for matches, sure, first in zip(forms, surest, bounds, strict=False):
        own = slice(first, first + len(matches))
        found.append(Hypotheses(matches, start[own], end[own], votes[row : row + len(sure), own]))
        row += len(sure)
    return found


def find_consensus(a: Prepared, b: Prepared, given: Hypotheses, params: VerificationParams) -> Consensus | None:
    """The plausible transform with most inliers, or None where fewer than `enough_inliers` follow any."""
    matches, start, end = given.matches, given.start, given.end
    best: tuple[int, NDArray[np.complex128], NDArray[np.bool_]] | None = None
    votes = given.votes
    counts = votes.sum(axis=1)
    for _ in range(_HYPOTHESES):
        chosen = int(counts.argmax())
        if counts[chosen] < params.enough_inliers or (best is not None and counts[chosen] <= best[0]):
            break
        fitted = _refine(start, end, given.votes[chosen], params)
        if fitted is not None:
            count = _distinct(a, b, matches.a[fitted[1]], matches.b[fitted[1]])
            if best is None or count > best[0]:
                best = (count, *fitted)
        votes = votes & ~votes[chosen]
        counts = votes.sum(axis=1)
    if best is None or best[0] < params.enough_inliers:
        return None
    count, coefficients, inliers = best
    matrix = _matrix(coefficients)
    if matches.form.mirrored:
        matrix = matrix @ mirror_matrix(a.size[0])
    return Consensus(matches.form, matrix, matches.a[inliers], matches.b[inliers], count, matches)


def bend(a: Prepared, b: Prepared, consensus: Consensus, params: VerificationParams) -> Consensus | None:
    """The consensus with a homography where more matches follow that than an affinity; None where none do."""
    matches = consensus.matches
    start, end = (_pairs_of(image.places[rows]) for image, rows in ((a, matches.a), (b, matches.b)))
    matrix, scale = consensus.matrix, max(1.0, abs(np.linalg.det(consensus.matrix[:2, :2])) ** 0.5)
    for looseness in (2.5, 1.5, 1.0):
        inliers = np.hypot(*(project(matrix, start) - end).T) < looseness * params.tolerance * scale
        if np.count_nonzero(inliers) < _BENT_FROM:
            return None
        matrix = _homography(start[inliers], end[inliers])
    inliers = np.hypot(*(project(matrix, start) - end).T) < params.tolerance * scale
    rows_a, rows_b = matches.a[inliers], matches.b[inliers]
    places = _distinct(a, b, rows_a, rows_b)
    if places <= consensus.places or not _unfolded(matrix, a.size):
        return None
    return Consensus(consensus.form, matrix, rows_a, rows_b, places, matches)


def _pairs_of(places: NDArray[np.complex128]) -> NDArray[np.float64]:
    return np.stack([places.real, places.imag], axis=1).astype(np.float64)


def _homography(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares of the eight numbers in coordinates of unit spread; a ridge holds the perspective down."""
    frames = []
    for points in (start, end):
        spread = max(float(points.std()), 1e-3)
        (x, y) = points.mean(axis=0)
        frames.append(np.array([[1 / spread, 0, -x / spread], [0, 1 / spread, -y / spread], [0, 0, 1.0]]))
    (x, y), (u, v) = project(frames[0], start).T, project(frames[1], end).T
    zero, one = np.zeros_like(x), np.ones_like(x)
    above = np.stack([x, y, one, zero, zero, zero, -u * x, -u * y], axis=1)
    below = np.stack([zero, zero, zero, x, y, one, -v * x, -v * y], axis=1)
    rows = np.concatenate([above, below])
    normal = rows.T @ rows + np.diag([1e-9] * 6 + [0.5, 0.5])
    numbers = np.linalg.solve(normal, rows.T @ np.concatenate([u, v]))
    matrix = np.linalg.inv(frames[1]) @ np.append(numbers, 1.0).reshape(3, 3) @ frames[0]
    return np.asarray(matrix / matrix[2, 2])


def _unfolded(matrix: NDArray[np.float64], size: tuple[int, int]) -> bool:
    """Whether all corners lie on one side of the horizon, and none much nearer than another."""
    depth = corners(*size) @ matrix[2, :2] + 1.0
    return bool(depth.min() > 0.3 and depth.max() / depth.min() < _MOST_SQUEEZE)


def _in_form(a: Prepared, matches: Matches) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Places and turns of the first image's matched keypoints after it was mirrored or inverted."""
    places, turns = a.places[matches.a], a.turns[matches.a]
    if matches.form.mirrored:
        places, turns = (a.size[0] - 1) - places.conj(), -turns.conj()
    if matches.form.inverted:
        turns = -turns
    return places, turns


def _votes(
    start: NDArray[np.complex128],
    end: NDArray[np.complex128],
    growth: NDArray[np.complex128],
    surest: NDArray[np.intp],
    tolerance: float,
) -> NDArray[np.bool_]:
    """Row by row, which matches follow the similarity of one of the surest: direction, scale and place agree roughly.

    Squares are compared, as roots of complex numbers are slow, and single precision is enough for votes.
    """
    places, aims, growths = (each.astype(np.complex64) for each in (start, end, growth))
    grown = growths[surest, None]
    step = grown * (places - places[surest, None])
    off = _square(step - (aims - aims[surest, None]))
    scale = _square(growths)
    allowed = np.float32(4.5 * tolerance * tolerance) * np.maximum(np.float32(1), scale[surest])[:, None]
    near = off < allowed + np.float32(0.125) * _square(step)
    near &= _square(growths - grown) < np.float32(_MOST_TURN**2) * scale[surest, None]
    return np.asarray(near)


def _square(numbers: NDArray[Any]) -> NDArray[Any]:
    real, imaginary = numbers.real, numbers.imag
    return np.asarray(real * real + imaginary * imaginary)


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
        off = _square(_apply(coefficients, start) - end)
        inliers = off < (looseness * params.tolerance * max(1.0, abs(coefficients[0]))) ** 2
    if coefficients is None or not _plausible(coefficients):
        return None
    return coefficients, inliers


def _apply(coefficients: NDArray[np.complex128], places: NDArray[np.complex128]) -> NDArray[np.complex128]:
    turned: NDArray[np.complex128] = coefficients[0] * places + coefficients[1] * places.conj() + coefficients[2]
    return turned


def _fit(start: NDArray[np.complex128], end: NDArray[np.complex128]) -> NDArray[np.complex128] | None:
    """Least squares of end = g * start + h * conj(start) + t: an affinity, without h a similarity.

    The share of h is held down by a ridge that six well spread matches outweigh. Solved by Cramer's rule.
    """
    centre, middle = start.sum() / len(start), end.sum() / len(end)
    moved, ended = start - centre, end - middle
    total = float(np.vdot(moved, moved).real)
    spread = total / len(start)
    if spread < 1.0:
        return None
    cross = np.vdot(moved, moved.conj())
    plain, bent = np.vdot(moved, ended), np.dot(moved, ended)
    first, second = total + 1e-6 * spread, total + 2.0 * spread
    determinant = first * second - abs(cross) ** 2
    g = (plain * second - cross * bent) / determinant
    h = (bent * first - np.conj(cross) * plain) / determinant
    return np.array([g, h, middle - g * centre - h * np.conj(centre)])


def _plausible(coefficients: NDArray[np.complex128]) -> bool:
    """Neither a fold nor an absurd zoom, squeeze or shear: the singular values are |g| + |h| and |g| - |h|."""
    g, h = abs(coefficients[0]), abs(coefficients[1])
    if g <= h:
        return False
    large, small = g + h, g - h
    return bool(large < _MOST_ZOOM and small > 1 / _MOST_ZOOM and large / small < _MOST_SQUEEZE)


def _matrix(coefficients: NDArray[np.complex128]) -> NDArray[np.float64]:
    g, h, t = coefficients
    return np.array(
        [
            [g.real + h.real, -g.imag + h.imag, t.real],
            [g.imag + h.imag, g.real - h.real, t.imag],
            [0.0, 0.0, 1.0],
        ]
    )


def _distinct(a: Prepared, b: Prepared, rows_a: NDArray[np.intp], rows_b: NDArray[np.intp]) -> int:
    """How many different places the matches join."""
    if len(rows_a) == 0:
        return 0
    return min(int(np.count_nonzero(np.bincount(image.place_of[rows]))) for image, rows in ((a, rows_a), (b, rows_b)))
