"""Two images that are proved copies of a third one, laid over each other the way that one implies.

No keypoints are matched and no transform is sought, so this costs a fifth of a full comparison. It only ever confirms:
what is not alike at once, in shapes and in colours, has to be measured as any other pair.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.agreement import STRIDE, Agreement, compare
from sosie.matching.verification.alignment import Overlay, lay_over, target_grey, warped_grey
from sosie.matching.verification.colour import UNCHANGED, ColourChange
from sosie.matching.verification.correspondences import Form
from sosie.matching.verification.differences import extras
from sosie.matching.verification.geometry import inverse, project
from sosie.matching.verification.measurements import Measurements, around_both, common_area
from sosie.matching.verification.params import VerificationParams
from sosie.matching.verification.prepared import Prepared
from sosie.matching.verification.surroundings import NOTHING

_AGREEING = 0.85
"""Share of the textured windows that must agree."""
_RECOLOURED = 0.02
"""Share of the common area that may have another colour."""
_WITHIN = 0.75
"""Share of each image that must be in the other where one is framed: less may be a picture that stands in another."""
_EVERY = 2 * STRIDE
_AROUND = np.ones((3, 3), np.uint8)
_NONE = np.zeros(0, np.intp)
_OFF = 26.0
"""Levels (of 255) that a channel may be off where a square has the same colour."""
_LEAST_INLIERS = 8
_LEAST_SQUARES = 40
_ALIKE = 0.8
"""Cosine of two descriptors of one spot."""


def implied(
    a: Prepared,
    b: Prepared,
    matrix: NDArray[np.float64],
    params: VerificationParams | None = None,
    *,
    framed: bool = True,
) -> Measurements | None:
    """Measurements of two copies that a matrix between their thumbnails lays over each other; None where in doubt.

    `framed`: something may have been added around one of them; what is around is not looked at otherwise. What only the
    judge asks for is left as in a perfect copy: `share`, `peak`, `residual`, `slip`, `wander`, `bow`, `together`,
    `hole`, `clash`, `own`, `through` and the fits of colours.
    """
    params = params or VerificationParams()
    overlay = lay_over(a, b, matrix)
    if overlay is None:
        return None
    agreement = compare(target_grey(overlay), *warped_grey(overlay), params)
    colour = _colours(overlay, agreement) if agreement.share >= _AGREEING else None
    inliers = _shared_spots(a, b, matrix, params.tolerance) if colour is not None else 0
    if colour is None or inliers < _LEAST_INLIERS:
        return None
    found = _measured(overlay, agreement, colour, inliers, a, b)
    if not framed:
        return found
    if min(found.overlap) < _WITHIN:
        return None
    return replace(found, around=around_both(a, b, overlay, agreement))


def _measured(
    overlay: Overlay, agreement: Agreement, colour: ColourChange, inliers: int, a: Prepared, b: Prepared
) -> Measurements:
    matrix = overlay.transform()
    overlap = common_area(matrix, a.size, b.size), common_area(inverse(matrix), b.size, a.size)
    covered = int(np.count_nonzero(agreement.covered))
    same = float(np.count_nonzero(agreement.same)) / covered
    return Measurements(
        form=Form(mirrored=_mirrored(matrix)),
        matches=inliers,
        inliers=inliers,
        share=1.0,
        transform=matrix,
        overlap=overlap,
        textured=float(np.count_nonzero(agreement.textured)) / covered,
        agreement=agreement.share,
        correlation=agreement.mean,
        peak=1.0,
        residual=0.0,
        slip=(0.0, 0.0),
        wander=0.0,
        bow=0.0,
        same=(same * overlap[0], same * overlap[1]),
        together=1.0,
        hole=0.0,
        clash=0.0,
        own=0.0,
        through=1.0,
        windows=int(np.count_nonzero(agreement.agreeing)),
        colour=colour,
        around=(NOTHING, NOTHING),
        sharpness=b.detail / a.detail,
        extras=extras(overlay, agreement),
        followed=(_NONE, _NONE),
        size_a=a.size,
        size_b=b.size,
    )


def _shared_spots(a: Prepared, b: Prepared, matrix: NDArray[np.float64], tolerance: float) -> int:
    """How many keypoints of one image lie on keypoints of the other that look like them, in different places."""
    if not len(a.places) or not len(b.places):
        return 0
    x, y = project(matrix, np.stack([a.places.real, a.places.imag], axis=1)).T.astype(np.float32)
    zoom = max(1.0, abs(float(np.linalg.det(matrix[:2, :2]))) ** 0.5)
    off_x, off_y = x[:, None] - b.places.real.astype(np.float32), y[:, None] - b.places.imag.astype(np.float32)
    near = off_x * off_x + off_y * off_y < np.float32((tolerance * zoom) ** 2)
    one, other = np.divmod(np.flatnonzero(near), len(b.places))
    # In this basis a mirrored image differs in the signs of every second part.
    signs = np.array([1, -1, 1, -1] if _mirrored(matrix) else [1, 1, 1, 1], np.float32)
    cosines = signs @ np.einsum("fnk,fnk->fn", a.spectrum.take(one, axis=1), b.spectrum.take(other, axis=1))
    alike = cosines > _ALIKE
    return min(int(np.count_nonzero(np.bincount(i.place_of[rows[alike]]))) for i, rows in ((a, one), (b, other)))


def _mirrored(matrix: NDArray[np.float64]) -> bool:
    (a, b, _), (c, d, _) = matrix[:2].tolist()
    return bool(a * d < b * c)


def _colours(overlay: Overlay, agreement: Agreement) -> ColourChange | None:
    """How the colours differ, at every sixth pixel; None where more than a trace has another colour."""
    left, top, right, bottom = overlay.box
    target = overlay.target.softened[top + _EVERY // 2 : bottom : _EVERY, left + _EVERY // 2 : right : _EVERY]
    grid = np.array([[_EVERY, 0, _EVERY // 2], [0, _EVERY, _EVERY // 2], [0, 0, 1.0]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (target.shape[1], target.shape[0])
    source = cv2.warpPerspective(overlay.source.softened, overlay.matrix @ grid, size, flags=flags)
    covered = agreement.covered[::2, ::2].astype(np.uint8)
    within = cv2.erode(covered, _AROUND, borderType=cv2.BORDER_CONSTANT, borderValue=0)[: size[1], : size[0]] > 0
    height, width = within.shape
    # Colours as rows, int16 (3, n): short rows would be slow to reduce.
    t, s = (np.ascontiguousarray(each[:height, :width][within].T, dtype=np.int16) for each in (target, source))
    count = t.shape[1]
    off = np.abs(t - s).max(axis=0)
    before = int(np.count_nonzero(off > _OFF)) / max(1, count)
    if count < _LEAST_SQUARES or before > _RECOLOURED:
        return None
    chroma = (
        float((s.max(axis=0) - s.min(axis=0)).sum()) / count,
        float((t.max(axis=0) - t.min(axis=0)).sum()) / count,
    )
    gain = float(t.sum()) / max(1.0, float(s.sum()))
    shift = float(off.sum()) / (255.0 * count)
    change = replace(UNCHANGED, shift=shift, before=before, plain=before, chroma=(chroma[0], chroma[1]), gain=gain)
    if overlay.swapped:
        return replace(change, chroma=(chroma[1], chroma[0]), gain=1.0 / max(gain, 1e-3))
    return change
