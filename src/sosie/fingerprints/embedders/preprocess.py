"""From a picture to a model's input, as the model's reference does it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sosie.fingerprints.embedders.model import Preprocessing
from sosie.fingerprints.embedders.resampling import resized_part

MIN_SIDE = 1024
"""Shorter side to which large images may be shrunk while decoding. Images under twice this
size are decoded in full. Measured at 12 and 24 megapixels: values differ from those of a full decode by 0.1 to 0.2 of
255 levels on average, by more than 1 at sharp edges only."""

_FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


def square(pixels: NDArray[np.uint8], how: Preprocessing) -> NDArray[np.uint8]:
    """Give the square that a model sees: uint8 (size, size, 3).

    Resized as Pillow does it, with antialiasing, in the order of transformers' image processors: the shorter side
    first, the longer one cut off to a whole number, then the middle.
    """
    if how.resize == "squash":
        return np.asarray(Image.fromarray(pixels).resize((how.size, how.size), _FILTERS[how.filter]))
    height, width = pixels.shape[:2]
    shorter = how.shorter or how.size
    longer = int(shorter * max(width, height) / min(width, height))
    size = (shorter, longer) if width <= height else (longer, shorter)
    left, top = (_margin(side - how.size, how.offset) for side in size)
    if longer > 4 * shorter:
        return _middle_only(Image.fromarray(pixels), size, (left, top), how)
    if height <= 2 * width and shorter < min(width, height):
        return resized_part(pixels, size, (left, top), how.size, how.filter)
    resized = np.asarray(Image.fromarray(pixels).resize(size, _FILTERS[how.filter]))
    return resized[top : top + how.size, left : left + how.size]


def _middle_only(
    image: Image.Image, size: tuple[int, int], corner: tuple[int, int], how: Preprocessing
) -> NDArray[np.uint8]:
    """The middle of the resized picture without making all of it: a strip of 1 x 20,000 would take gigabytes.

    Only for such strips: Pillow rounds a box, which moves single pixels of the result by several levels.
    """
    scale = image.width / size[0], image.height / size[1]
    left, top = corner
    box = (left * scale[0], top * scale[1], (left + how.size) * scale[0], (top + how.size) * scale[1])
    return np.asarray(image.resize((how.size, how.size), _FILTERS[how.filter], box=box))


def _margin(excess: int, offset: str) -> int:
    return excess // 2 if offset == "floor" else round(excess / 2)


def tensor(squares: Sequence[NDArray[np.uint8]], how: Preprocessing) -> NDArray[np.generic]:
    """Give a model's input: float32 (n, 3, size, size), or uint8 (n, size, size, 3) by `how.layout`."""
    if how.layout == "hwc-bytes":
        return np.stack(squares)
    scale, shift = _affine(how)
    out = np.empty((len(squares), 3, how.size, how.size), np.float32)
    for one, cut in zip(out, squares, strict=True):
        np.multiply(cut.transpose(2, 0, 1), scale, out=one)
        one += shift
    return out


@lru_cache(maxsize=16)
def _affine(how: Preprocessing) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    mean, std = (np.array(values, np.float64)[:, None, None] for values in (how.mean, how.std))
    return (1 / (255 * std)).astype(np.float32), (-mean / std).astype(np.float32)
