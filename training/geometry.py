"""Edits that move pixels: crops, turns, mirrors, squeezes, perspective, borders, thumbnails."""

from __future__ import annotations

import cv2
import numpy as np

from training.canvas import Canvas, Matrix, colour, paste, resize, scaling, shifting, warp

Rng = np.random.Generator


def cut(canvas: Canvas, left: int, top: int, width: int, height: int, **parameters: float | str) -> Canvas:
    """The rectangle of the canvas that begins at (left, top)."""
    pixels = canvas.pixels[top : top + height, left : left + width].copy()
    return canvas.moved(pixels, shifting(-left, -top), **parameters)


def crop(canvas: Canvas, rng: Rng, low: float = 0.25, high: float = 0.95) -> Canvas:
    """A rectangle anywhere, with `low` to `high` of the area and slightly other proportions."""
    share, stretch = rng.uniform(low, high), np.exp(rng.normal(0, 0.1))
    width = round(canvas.width * min(1.0, share**0.5 * stretch))
    height = round(canvas.height * min(1.0, share**0.5 / stretch))
    left, top = rng.integers(canvas.width - width + 1), rng.integers(canvas.height - height + 1)
    return cut(canvas, int(left), int(top), width, height, crop=share)


def tight_crop(canvas: Canvas, rng: Rng) -> Canvas:
    """A detail: 12 to 30 % of the area."""
    return crop(canvas, rng, 0.12, 0.3)


def format_crop(canvas: Canvas, rng: Rng) -> Canvas:
    """The centre in a format of feeds and ads: square, 4:5, 9:16, 16:9, 1.91:1, 3:1."""
    ratio = float(rng.choice([1.0, 0.8, 9 / 16, 16 / 9, 1.91, 3.0]))
    width = min(canvas.width, round(canvas.height * ratio))
    height = min(canvas.height, round(canvas.width / ratio))
    left, top = (canvas.width - width) // 2, (canvas.height - height) // 2
    return cut(canvas, left, top, width, height, ratio=ratio)


def rotate(canvas: Canvas, rng: Rng) -> Canvas:
    """Any angle; the frame grows, keeps its size, or is cut so that no corner is empty."""
    angle, frame = float(rng.uniform(-180, 180)), int(rng.integers(2))
    if rng.random() < 0.5:
        angle = float(rng.normal(0, 8))
    return turn(canvas, angle, bool(frame), rng)


def turn(canvas: Canvas, angle: float, grow: bool, rng: Rng) -> Canvas:
    """The canvas turned by `angle` degrees (counter-clockwise) on a plain colour."""
    centre = ((canvas.width - 1) / 2, (canvas.height - 1) / 2)
    matrix: Matrix = np.vstack([cv2.getRotationMatrix2D(centre, angle, 1.0), [0, 0, 1]])
    size = (canvas.width, canvas.height)
    if grow:
        cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
        size = (
            round(canvas.width * cos + canvas.height * sin),
            round(canvas.width * sin + canvas.height * cos),
        )
        matrix = shifting((size[0] - canvas.width) / 2, (size[1] - canvas.height) / 2) @ matrix
    return warp(canvas, matrix, size, colour(rng), rotate=angle)


def quarter_turn(canvas: Canvas, rng: Rng) -> Canvas:
    """A turn by 90, 180 or 270 degrees (clockwise)."""
    turns = int(rng.integers(1, 4))
    for _ in range(turns):
        matrix = np.array([[0, -1, canvas.height - 1], [1, 0, 0], [0, 0, 1]], np.float64)
        canvas = canvas.moved(np.ascontiguousarray(np.rot90(canvas.pixels, -1)), matrix)
    return canvas.painted(canvas.pixels, quarter=90 * turns)


def mirror(canvas: Canvas, rng: Rng) -> Canvas:
    """Left and right exchanged."""
    matrix = np.array([[-1, 0, canvas.width - 1], [0, 1, 0], [0, 0, 1]], np.float64)
    return canvas.moved(np.ascontiguousarray(canvas.pixels[:, ::-1]), matrix, mirror=1)


def flip(canvas: Canvas, rng: Rng) -> Canvas:
    """Top and bottom exchanged."""
    matrix = np.array([[1, 0, 0], [0, -1, canvas.height - 1], [0, 0, 1]], np.float64)
    return canvas.moved(np.ascontiguousarray(canvas.pixels[::-1]), matrix, flip=1)


def squeeze(canvas: Canvas, rng: Rng) -> Canvas:
    """Other proportions: one side shrunk to 55 to 90 %, or the whole made square."""
    factor = float(rng.uniform(0.55, 0.9))
    if rng.random() < 0.3:
        side = int(rng.integers(160, 500))
        return resize(canvas, side, side, squeeze=canvas.height / canvas.width)
    if rng.random() < 0.5:
        return resize(canvas, round(canvas.width * factor), canvas.height, squeeze=factor)
    return resize(canvas, canvas.width, round(canvas.height * factor), squeeze=1 / factor)


