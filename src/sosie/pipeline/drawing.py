"""The picture that `explain` saves."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sosie.errors import UsageError, why_not
from sosie.imaging import DecodeParams, decode
from sosie.imaging.comparison import comparison
from sosie.pipeline.explaining import Explanation
from sosie.report import ImageRecord

_DETAIL = DecodeParams(min_side=640)


def save_comparison(found: Explanation, path: Path) -> None:
    """Write a picture of two explained images, aligned by what was found, in the format that the name says.

    Raises `UsageError` when the file cannot be written there or would overwrite one of the two.
    """
    if any(path.exists() and os.path.samefile(path, image.uri) for image in (found.a, found.b)):
        raise UsageError(f"{path} is one of the two images.", next_step="Name another file for the picture.")
    page = drawn(found, Path(found.a.uri).read_bytes(), Path(found.b.uri).read_bytes())
    try:
        Image.fromarray(page).save(path)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The picture cannot be written to {path} ({why_not(error)}).", next_step="Try proof.png."
        ) from error


def drawn(found: Explanation, a: bytes, b: bytes, max_pixels: int = _DETAIL.max_pixels) -> NDArray[np.uint8]:
    """Return the picture of two explained images: both aligned, with what differs marked; uint8 (h, w, 3) RGB.

    `a`, `b`: the bytes of their files. Raises `UnreadableImage`.
    """
    limits = replace(_DETAIL, max_pixels=max_pixels)
    first, second = (decode(data, limits).pixels for data in (a, b))
    transform = transform_of(found)
    if transform is not None:
        transform = _scaling(found.b, second.shape) @ transform @ np.linalg.inv(_scaling(found.a, first.shape))
    return comparison(first, second, transform)


def transform_of(found: Explanation) -> NDArray[np.float64] | None:
    """Return what maps pixels of `a` to pixels of `b`: as verified, or by the orientation in which hashes agree."""
    if found.edge is None:
        return None
    if found.edge.evidence.transform is not None:
        return np.array(found.edge.evidence.transform)
    corners = _CORNERS[found.orientation if found.edge.evidence.equal is None else "same"]
    to_square = _square(found.a)
    return np.linalg.inv(_square(found.b)) @ np.array(corners, np.float64) @ to_square


_CORNERS = {
    "same": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "rotate 90": [[0, 1, 0], [-1, 0, 1], [0, 0, 1]],
    "rotate 180": [[-1, 0, 1], [0, -1, 1], [0, 0, 1]],
    "rotate 270": [[0, -1, 1], [1, 0, 0], [0, 0, 1]],
    "flip": [[1, 0, 0], [0, -1, 1], [0, 0, 1]],
    "mirror": [[-1, 0, 1], [0, 1, 0], [0, 0, 1]],
    "transpose": [[0, 1, 0], [1, 0, 0], [0, 0, 1]],
    "transverse": [[0, -1, 1], [-1, 0, 1], [0, 0, 1]],
}
"""Orientations of `ORIENTATIONS` as maps of the unit square, y downwards."""


def _square(image: ImageRecord) -> NDArray[np.float64]:
    """Map pixel centres of an image to the unit square."""
    return np.array([[1 / image.width, 0, 0.5 / image.width], [0, 1 / image.height, 0.5 / image.height], [0, 0, 1]])


def _scaling(image: ImageRecord, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Map full-size pixel centres of an image to those of its decoded pixels."""
    x, y = shape[1] / image.width, shape[0] / image.height
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])
