"""Everything that is measured of a pair before it is judged."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sosie.features import Features
from sosie.matching.verification.agreement import STRIDE, Agreement, compare, patches
from sosie.matching.verification.alignment import (
    Overlay,
    corners,
    lay_over,
    project,
    refine,
    target_grey,
    warped_colours,
    warped_grey,
)
from sosie.matching.verification.colour import UNCHANGED, ColourChange, colour_change
from sosie.matching.verification.correspondences import Form, mutual_matches
from sosie.matching.verification.geometry import Consensus, find_consensus
from sosie.matching.verification.params import VerificationParams
from sosie.matching.verification.prepared import Prepared, prepare
from sosie.matching.verification.surroundings import NOTHING, Surroundings, surroundings
from sosie.types import Rectangle

_SURE = 12
_COPY_LIKE = 0.35
_PERSPECTIVE_BELOW = 0.93
_PERSPECTIVE_FROM = 10


@dataclass(frozen=True, slots=True)
class Measurements:
    """What is known of a pair of images `a` and `b`, in the order they were given.

    `matches`: mutual matches of the best form; `inliers`: different places that follow the transform; `share`: such
    places as a share of the keypoints in the common area, in the image that has fewer there. `transform`: float64
    (3, 3) from thumbnail pixels of `a` to those of `b`. `overlap`: the common area as a share of `a` and of `b`.
    `textured`: share of the common windows that hold texture; `agreement`: share of those that correlate;
    `correlation`: their mean. `same`: area that is the same, as a share of `a` and of `b`; `together`: how much of it
    is one patch; `hole`: the largest patch of the common area that differs; `windows`: how many windows
    agree. `colour`: what happened to the colours. `around`: how `a` goes on beyond `b`, and `b` beyond
    `a`. `sharpness`: detail of `b` as a share of that of `a`. `extras`: the larger areas that differ, in `b`.
    """

    form: Form
    matches: int
    inliers: int
    share: float
    transform: NDArray[np.float64]
    overlap: tuple[float, float]
    textured: float
    agreement: float
    correlation: float
    same: tuple[float, float]
    together: float
    hole: float
    windows: int
    colour: ColourChange
    around: tuple[Surroundings, Surroundings]
    sharpness: float
    extras: tuple[Rectangle, ...]
    size_a: tuple[int, int]
    size_b: tuple[int, int]

    @property
    def zoom(self) -> float:
        """How much larger `a` stands in `b`'s thumbnail than in its own, in the middle."""
        middle = np.array([[self.size_a[0] / 2, self.size_a[1] / 2]])
        square = np.concatenate([middle, middle + [[1.0, 0.0]], middle + [[0.0, 1.0]]])
        mapped = project(self.transform, square)
        across, down = mapped[1] - mapped[0], mapped[2] - mapped[0]
        return float(abs(across[0] * down[1] - across[1] * down[0]) ** 0.5)


def measure(
    a: Features | Prepared, b: Features | Prepared, params: VerificationParams | None = None
) -> Measurements | None:
    """Measurements of a pair, or None for strangers. The same, mirrored, when `a` and `b` change places."""
    params = params or VerificationParams()
    first, second = (image if isinstance(image, Prepared) else prepare(image) for image in (a, b))
    if second.order < first.order:
        found = _measure(second, first, params)
        return None if found is None else _reversed(found)
    return _measure(first, second, params)


def _reversed(found: Measurements) -> Measurements:
    inverse = np.linalg.inv(found.transform)
    return replace(
        found,
        transform=inverse / inverse[2, 2],
        overlap=found.overlap[::-1],
        same=found.same[::-1],
        around=found.around[::-1],
        size_a=found.size_b,
        size_b=found.size_a,
        colour=replace(found.colour, chroma=found.colour.chroma[::-1], gain=1.0 / max(found.colour.gain, 1e-3)),
    )


def best_consensus(a: Prepared, b: Prepared, params: VerificationParams) -> tuple[Consensus, int] | None:
    """The consensus of the form that most keypoints follow, and how many matches that form has."""
    best: tuple[Consensus, int] | None = None
    for matches in mutual_matches(a, b, params):
        found = find_consensus(a, b, matches, params)
        if found is not None and (best is None or found.places > best[0].places):
            best = (found, len(matches))
        if found is not None and found.places >= _SURE:
            break
    return best


