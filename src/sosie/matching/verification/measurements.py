"""Everything that is measured of a pair before it is judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.features import Features
from sosie.matching.verification.agreement import STRIDE, Agreement, patches
from sosie.matching.verification.alignment import Overlay, lay_over, warped_colours
from sosie.matching.verification.colour import UNCHANGED, ColourChange, Grid, colour_change
from sosie.matching.verification.commonplace import common_places, without
from sosie.matching.verification.correspondences import Form, mutual_matches
from sosie.matching.verification.differences import extras
from sosie.matching.verification.frames import Guess, guesses
from sosie.matching.verification.geometry import (
    Consensus,
    corners,
    find_consensus,
    hypotheses,
    inverse,
    project,
    rectangle,
)
from sosie.matching.verification.params import VerificationParams
from sosie.matching.verification.prepared import Prepared, prepare
from sosie.matching.verification.settling import COPY_LIKE, settle, settle_by_keypoints
from sosie.matching.verification.slip import Field
from sosie.matching.verification.surroundings import NOTHING, Surroundings, surroundings
from sosie.types import Rectangle

_SURE = 12
_FEW = 8
_SPARSE = 24
"""Frames are compared only where one of the images is small or has fewer places with keypoints."""
_NONE = np.zeros(0, np.intp)
_AROUND = np.ones((3, 3), np.uint8)
_RIM = 1.5
_FRAME = 200
"""Longest side of a thumbnail."""
_ENLARGED = 1.25
_MOST_ENLARGED = 4.0
_SOFTNESS = 0.45
"""Standard deviation of what takes the detail away that averaging over a pixel takes, in such pixels."""
_COARSER = 2
"""Colours are compared on every second point of the grid each way."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """What is known of a pair of images `a` and `b`, in the order they were given.

    `matches`: mutual matches of the best form; `inliers`: different places that follow the transform, 0 where only
    the frames were compared; `share`: such places as a share of the keypoints in the common area, in the image that
    has fewer there. `transform`: float64 (3, 3) from thumbnail pixels of `a` to those of `b`. `overlap`: the common
    area as a share of `a` and of `b`. `textured`: share of the common windows that hold texture; `agreement`: share
    of those that correlate; `correlation`: their mean; `peak`: what the best quarter of them reaches. `residual`:
    median distance of inliers from where the transform puts them, in pixels of the smaller picture. `slip`: how far
    windows that agree are off, median and nine tenths quantile; `wander`: how far neighbours among them are off
    together; `bow`: how far a bent surface or a lens moves places, in pixels. `same`: area that is the same, as a
    share of `a` and of `b`; `together`: how much of it is one patch; `hole`: the largest patch of the common area
    that differs; `clash`: the largest where both hold texture, and not the same; `own`: what differs and holds
    texture in the one that holds less there; `through`: how evenly one shows through the other; `windows`: how many
    windows agree. `colour`: what happened to the colours. `around`: how `a` goes on beyond `b`, and `b` beyond `a`.
    `sharpness`: detail of `b` as a share of that of `a`. `extras`: the larger areas that differ, in `b`.
    `followed`: rows of the keypoints of `a` and of `b` that follow the transform.
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
    peak: float
    residual: float
    slip: tuple[float, float]
    wander: float
    bow: float
    same: tuple[float, float]
    together: float
    hole: float
    clash: float
    own: float
    through: float
    windows: int
    colour: ColourChange
    around: tuple[Surroundings, Surroundings]
    sharpness: float
    extras: tuple[Rectangle, ...]
    followed: tuple[NDArray[np.intp], NDArray[np.intp]]
    size_a: tuple[int, int]
    size_b: tuple[int, int]

    @property
    def framing(self) -> float:
        """How far the corners of one image are from corners of the other, the farthest, as a share of its side."""
        return max(
            _astray(outline(self), self.size_b),
            _astray(project(inverse(self.transform), corners(*self.size_b)), self.size_a),
        )


def _astray(places: NDArray[np.float64], size: tuple[int, int]) -> float:
    apart = places[:, None] - corners(*size)[None]
    return float(np.hypot(apart[..., 0], apart[..., 1]).min(axis=1).max()) / max(size)


Counts = NDArray[np.intp]


