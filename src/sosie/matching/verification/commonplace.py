"""What many strangers in a collection share (a logo, a template, a watermark) says nothing of a pair, and is left out.

As words that stand in every document say nothing of one (inverse document frequency; Sivic and Zisserman, 2003): a
keypoint that also follows a transform to images which are no copies belongs to a design, not to the picture.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.agreement import STRIDE, Agreement
from sosie.matching.verification.alignment import Overlay
from sosie.matching.verification.geometry import inverse, project
from sosie.matching.verification.prepared import Prepared

MANY = 2
"""Strangers that hold a keypoint as well, from which on it counts for nothing."""
_REACH = 10.0
"""Pixels around a keypoint that it speaks for, in the smaller picture."""
_GAP = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
_ENOUGH = 0.15
"""Share of the common area that must be left: pictures that are nothing but a logo are compared by it."""


def common_places(image: Prepared, counts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which keypoints of an image stand at a place that `MANY` strangers hold as well, bool (n,)."""
    most = np.zeros(int(image.place_of.max()) + 1 if len(image.place_of) else 0, np.intp)
    np.maximum.at(most, image.place_of, counts)
    return np.asarray(most[image.place_of] >= MANY)


def without(
    agreement: Agreement, overlay: Overlay, common: tuple[NDArray[np.bool_], NDArray[np.bool_]]
) -> Agreement | None:
    """The agreement where neither picture shows what strangers share; None where next to nothing is left.

    `common`: bool (n,), which keypoints of the target and which of the source are shared.
    """
    height, width = agreement.covered.shape
    hidden = np.zeros((height, width), np.uint8)
    for x, y in _places(overlay, common):
        centre = (round((x - 1) / STRIDE), round((y - 1) / STRIDE))
        cv2.circle(hidden, centre, round(_REACH / STRIDE), 1, -1)
    # What lies between keypoints of a design belongs to it.
    kept = cv2.morphologyEx(hidden, cv2.MORPH_CLOSE, _GAP) == 0
    covered = agreement.covered & kept
    if np.count_nonzero(covered) < _ENOUGH * np.count_nonzero(agreement.covered):
        return None
    textured = agreement.textured & kept
    return replace(
        agreement,
        covered=covered,
        textured=textured,
        agreeing=agreement.agreeing & kept,
        same=agreement.same & kept,
        correlation=np.where(textured, agreement.correlation, np.float32(0)),
        textures=(agreement.textures[0] & kept, agreement.textures[1] & kept),
    )


def _places(overlay: Overlay, common: tuple[NDArray[np.bool_], NDArray[np.bool_]]) -> NDArray[np.float64]:
    """Where the shared keypoints of both pictures are in the region, float64 (n, 2)."""
    corner = np.array(overlay.box[:2])
    target, source = (
        np.stack([image.places[rows].real, image.places[rows].imag], axis=1)
        for image, rows in zip((overlay.target, overlay.source), common, strict=True)
    )
    laid = project(inverse(overlay.matrix), source) if len(source) else source
    return np.concatenate([target - corner, laid])