def _measure(a: Prepared, b: Prepared, params: VerificationParams) -> Measurements | None:
    found = best_consensus(a, b, params)
    if found is None:
        return None
    consensus, matches = found
    overlay = lay_over(a, b, consensus.matrix, inverted=consensus.form.inverted)
    if overlay is None:
        return None
    overlay, agreement = _align(overlay, consensus.places, params)
    matrix = overlay.transform()
    covered = int(np.count_nonzero(agreement.covered))
    if covered < 9:
        return None
    patch = patches(agreement)
    area = _areas(overlay, a, b)
    return Measurements(
        form=consensus.form,
        matches=matches,
        inliers=consensus.places,
        share=_inlier_share(a, b, matrix, consensus.places),
        transform=matrix,
        overlap=(min(1.0, covered * area[0]), min(1.0, covered * area[1])),
        textured=float(np.count_nonzero(agreement.textured) / covered),
        agreement=agreement.share,
        correlation=agreement.mean,
        same=tuple(min(1.0, int(np.count_nonzero(agreement.same)) * each) for each in area),  # type: ignore[arg-type]
        together=patch.together,
        hole=patch.hole,
        windows=int(np.count_nonzero(agreement.agreeing)),
        colour=_colours(overlay, agreement, params),
        around=_around(a, b, matrix, agreement),
        sharpness=1.0,
        extras=(),
        size_a=a.size,
        size_b=b.size,
    )


def _align(overlay: Overlay, inliers: int, params: VerificationParams) -> tuple[Overlay, Agreement]:
    """The overlay refined as far as that helps, and the agreement of its pixels."""
    overlay = refine(overlay, params.refinements)
    agreement = compare(target_grey(overlay), *warped_grey(overlay), params)
    if _COPY_LIKE / 2 < agreement.share < _PERSPECTIVE_BELOW and inliers >= _PERSPECTIVE_FROM:
        bent = refine(overlay, params.refinements, perspective=True)
        bent_agreement = compare(target_grey(bent), *warped_grey(bent), params)
        if np.count_nonzero(bent_agreement.agreeing) > np.count_nonzero(agreement.agreeing):
            return bent, bent_agreement
    return overlay, agreement


def _areas(overlay: Overlay, a: Prepared, b: Prepared) -> tuple[float, float]:
    """The share of `a` and of `b` that one window of the grid stands for."""
    target = STRIDE**2 / (overlay.target.size[0] * overlay.target.size[1])
    source = (STRIDE * overlay.zoom) ** 2 / (overlay.source.size[0] * overlay.source.size[1])
    return (target, source) if overlay.swapped else (source, target)


def _inlier_share(a: Prepared, b: Prepared, matrix: NDArray[np.float64], places: int) -> float:
    """Inliers as a share of the different keypoints that the common area holds, where fewer are."""
    there = _places_inside(a, matrix, b.size)
    back = _places_inside(b, np.linalg.inv(matrix), a.size)
    return float(places / max(places, min(there, back), 1))


def _places_inside(image: Prepared, matrix: NDArray[np.float64], size: tuple[int, int]) -> int:
    points = np.stack([image.places.real, image.places.imag], axis=1).astype(np.float64)
    mapped = project(matrix, points)
    inside = ((mapped > -1) & (mapped < np.array(size))).all(axis=1)
    return len(np.unique(np.round(image.places[inside] / 2.0)))


def _colours(overlay: Overlay, agreement: Agreement, params: VerificationParams) -> ColourChange:
    if agreement.share < _COPY_LIKE:
        return UNCHANGED
    target, source = warped_colours(overlay)
    change = colour_change(target, source, agreement.covered, STRIDE, inverted=overlay.inverted)
    if overlay.swapped:
        return replace(change, chroma=change.chroma[::-1], gain=1.0 / max(change.gain, 1e-3))
    return change


def _around(
    a: Prepared, b: Prepared, matrix: NDArray[np.float64], agreement: Agreement
) -> tuple[Surroundings, Surroundings]:
    if agreement.share < _COPY_LIKE:
        return NOTHING, NOTHING
    return surroundings(a.grey, np.linalg.inv(matrix), b.size), surroundings(b.grey, matrix, a.size)


def outline(found: Measurements) -> NDArray[np.float64]:
    """The corners of `a` in thumbnail pixels of `b`, float64 (4, 2)."""
    return project(found.transform, corners(*found.size_a))