def measure(
    a: Features | Prepared,
    b: Features | Prepared,
    params: VerificationParams | None = None,
    strangers: tuple[Counts, Counts] | None = None,
    enlarged: float = 1.0,
) -> Measurements | None:
    """Measurements of a pair, or None for strangers. The same, mirrored, when `a` and `b` change places.

    `strangers`: how many strangers hold each keypoint of `a` and of `b` as well; what many
    hold is left out of all measurements. `enlarged`: how many times the smaller of the two was enlarged to its
    thumbnail, 1 where neither was (see `enlargement`): pixels are compared and shifts told at its own scale.
    """
    params = params or VerificationParams()
    first, second = (image if isinstance(image, Prepared) else prepare(image) for image in (a, b))
    swapped = not first.precedes(second)
    if swapped:
        first, second, strangers = second, first, None if strangers is None else strangers[::-1]
    found = _measure(first, second, params, strangers, enlarged)
    return exchanged(found) if found is not None and swapped else found


def enlargement(*sizes: tuple[int, int]) -> float:
    """How many times the smallest of images of these sizes (width, height) was enlarged to its thumbnail, 1 to 4."""
    return min(_MOST_ENLARGED, max(1.0, _FRAME / min(max(size) for size in sizes)))


def exchanged(found: Measurements) -> Measurements:
    """The same measurements with `a` and `b` in each other's place."""
    return replace(
        found,
        transform=inverse(found.transform),
        overlap=found.overlap[::-1],
        same=found.same[::-1],
        around=found.around[::-1],
        followed=found.followed[::-1],
        sharpness=round(1.0 / max(found.sharpness, 1e-3), 3),
        extras=tuple(_carried(box, found) for box in found.extras),
        size_a=found.size_b,
        size_b=found.size_a,
        colour=replace(found.colour, chroma=found.colour.chroma[::-1], gain=1.0 / max(found.colour.gain, 1e-3)),
    )


def _carried(box: Rectangle, found: Measurements) -> Rectangle:
    """A rectangle of `b` as it stands in `a`."""
    left, top, right, bottom = box
    places = np.array([[left, top], [right, top], [right, bottom], [left, bottom]]) * np.array(found.size_b) - 0.5
    return rectangle(project(inverse(found.transform), places), found.size_a)


def softer(image: Prepared, enlarged: float) -> Prepared:
    """The image with the detail of one that was enlarged so many times: what a thumbnail cannot show is taken away."""
    features = image.features
    thumbnail = cv2.GaussianBlur(features.thumbnail, (0, 0), _SOFTNESS * enlarged)
    soft = Prepared(Features(np.asarray(thumbnail, np.uint8), features.points, features.descriptors))
    keypoints = ("spectrum", "places", "turns", "place_of", "single")
    soft.__dict__.update({name: value for name, value in image.__dict__.items() if name in keypoints})
    return soft


def best_consensus(a: Prepared, b: Prepared, params: VerificationParams) -> tuple[Consensus, int] | None:
    """The consensus of the form that most keypoints follow, and how many matches that form has."""
    forms = mutual_matches(a, b, params)
    # A form with many matches mostly is the one; otherwise all are looked at together, which costs as much as one.
    sure = 1 if forms and len(forms[0]) >= 2 * _SURE else 0
    best: tuple[Consensus, int] | None = None
    for part in (forms[:sure], forms[sure:]):
        for each in hypotheses(a, b, part, params) if part else ():
            found = find_consensus(a, b, each, params)
            if found is not None and (best is None or found.places > best[0].places):
                best = (found, len(each.matches))
            if found is not None and found.places >= _SURE:
                return best
    return best


@dataclass(frozen=True, slots=True)
class _Aligned:
    """Two images laid over each other, and what their pixels say; without a consensus, by their frames alone."""

    form: Form
    overlay: Overlay
    agreement: Agreement
    field: Field
    consensus: Consensus | None = None
    matches: int = 0

    @property
    def weight(self) -> int:
        """How much is the same, to choose between alignments: windows of the target, textured ones twice."""
        return int(np.count_nonzero(self.agreement.agreeing)) + int(np.count_nonzero(self.agreement.same))


