"""From a picture to its local features: SIFT on a small grey frame."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.features import Features

FRAME = 200
"""Longest side of the frame in pixels, in which places are given."""
SIDE = 160
"""Longest side of the grey picture that is searched. Measured: finds as many copies as 200, in three quarters of the
time."""
LIMIT = 200
"""Features kept of one image, the strongest first."""
CONTRAST = 0.005
"""Least contrast of a feature: low, since flat and faded pictures have no others."""

_local = threading.local()


def frame(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture at 200 pixels on its longest side: averaged where it shrinks, cubic where it grows."""
    height, width = pixels.shape[:2]
    scale = FRAME / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size == (width, height):
        return np.ascontiguousarray(pixels)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=method), np.uint8)


def extract(pixels: NDArray[np.uint8]) -> Features:
    """Features of an RGB picture (uint8, (h, w, 3)): SIFT (Lowe, 2004) with two layers an octave.

    Deterministic; safe in threads, each has a detector of its own.
    """
    thumbnail = frame(pixels)
    height, width = thumbnail.shape[:2]
    size = (max(1, round(width * SIDE / FRAME)), max(1, round(height * SIDE / FRAME)))
    grey = cv2.resize(cv2.cvtColor(thumbnail, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    keypoints = _detector().detect(grey, None)[:LIMIT]
    if keypoints:
        keypoints, descriptors = _detector().compute(grey, _seen_coarser(keypoints))
    if not keypoints:
        return Features(thumbnail, np.empty((0, 4), np.float32), np.empty((0, 128), np.uint8))
    points = np.empty((len(keypoints), 4), np.float32)
    points[:, :2] = cv2.KeyPoint.convert(keypoints)
    points[:, 2] = [point.size for point in keypoints]
    points[:, 3] = [point.angle for point in keypoints]
    across, down = width / size[0], height / size[1]
    points[:, 0] = (points[:, 0] + 0.5) * across - 0.5
    points[:, 1] = (points[:, 1] + 0.5) * down - 0.5
    points[:, 2] *= FRAME / SIDE
    return Features(thumbnail, points, np.rint(descriptors).astype(np.uint8))


def _seen_coarser(keypoints: Sequence[cv2.KeyPoint]) -> Sequence[cv2.KeyPoint]:
    """The keypoints, to be described one layer of blur higher, where that layer has half the pixels each way.

    OpenCV looks at every pixel around a keypoint, some 3,000 of them, where Lowe takes 256 samples. Measured: with a
    quarter of them as many copies are found, and features cost two thirds of the time.
    """
    for point in keypoints:
        octave = ((point.octave & 255) + 1) & 255  # 255 is octave -1: the enlarged picture
        layer = (point.octave >> 8 & 255) - 1
        point.octave = layer << 8 | octave
    return keypoints


def _detector() -> cv2.SIFT:
    detector: cv2.SIFT | None = getattr(_local, "sift", None)
    if detector is None:
        # Without precise upscaling every place lies a quarter of a pixel too far left and up, and mirrors disagree.
        detector = _local.sift = cv2.SIFT.create(
            nfeatures=LIMIT,
            nOctaveLayers=2,
            contrastThreshold=CONTRAST,
            edgeThreshold=10,
            sigma=1.6,
            enable_precise_upscale=True,
        )
    return detector
