"""Edits that move pixels as people do on phones: crops, turns, lenses, photographed screens, small and worn copies.

Every function takes a picture (uint8 (h, w, 3) RGB) and a generator, and gives a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from benchmarks.phone_filters import Pixels, Rng, as_pixels, as_real


def resized(pixels: Pixels, width: float, height: float) -> Pixels:
    """The picture at another size."""
    size = (max(8, round(width)), max(8, round(height)))
    shrinks = size[0] * size[1] < pixels.shape[0] * pixels.shape[1]
    return np.asarray(
        cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4), np.uint8
    )


def scaled(pixels: Pixels, factor: float) -> Pixels:
    """The picture enlarged or shrunk by a factor."""
    return resized(pixels, pixels.shape[1] * factor, pixels.shape[0] * factor)


def coded(pixels: Pixels, kind: str, quality: int) -> Pixels:
    """The picture after a round through a lossy file (".jpg" or ".webp")."""
    flag = cv2.IMWRITE_JPEG_QUALITY if kind == ".jpg" else cv2.IMWRITE_WEBP_QUALITY
    _, data = cv2.imencode(kind, np.ascontiguousarray(pixels[..., ::-1]), [flag, quality])
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


def part(pixels: Pixels, across: float, down: float, rng: Rng) -> Pixels:
    """A rectangle of the given shares of width and height, anywhere."""
    height, width = round(pixels.shape[0] * down), round(pixels.shape[1] * across)
    top, left = rng.integers(pixels.shape[0] - height + 1), rng.integers(pixels.shape[1] - width + 1)
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def centred(pixels: Pixels, ratio: float) -> Pixels:
    """The centre at width / height = ratio, as large as fits."""
    height, width = pixels.shape[:2]
    across, down = min(width, round(height * ratio)), min(height, round(width / ratio))
    left, top = (width - across) // 2, (height - down) // 2
    return np.ascontiguousarray(pixels[top : top + down, left : left + across])


def turned(pixels: Pixels, angle: float, ground: int, *, grow: bool = True) -> Pixels:
    """The picture turned by `angle` degrees counter-clockwise on a grey of 0 to 255."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    size = (width, height)
    if grow:
        cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
        size = (round(width * cos + height * sin), round(width * sin + height * cos))
        matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    colour = (ground, ground, ground)
    return np.asarray(cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderValue=colour), np.uint8)


def crop_most(pixels: Pixels, rng: Rng) -> Pixels:
    """70 % of the area."""
    return part(pixels, 0.88, 0.8, rng)


def crop_half(pixels: Pixels, rng: Rng) -> Pixels:
    """Half of the area."""
    return part(pixels, 0.66, 0.76, rng)


def crop_third(pixels: Pixels, rng: Rng) -> Pixels:
    """A third of the area."""
    return part(pixels, 0.6, 0.55, rng)


def post(pixels: Pixels, rng: Rng) -> Pixels:
    """4:5 for a feed, 1,080 pixels wide."""
    page = centred(pixels, 0.8)
    return scaled(page, 1080 / page.shape[1])


def cinema(pixels: Pixels, rng: Rng) -> Pixels:
    """2.39:1, black bars above and below."""
    page = np.zeros_like(pixels)
    strip = centred(pixels, 2.39)
    top, left = (page.shape[0] - strip.shape[0]) // 2, (page.shape[1] - strip.shape[1]) // 2
    page[top : top + strip.shape[0], left : left + strip.shape[1]] = strip
    return page


def straighten(pixels: Pixels, rng: Rng) -> Pixels:
    """Turned by 3 to 9 degrees either way and cut so that no corner is empty."""
    angle = float(rng.uniform(3, 9) * rng.choice([-1, 1]))
    whole = turned(pixels, angle, 0, grow=False)
    return centred(whole, pixels.shape[1] / pixels.shape[0])[
        pixels.shape[0] // 8 : -(pixels.shape[0] // 8), pixels.shape[1] // 8 : -(pixels.shape[1] // 8)
    ].copy()


def tilt(pixels: Pixels, rng: Rng) -> Pixels:
    """Turned by 12 to 20 degrees on light grey."""
    return turned(pixels, float(rng.uniform(12, 20) * rng.choice([-1, 1])), 214)


