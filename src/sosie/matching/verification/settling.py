"""An overlay brought to where the pixels fit best: by an affinity, a homography, or a bow, as far as each is needed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from sosie.matching.verification.agreement import Agreement, compare
from sosie.matching.verification.alignment import Bow, Overlay, lay_over, refine, target_grey, warped_grey
from sosie.matching.verification.geometry import Consensus, bend, corners, inverse
from sosie.matching.verification.params import VerificationParams
from sosie.matching.verification.prepared import Prepared
from sosie.matching.verification.slip import NO_FIELD, Field, field

COPY_LIKE = 0.2
"""Share of the textured windows that agree, from which on a closer look is worth its time."""
_FEWEST_WINDOWS = 9
_CORRECTIONS = 3
_STEADY = 0.5
"""Pixels that an overlay may be off at half a picture from the middle: the windows see no difference."""
_PERSPECTIVES = 2
_PERSPECTIVE_BELOW = 0.93
_BOWS = 4
_NEARLY = 0.03
"""How far a corner may be off another, as a share of the longer side, for the frames to be meant to coincide."""
_AS_MUCH = 0.97
_BENT = 0.25
_LOST = 0.4
"""Pixels that windows are off against each other, beyond which pixels alone lead to no perspective."""
_WORTH = 0.9
"""A bow goes on being fitted while the slip falls below this share of the last, or a twentieth more agrees."""


@dataclass(frozen=True, slots=True)
class Settled:
    """An overlay, what its windows say, and the shifts that they would still need."""

    overlay: Overlay
    agreement: Agreement
    field: Field

    @property
    def agreeing(self) -> int:
        """How many windows agree."""
        return int(np.count_nonzero(self.agreement.agreeing))

    @property
    def bent(self) -> bool:
        """Whether enough agrees for the shifts that are left to look like a perspective or a bow."""
        shifts = self.field
        return self.agreement.share >= COPY_LIKE and shifts.bend >= _BENT and shifts.quantiles[0] >= _BENT / 2


def settle_by_keypoints(
    a: Prepared, b: Prepared, consensus: Consensus, params: VerificationParams
) -> tuple[Settled, Consensus] | None:
    """The overlay that keypoints start, with the consensus that it follows; None where next to nothing is covered.

    An affinity first. Where the shifts that are left bend, or something does not agree, a homography may fit better:
    one that more keypoints follow, or one that the pixels lead to. What is bent then is a page or a lens.
    """
    inverted = consensus.form.inverted
    overlay = lay_over(a, b, consensus.matrix, inverted=inverted)
    settled = None if overlay is None else _steadied(refine(overlay, params.refinements), params)
    if settled is None:
        return None
    if settled.bent or settled.agreement.share < _PERSPECTIVE_BELOW:
        homography = bend(a, b, consensus, params)
        start = None if homography is None else lay_over(a, b, homography.matrix, inverted=inverted)
        if start is None and settled.bent and settled.field.quantiles[0] < _LOST:
            start = settled.overlay
        better = None if start is None else _in_perspective(start, params)
        if better is not None and better.agreeing > settled.agreeing:
            settled, consensus = better, homography or consensus
    return _edge_to_edge(_bowed(settled, params), params), consensus


def settle(overlay: Overlay, params: VerificationParams) -> Settled | None:
    """The overlay refined as an affinity, and bowed where that helps; None where next to nothing is covered."""
    settled = _steadied(refine(overlay, params.refinements), params)
    return None if settled is None else _bowed(settled, params)


def _compared(overlay: Overlay, params: VerificationParams) -> Settled | None:
    target, (source, mask) = target_grey(overlay), warped_grey(overlay)
    agreement = compare(target, source, mask, params)
    if np.count_nonzero(agreement.covered) < _FEWEST_WINDOWS:
        return None
    shifts = NO_FIELD if agreement.share < COPY_LIKE else field(target, source, mask, agreement)
    return Settled(overlay, agreement, shifts)


def _steadied(overlay: Overlay, params: VerificationParams) -> Settled | None:
    """The overlay moved by what the windows that agree say of it, as long as more of them agree then."""
    settled = _compared(overlay, params)
    for _ in range(_CORRECTIONS):
        if settled is None or settled.field.drift < _STEADY:
            break
        moved = replace(settled.overlay, matrix=settled.overlay.matrix @ settled.field.correction())
        better = _compared(moved, params)
        if better is None or better.agreeing < settled.agreeing:
            break
        settled = better
    return settled


def _in_perspective(overlay: Overlay, params: VerificationParams) -> Settled | None:
    """The overlay refined as a homography, again while what is left still bends."""
    best: Settled | None = None
    for _ in range(_PERSPECTIVES):
        settled = _steadied(refine(overlay, params.refinements, perspective=True), params)
        if settled is None or (best is not None and settled.agreeing <= best.agreeing):
            break
        best, overlay = settled, settled.overlay
        if not settled.bent:
            break
    return best


def _edge_to_edge(settled: Settled, params: VerificationParams) -> Settled:
    """The same with the frames laid exactly over each other, where they nearly are and as much agrees then.

    What is laid over a picture pulls the overlay a little aside, which looks like another view.
    """
    overlay = settled.overlay
    if settled.agreement.share >= _PERSPECTIVE_BELOW:
        return settled
    target, source = corners(*overlay.target.size), corners(*overlay.source.size)
    seen = overlay.to_source(target)
    apart = np.hypot(*(seen[:, None] - source[None]).transpose(2, 0, 1))
    nearest = apart.argmin(axis=1)
    if len(set(nearest.tolist())) < len(target) or apart.min(axis=1).max() > _NEARLY * max(overlay.source.size):
        return settled
    exact = cv2.getAffineTransform(target[:3].astype(np.float32), source[nearest[:3]].astype(np.float32))
    matrix = np.vstack([exact, [0.0, 0.0, 1.0]])
    matrix = matrix if overlay.swapped else inverse(matrix)
    a, b = (overlay.target, overlay.source) if overlay.swapped else (overlay.source, overlay.target)
    laid = lay_over(a, b, matrix, inverted=overlay.inverted)
    exactly = None if laid is None else _compared(laid, params)
    return exactly if exactly is not None and exactly.agreeing >= _AS_MUCH * settled.agreeing else settled


def _bowed(settled: Settled, params: VerificationParams) -> Settled:
    """The same with a bow, where the shifts that are left look like one."""
    for _ in range(_BOWS):
        overlay, shifts = settled.overlay, settled.field
        if not settled.bent:
            break
        moves = shifts.smooth if overlay.bow is None else shifts.smooth + overlay.bow.moves
        bowed = _compared(replace(overlay, bow=Bow(moves, shifts.centre, shifts.unit)), params)
        if bowed is None or bowed.agreeing < settled.agreeing:
            break
        slower = bowed.field.quantiles[0] > _WORTH * shifts.quantiles[0]
        more = bowed.agreeing > 1.05 * settled.agreeing
        settled = bowed
        if slower and not more:
            break
    return settled
