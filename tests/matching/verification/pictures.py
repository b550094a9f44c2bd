"""Pictures drawn in code, and their features, for the tests of verification."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.features import Features

Pixels = NDArray[np.uint8]


def photo(seed: int, width: int = 360, height: int = 280) -> Pixels:
    """A busy picture: soft colours below, shapes of many sizes above; no two seeds have anything in common."""
    rng = np.random.default_rng(seed)
    ground = rng.integers(0, 256, (6, 8, 3)).astype(np.uint8)
    page = cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(70):
        centre = rng.integers(0, [width, height]).tolist()
        size = int(rng.integers(4, 34))
        colour = rng.integers(0, 256, 3).tolist()
        if rng.random() < 0.5:
            cv2.circle(page, centre, size, colour, -1, cv2.LINE_AA)
        else:
            spots = (np.array(centre) + rng.integers(-size, size, (4, 2))).astype(np.int32)
            cv2.fillPoly(page, [spots], colour, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(page, (0, 0), 0.8), np.uint8)


def product(colour: tuple[int, int, int], seed: int = 5) -> Pixels:
    """A shirt of one colour with a printed mark on a busy wall: the shot is always the same, the colour is given."""
    page = photo(seed).copy()
    outline = np.array([[110, 60], [150, 45], [210, 45], [250, 60], [285, 110], [255, 125], [240, 105], [240, 240]])
    outline = np.concatenate([outline, [[120, 240], [120, 105], [105, 125], [75, 110]]]).astype(np.int32)
    light = np.linspace(1.0, 0.7, page.shape[0])[:, None, None]
    shirt = np.broadcast_to(np.array(colour) * light, page.shape)
    mask = np.zeros(page.shape[:2], np.uint8)
    cv2.fillPoly(mask, [outline], 255, cv2.LINE_AA)
    share = mask[..., None] / 255
    page = (page * (1 - share) + shirt * share).astype(np.uint8)
    rng = np.random.default_rng(seed + 1)
    for _ in range(9):
        spot = rng.integers([140, 90], [220, 200]).tolist()
        cv2.circle(page, spot, int(rng.integers(3, 9)), (245, 245, 245), 2, cv2.LINE_AA)
    return page


def features(pixels: Pixels) -> Features:
    """SIFT on the 200 pixel frame, as fingerprinting makes it, without its codec."""
    scale = 200 / max(pixels.shape[:2])
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    shrinks = scale < 1
    thumbnail = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    grey = cv2.cvtColor(thumbnail, cv2.COLOR_RGB2GRAY)
    sift = cv2.SIFT.create(nfeatures=150, nOctaveLayers=2, contrastThreshold=0.01, enable_precise_upscale=True)
    keypoints, descriptors = sift.detectAndCompute(grey, None)
    if not keypoints:
        return Features(thumbnail, np.empty((0, 4), np.float32), np.empty((0, 128), np.uint8))
    points = np.array([(*k.pt, k.size, k.angle) for k in keypoints[:150]], np.float32)
    return Features(thumbnail, points, np.rint(descriptors[:150]).astype(np.uint8))


def recompressed(pixels: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return decoded[..., ::-1]


def crop(pixels: Pixels, left: float, top: float, right: float, bottom: float) -> Pixels:
    height, width = pixels.shape[:2]
    return np.ascontiguousarray(
        pixels[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
    )


def turned(pixels: Pixels, degrees: float) -> Pixels:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC), np.uint8)


def with_banner(pixels: Pixels, text: str = "NEW COLLECTION") -> Pixels:
    page = pixels.copy()
    height, width = page.shape[:2]
    cv2.rectangle(page, (0, round(height * 0.74)), (width, height), (20, 30, 80), -1)
    cv2.putText(page, text, (8, round(height * 0.9)), 0, width / 300, (255, 255, 255), 2, cv2.LINE_AA)
    return page


def collage(left: Pixels, right: Pixels) -> Pixels:
    return np.ascontiguousarray(np.concatenate([left, right], axis=1))