def slant(pixels: Pixels, rng: Rng) -> Pixels:
    """Turned by 38 to 52 degrees on dark grey."""
    return turned(pixels, float(rng.uniform(38, 52)), 40)


def sideways(pixels: Pixels, rng: Rng) -> Pixels:
    """Turned by 270 degrees."""
    return np.ascontiguousarray(np.rot90(pixels))


def selfie(pixels: Pixels, rng: Rng) -> Pixels:
    """Mirrored, cut a little, smaller."""
    return scaled(part(pixels[:, ::-1], 0.92, 0.9, rng), 0.7)


def stretch(pixels: Pixels, rng: Rng) -> Pixels:
    """Four fifths as high."""
    return resized(pixels, pixels.shape[1], pixels.shape[0] * 0.8)


def lens(pixels: Pixels, rng: Rng) -> Pixels:
    """Bent outwards as by a wide lens."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (x - width / 2) / (width / 2), (y - height / 2) / (height / 2)
    bend = 1 - 0.13 * (1 - (u * u + v * v) / 2)
    across, down = u * bend * width / 2 + width / 2, v * bend * height / 2 + height / 2
    return np.asarray(cv2.remap(pixels, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.uint8)


def monitor(pixels: Pixels, rng: Rng) -> Pixels:
    """Photographed from a screen: seen from the side, dark bezel, fine stripes, bluish glare."""
    frame = cv2.copyMakeBorder(pixels, 30, 50, 30, 30, cv2.BORDER_CONSTANT, value=(18, 18, 22))
    tall, wide = frame.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * rng.uniform(0.01, 0.09, (4, 2)) * [wide, tall]
    matrix = cv2.getPerspectiveTransform(corners, (corners + inwards).astype(np.float32))
    seen = as_real(np.asarray(cv2.warpPerspective(frame, matrix, (wide, tall), borderValue=(120, 112, 100)), np.uint8))
    stripes = 1 + 0.035 * np.sin(np.arange(tall, dtype=np.float32) * 2.1)[:, None, None]
    glare = np.linspace(0, 0.16, wide, dtype=np.float32)[None, :, None] * np.array([0.8, 0.9, 1.0], np.float32)
    return coded(as_pixels(seen * stripes * 0.88 + glare), ".jpg", 70)


def messenger(pixels: Pixels, rng: Rng) -> Pixels:
    """Sent on twice: 480 pixels, JPEG 45, then 420 pixels, JPEG 55."""
    longest = max(pixels.shape)
    return coded(scaled(coded(scaled(pixels, 480 / longest), ".jpg", 45), 420 / 480), ".jpg", 55)


def webp(pixels: Pixels, rng: Rng) -> Pixels:
    """WebP of quality 12."""
    return coded(pixels, ".webp", 12)


def tiny(pixels: Pixels, rng: Rng) -> Pixels:
    """96 pixels on the longest side."""
    return scaled(pixels, 96 / max(pixels.shape))


def avatar(pixels: Pixels, rng: Rng) -> Pixels:
    """The middle in a circle on white, 240 pixels."""
    square = resized(centred(pixels, 1.0), 240, 240)
    mask = np.zeros(square.shape[:2], np.uint8)
    cv2.circle(mask, (120, 120), 119, 255, -1, cv2.LINE_AA)
    share = as_real(mask)[..., None]
    return as_pixels(as_real(square) * share + (1 - share))


def enlarged(pixels: Pixels, rng: Rng) -> Pixels:
    """A copy of 200 pixels blown up to 900 and sharpened."""
    big = scaled(scaled(pixels, 200 / max(pixels.shape)), 4.5)
    return np.asarray(cv2.addWeighted(big, 1.8, cv2.GaussianBlur(big, (0, 0), 2), -0.8, 0), np.uint8)


FRAMES: Mapping[str, Callable[[Pixels, Rng], Pixels]] = {
    f.__name__: f
    for f in (
        crop_most,
        crop_half,
        crop_third,
        post,
        cinema,
        straighten,
        tilt,
        slant,
        sideways,
        selfie,
        stretch,
        lens,
        monitor,
        messenger,
        webp,
        tiny,
        avatar,
        enlarged,
    )
}
"""Edits of place, shape and quality."""