def perspective(canvas: Canvas, rng: Rng) -> Canvas:
    """Seen from the side: each corner moves inwards by up to 18 %."""
    width, height = canvas.width - 1, canvas.height - 1
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * rng.uniform(0, 0.18, (4, 2)) * [width, height]
    matrix = np.asarray(cv2.getPerspectiveTransform(corners, (corners + inwards).astype(np.float32)), np.float64)
    return warp(canvas, matrix, (canvas.width, canvas.height), colour(rng), perspective=1)


def pulled(canvas: Canvas, rng: Rng) -> Canvas:
    """Straightened by hand: four corners that someone dragged inwards by up to 14 % become the corners of the frame.

    Half of the programs that do this bend lines between the corners evenly (bilinear) instead of as a camera does; the
    placement then is the homography with the same corners.
    """
    width, height = canvas.width - 1, canvas.height - 1
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * rng.uniform(0, 0.14, (4, 2)) * [width, height]
    dragged = (frame + inwards * (rng.random((4, 2)) < 0.7)).astype(np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(dragged, frame), np.float64)
    if rng.random() < 0.5:
        return warp(canvas, matrix, (canvas.width, canvas.height), np.zeros(3, np.uint8), pulled=1)
    x, y = np.meshgrid(
        np.linspace(0, 1, canvas.width, dtype=np.float32), np.linspace(0, 1, canvas.height, dtype=np.float32)
    )
    weights = np.stack([(1 - x) * (1 - y), x * (1 - y), x * y, (1 - x) * y], axis=2)
    places = np.asarray(weights @ dragged, np.float32)
    pixels = cv2.remap(canvas.pixels, places[..., 0], places[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return canvas.moved(np.asarray(pixels, np.uint8), matrix, pulled=1)


def border(canvas: Canvas, rng: Rng) -> Canvas:
    """A plain frame or padding, of other width on each side, or on two sides only (letter box)."""
    left, top, right, bottom = (rng.uniform(0.02, 0.4, 4) * min(canvas.width, canvas.height)).astype(int)
    kind = int(rng.integers(4))
    if kind == 0:
        left = right = 0
        bottom = top
    elif kind == 1:
        top = bottom = 0
        right = left
    elif kind == 2:
        left = right = top = bottom
    page = np.empty((canvas.height + top + bottom, canvas.width + left + right, 3), np.uint8)
    page[:] = colour(rng)
    return paste(page, canvas, int(left), int(top), border=float(page.size / canvas.pixels.size))


def thumbnail(canvas: Canvas, rng: Rng) -> Canvas:
    """Shrunk to 64 to 128 pixels on the longest side."""
    factor = int(rng.integers(64, 129)) / max(canvas.width, canvas.height)
    return resize(canvas, round(canvas.width * factor), round(canvas.height * factor), thumbnail=factor)


def upscale(canvas: Canvas, rng: Rng) -> Canvas:
    """Shrunk to a third to two thirds, then enlarged to more than its old size."""
    low, high = float(rng.uniform(0.33, 0.67)), float(rng.uniform(1.0, 1.6))
    size = (canvas.width, canvas.height)
    small = resize(canvas, round(size[0] * low), round(size[1] * low))
    return resize(small, round(size[0] * high), round(size[1] * high), upscale=low)


def scan(canvas: Canvas, rng: Rng) -> Canvas:
    """Printed and scanned: turned a little, on paper white, lit unevenly, with grain."""
    turned = turn(canvas, float(rng.normal(0, 2.5)), True, rng)
    light = np.linspace(rng.uniform(0.75, 1.0), rng.uniform(0.85, 1.05), turned.width, dtype=np.float32)
    grain = rng.normal(0, 6, turned.pixels.shape[:2]).astype(np.float32)
    paper = 20 + turned.pixels.astype(np.float32) * (225 / 255)
    return turned.painted(paper * light[None, :, None] + grain[..., None], scan=1)


def small(canvas: Canvas, longest: int) -> Canvas:
    """The canvas shrunk so that its longest side is at most `longest`."""
    factor = min(1.0, longest / max(canvas.width, canvas.height))
    return resize(canvas, round(canvas.width * factor), round(canvas.height * factor))


def half_pixel_shift(canvas: Canvas, rng: Rng) -> Canvas:
    """Resampled on another grid: a crop of a few pixels, then an odd size."""
    left, top = (int(v) for v in rng.integers(0, 4, 2))
    inner = cut(canvas, left, top, canvas.width - left, canvas.height - top)
    factor = float(rng.uniform(0.7, 1.1))
    pixels = cv2.warpPerspective(
        inner.pixels,
        scaling(factor, factor),
        (max(8, round(inner.width * factor)), max(8, round(inner.height * factor))),
        flags=cv2.INTER_AREA,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return inner.moved(np.asarray(pixels, np.uint8), scaling(factor, factor), resample=factor)