def _measure(
    a: Prepared, b: Prepared, params: VerificationParams, strangers: tuple[Counts, Counts] | None, enlarged: float
) -> Measurements | None:
    found = best_consensus(a, b, params)
    sparse = enlarged > _ENLARGED or min(len(a.single), len(b.single)) < _SPARSE
    sparse = sparse and (found is None or found[0].places < _FEW)
    guessed = guesses(a.frames, b.frames, a.size, b.size) if sparse else []
    if found is None and not guessed:
        return None
    if enlarged > _ENLARGED:
        a, b = softer(a, enlarged), softer(b, enlarged)
    aligned = None if found is None else _by_keypoints(a, b, *found, params)
    if guessed:
        aligned = max(
            [each for each in (aligned, *_by_frames(a, b, guessed, params)) if each is not None],
            key=lambda each: each.weight,
            default=None,
        )
    if aligned is None:
        return None
    if strangers is not None:
        aligned = _without_common(a, b, aligned, strangers)
        if aligned is None:
            return None
    agreement, overlay, consensus = aligned.agreement, aligned.overlay, aligned.consensus
    matrix = overlay.transform()
    area = common_area(matrix, a.size, b.size), common_area(inverse(matrix), b.size, a.size)
    covered, same = int(np.count_nonzero(agreement.covered)), int(np.count_nonzero(agreement.same))
    patch = patches(agreement)
    copy_like = same > COPY_LIKE * covered
    return Measurements(
        form=aligned.form,
        matches=aligned.matches,
        inliers=consensus.places if consensus else 0,
        share=_inlier_share(a, b, matrix, consensus.places) if consensus else 0.0,
        transform=matrix,
        overlap=area,
        textured=float(np.count_nonzero(agreement.textured)) / covered,
        agreement=agreement.share,
        correlation=agreement.mean,
        peak=agreement.peak,
        residual=_residual(a, b, consensus, overlay) if consensus else 0.0,
        slip=(aligned.field.quantiles[0] / enlarged, aligned.field.quantiles[1] / enlarged),
        wander=aligned.field.wander / enlarged,
        bow=overlay.bow.depth if overlay.bow else 0.0,
        same=(area[0] * same / covered, area[1] * same / covered),
        together=patch.together,
        hole=patch.hole,
        clash=patch.clash,
        own=patch.own,
        through=agreement.through,
        windows=int(np.count_nonzero(agreement.agreeing)),
        colour=_colours(overlay, agreement),
        around=around_both(a, b, overlay, agreement),
        sharpness=b.detail / a.detail,
        extras=extras(overlay, agreement) if copy_like else (),
        followed=(consensus.a, consensus.b) if consensus else (_NONE, _NONE),
        size_a=a.size,
        size_b=b.size,
    )


def _without_common(a: Prepared, b: Prepared, aligned: _Aligned, strangers: tuple[Counts, Counts]) -> _Aligned | None:
    """The same without what strangers share, as long as enough is left; None where no keypoint of the rest agrees."""
    first, second = common_places(a, strangers[0]), common_places(b, strangers[1])
    overlay = aligned.overlay
    agreement = without(aligned.agreement, overlay, (first, second) if overlay.swapped else (second, first))
    if agreement is None:
        return aligned
    consensus = aligned.consensus
    if consensus is not None:
        kept = ~(first[consensus.a] | second[consensus.b])
        rows_a, rows_b = consensus.a[kept], consensus.b[kept]
        places = _distinct(a, b, rows_a, rows_b)
        if not places:
            return None
        consensus = replace(consensus, a=rows_a, b=rows_b, places=places)
    return replace(aligned, agreement=agreement, consensus=consensus)


def _distinct(a: Prepared, b: Prepared, rows_a: NDArray[np.intp], rows_b: NDArray[np.intp]) -> int:
    """How many different places the matches join."""
    return min(len(np.unique(a.place_of[rows_a])), len(np.unique(b.place_of[rows_b])))


def _by_keypoints(
    a: Prepared, b: Prepared, consensus: Consensus, matches: int, params: VerificationParams
) -> _Aligned | None:
    """Aligned as the keypoints say."""
    found = settle_by_keypoints(a, b, consensus, params)
    if found is None:
        return None
    settled, consensus = found
    return _Aligned(consensus.form, settled.overlay, settled.agreement, settled.field, consensus, matches)


