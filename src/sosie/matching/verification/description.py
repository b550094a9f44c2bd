"""The verdict in plain words: what was done to one image to get the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sosie.imaging.picture import ImageInfo
from sosie.matching.verification.geometry import corners, inverse, project, rectangle
from sosie.matching.verification.measurements import Measurements, exchanged, outline
from sosie.matching.verification.surroundings import SEAM
from sosie.types import Edit, Evidence, Matrix, Rectangle

_WHOLE = 0.97
_UPRIGHT = 1.0
_QUALITY_APART = 8
_BLURRED = 0.6
_MOSTLY = 0.75
_BUSY = 0.25
"""Up to this much texture, what surrounds a picture with a seam is a frame around it."""


def describe(found: Measurements, info_a: ImageInfo, info_b: ImageInfo, *, inner: str | None = None) -> Evidence:
    """Evidence of a pair whose images are as `info_a` and `info_b` say, with the edits from the likely origin.

    `inner` is "a" or "b" where one image stands inside the other, as the verdict says.
    """
    origin = origin_of(found, info_a, info_b)
    told = edits(found, info_a, info_b) if origin == "a" else edits(exchanged(found), info_b, info_a)
    inside = None
    if inner == "a":
        inside = rectangle(outline(found), found.size_b)
    elif inner == "b":
        inside = rectangle(_outline_of_b(found), found.size_a)
    return Evidence(
        inliers=found.inliers,
        agreement=round(found.agreement, 4),
        overlap=(round(found.overlap[0], 4), round(found.overlap[1], 4)),
        transform=full_size(found, info_a, info_b),
        colour_shift=round(found.colour.shift, 4),
        inside=inside,
        edits=tuple(told),
        origin=origin,
    )


def origin_of(found: Measurements, info_a: ImageInfo, info_b: ImageInfo) -> Literal["a", "b"]:
    """Which of the two the other was probably made from.

    What goes on beyond the other was cut, unless all that is beyond is a plain frame with a seam: that was added. Where
    both show the same, the one that is not grey, has more pixels or is less compressed came first.
    """
    beyond_a, beyond_b = (1.0 - overlap for overlap in found.overlap)
    if max(beyond_a, beyond_b) > 1.0 - _WHOLE and abs(beyond_a - beyond_b) > 0.02:
        larger: Literal["a", "b"] = "a" if beyond_a > beyond_b else "b"
        frame = found.around[0 if larger == "a" else 1]
        framed = frame.busy <= _BUSY and frame.seam > SEAM
        smaller: Literal["a", "b"] = "b" if larger == "a" else "a"
        return smaller if framed else larger
    chroma_a, chroma_b = found.colour.chroma
    if (min(chroma_a, chroma_b) < 3) and max(chroma_a, chroma_b) > 12:
        return "a" if chroma_a > chroma_b else "b"
    rank_a, rank_b = ((i.width * i.height, i.lossless, i.quality or 0) for i in (info_a, info_b))
    return "a" if rank_a >= rank_b else "b"


def full_size(found: Measurements, info_a: ImageInfo, info_b: ImageInfo) -> Matrix:
    """The transform between the images at full size, pixel centre to pixel centre."""
    to_small = _resize((info_a.width, info_a.height), found.size_a)
    to_full = inverse(_resize((info_b.width, info_b.height), found.size_b))
    matrix = to_full @ found.transform @ to_small
    rows = (matrix / matrix[2, 2]).tolist()
    return (tuple(rows[0]), tuple(rows[1]), tuple(rows[2]))


def to_thumbnails(
    matrix: NDArray[np.float64], a: tuple[ImageInfo, tuple[int, int]], b: tuple[ImageInfo, tuple[int, int]]
) -> NDArray[np.float64]:
    """A matrix between two images at full size as one between their thumbnails: what `full_size` undoes.

    `a` and `b` are the images with the widths and heights of their thumbnails.
    """
    to_full = inverse(_resize((a[0].width, a[0].height), a[1]))
    return np.asarray(_resize((b[0].width, b[0].height), b[1]) @ matrix @ to_full)


def _resize(old: tuple[int, int], new: tuple[int, int]) -> NDArray[np.float64]:
    x, y = new[0] / old[0], new[1] / old[1]
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])


def _outline_of_b(found: Measurements) -> NDArray[np.float64]:
    return project(inverse(found.transform), corners(*found.size_b))


def edits(found: Measurements, info_a: ImageInfo, info_b: ImageInfo) -> Iterator[Edit]:
    """The edits from `a` to `b`, most telling first: frame, geometry, colours, what lies over, file."""
    yield from _frame(found)
    yield from _geometry(found, info_a, info_b)
    yield from _colours(found)
    if found.extras:
        count = len(found.extras)
        words = "something laid over" if count == 1 else f"{count} things laid over"
        yield Edit("overlay", words, rectangles=found.extras)
    if info_a.quality and info_b.quality and info_a.quality - info_b.quality >= _QUALITY_APART:
        jpegs = "JPEG " if info_a.format == info_b.format == "JPEG" else ""
        yield Edit("recompress", f"{jpegs}quality {info_a.quality} to {info_b.quality}")


def _frame(found: Measurements) -> Iterator[Edit]:
    seen_a, seen_b = rectangle(_outline_of_b(found), found.size_a), rectangle(outline(found), found.size_b)
    if found.overlap[0] < _WHOLE and _area(seen_a) < _WHOLE:
        yield Edit("crop", f"cropped to {found.overlap[0]:.0%}", rectangles=(seen_a,))
    if found.overlap[1] < _WHOLE and _area(seen_b) < _WHOLE:
        yield Edit("border", f"{1 - found.overlap[1]:.0%} added around it", rectangles=(seen_b,))


def _area(box: Rectangle) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _geometry(found: Measurements, info_a: ImageInfo, info_b: ImageInfo) -> Iterator[Edit]:
    matrix = np.array(full_size(found, info_a, info_b))
    centre = np.array([[info_a.width / 2, info_a.height / 2]])
    square = project(matrix, centre + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    linear = np.stack([square[1] - square[0], square[2] - square[0]], axis=1)
    (a, b), (c, d) = linear.tolist()
    mirrored = a * d < b * c
    if mirrored:
        a, c = -a, -c
        yield Edit("mirror", "mirrored")
    # The singular values of a 2 x 2 matrix, and the turn that is nearest to it.
    along, across = math.hypot(a + d, c - b), math.hypot(a - d, b + c)
    large, small = (along + across) / 2, (along - across) / 2
    angle = math.degrees(math.atan2(c - b, a + d))
    if abs(angle) > _UPRIGHT:
        yield Edit("rotate", f"turned by {angle:.0f}°", value=round(angle, 1))
    factor = math.sqrt(large * small)
    if not 0.97 < factor < 1.03:
        yield Edit("resize", f"resized to {factor:.0%}", value=round(factor, 3))
    if large / small > 1.06:
        yield Edit("aspect", f"stretched by {large / small:.2f}", value=round(large / small, 3))
    bent = project(matrix, np.array([[0.0, 0], [info_a.width, 0], [info_a.width, info_a.height], [0, info_a.height]]))
    gap = np.abs(bent[0] - bent[1] + bent[2] - bent[3]).max() / max(info_b.width, info_b.height)
    if gap > 0.03:
        yield Edit("perspective", "seen from an angle")


def _colours(found: Measurements) -> Iterator[Edit]:
    colour = found.colour
    if found.form.inverted:
        yield Edit("invert", "colours inverted")
    before, after = colour.chroma
    if before > 12 and after < 3:
        yield Edit("grey", "made grey")
    elif colour.plain > 0.1 and not found.form.inverted:
        yield Edit("recolour", "colours changed")
    if colour.gain > 1.12:
        yield Edit("brighten", "made brighter", value=round(colour.gain, 2))
    elif colour.gain < 0.88:
        yield Edit("darken", "made darker", value=round(colour.gain, 2))
    if found.sharpness < _BLURRED and min(found.overlap) > _MOSTLY:
        yield Edit("blur", "less sharp", value=round(found.sharpness, 2))