def _by_frames(a: Prepared, b: Prepared, guessed: Sequence[Guess], params: VerificationParams) -> Iterator[_Aligned]:
    """Aligned edge to edge, as far as half of the pictures then agrees."""
    for guess in guessed:
        overlay = lay_over(a, b, guess.matrix, inverted=guess.inverted)
        settled = None if overlay is None else settle(overlay, params)
        if settled is None:
            continue
        agreement = settled.agreement
        if np.count_nonzero(agreement.same) > 0.5 * np.count_nonzero(agreement.covered):
            yield _Aligned(Form(guess.mirrored, guess.inverted), settled.overlay, agreement, settled.field)


def common_area(matrix: NDArray[np.float64], size_a: tuple[int, int], size_b: tuple[int, int]) -> float:
    """The share of image `a` that lies on image `b` under a matrix from `a` to `b`.

    Less than a pixel and a half that is missing along a side is no more than the alignment can tell, and not missing.
    """
    (width, height), frame = size_a, _frame(size_a)
    seen = project(inverse(matrix), _frame(size_b))
    common, _ = cv2.intersectConvexConvex(frame.astype(np.float32), cv2.convexHull(seen.astype(np.float32)))
    share = float(common) / (width * height)
    return 1.0 if share > 1.0 - _RIM / min(width, height) else share


def _frame(size: tuple[int, int]) -> NDArray[np.float64]:
    """The corners of an image, at the outer edges of its pixels, float64 (4, 2)."""
    width, height = size
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64) - 0.5


def _inlier_share(a: Prepared, b: Prepared, matrix: NDArray[np.float64], places: int) -> float:
    """Inliers as a share of the different keypoints that the common area holds, where fewer are."""
    there = _places_inside(a, matrix, b.size)
    back = _places_inside(b, inverse(matrix), a.size)
    return float(places / max(places, min(there, back), 1))


def _places_inside(image: Prepared, matrix: NDArray[np.float64], size: tuple[int, int]) -> int:
    x, y = project(matrix, image.single).T
    return int(np.count_nonzero((x > -1) & (y > -1) & (x < size[0]) & (y < size[1])))


def _residual(a: Prepared, b: Prepared, consensus: Consensus, overlay: Overlay) -> float:
    """Median distance of the inliers in the target, after the pixels had their say."""
    if not len(consensus.a):
        return 0.0
    start, end = a.places[consensus.a], b.places[consensus.b]
    source, target = (end, start) if overlay.swapped else (start, end)
    x, y = overlay.to_source(np.stack([target.real, target.imag], axis=1)).T
    return float(np.median(np.hypot(x - source.real, y - source.imag))) / max(1.0, overlay.zoom)


def _colours(overlay: Overlay, agreement: Agreement) -> ColourChange:
    if np.count_nonzero(agreement.same) < COPY_LIKE * np.count_nonzero(agreement.covered):
        return UNCHANGED
    target, source = warped_colours(overlay, STRIDE * _COARSER)
    height, width = target.shape[:2]
    coarse = (each[::_COARSER, ::_COARSER] for each in (agreement.covered, agreement.textured, agreement.agreeing))
    covered, textured, agreeing = (each[:height, :width] for each in coarse)
    # Squares at the rim of the common area hold pixels that only one of the two has.
    within = cv2.erode(covered.astype(np.uint8), _AROUND, borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    grid = Grid(within, textured & within, agreeing & within)
    change = colour_change(target, source, grid, inverted=overlay.inverted)
    if overlay.swapped:
        return replace(change, chroma=change.chroma[::-1], gain=1.0 / max(change.gain, 1e-3))
    return change


def around_both(a: Prepared, b: Prepared, overlay: Overlay, agreement: Agreement) -> tuple[Surroundings, Surroundings]:
    """How each image goes on beyond the other, where enough of them is the same."""
    if np.count_nonzero(agreement.same) < COPY_LIKE * np.count_nonzero(agreement.covered):
        return NOTHING, NOTHING
    matrix = overlay.transform()
    return surroundings(a.grey, inverse(matrix), b.size), surroundings(b.grey, matrix, a.size)


def outline(found: Measurements) -> NDArray[np.float64]:
    """The corners of `a` in thumbnail pixels of `b`, float64 (4, 2)."""
    return project(found.transform, corners(*found.size_a))
