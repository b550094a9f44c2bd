"""Pages that hold one or more pictures: collages, picture in picture, screenshots, stories, blends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from training.canvas import Canvas, Pixels, Placement, colour, paste, resize, shifting
from training.geometry import small, turn
from training.overlays import ink, lay, lettering, words

Rng = np.random.Generator


def other(pixels: Pixels, number: int) -> Canvas:
    """Another source as a canvas of its own; its placement carries its number."""
    return Canvas(pixels, (Placement(number, np.eye(3)),))


def fill(canvas: Canvas, width: int, height: int) -> Canvas:
    """The canvas enlarged or shrunk to cover width x height, its centre cut out."""
    factor = max(width / canvas.width, height / canvas.height)
    big = resize(canvas, max(width, round(canvas.width * factor)), max(height, round(canvas.height * factor)))
    left, top = (big.width - width) // 2, (big.height - height) // 2
    part = np.ascontiguousarray(big.pixels[top : top + height, left : left + width])
    return big.moved(part, shifting(-left, -top))


def join(page: Pixels, pasted: Sequence[tuple[Canvas, int, int]], **parameters: float | str) -> Canvas:
    """Several canvases on one page, each with its left and top; later ones lie above."""
    page = page.copy()
    placements: list[Placement] = []
    merged: dict[str, float | str] = {}
    for canvas, left, top in pasted:
        laid = paste(page, canvas, left, top)
        page = laid.pixels
        placements += laid.placements
        merged |= dict(laid.parameters)
    return Canvas(page, tuple(placements), {**merged, **parameters})


def collage(canvas: Canvas, rng: Rng, others: Sequence[Pixels]) -> Canvas:
    """2 to 4 pictures in a row, a column or a grid, cut to equal cells with a gap."""
    count, gap = min(1 + len(others), int(rng.integers(2, 5))), int(rng.integers(0, 14))
    across, down = [(count, 1), (1, count)][int(rng.integers(2))] if count < 4 else (2, 2)
    width, height = canvas.width, canvas.height
    if rng.random() < 0.5:
        width = height = min(width, height)
    cells = [canvas, *(other(p, n + 1) for n, p in enumerate(others[: count - 1]))]
    order = [int(i) for i in rng.permutation(count)]
    page = np.empty((down * height + (down + 1) * gap, across * width + (across + 1) * gap, 3), np.uint8)
    page[:] = colour(rng)
    places = [
        (fill(cells[i], width, height), gap + (n % across) * (width + gap), gap + (n // across) * (height + gap))
        for n, i in enumerate(order)
    ]
    return join(page, places, collage=count)


def inset(canvas: Canvas, rng: Rng, others: Sequence[Pixels]) -> Canvas:
    """The picture, a third to two thirds as wide, on another photo, straight or a little turned."""
    share = float(rng.uniform(0.35, 0.68))
    ground = fill(other(others[0], 1), canvas.width, canvas.height)
    piece = small(canvas, round(max(canvas.width, canvas.height) * share))
    left = int(rng.integers(0, ground.width - piece.width + 1))
    top = int(rng.integers(0, ground.height - piece.height + 1))
    return join(ground.pixels, [(ground, 0, 0), (piece, left, top)], inset=share)


def corner_inset(canvas: Canvas, rng: Rng, others: Sequence[Pixels]) -> Canvas:
    """Another picture, small, in a corner of this one."""
    share = float(rng.uniform(0.2, 0.4))
    piece = small(other(others[0], 1), round(max(canvas.width, canvas.height) * share))
    piece = fill(piece, min(piece.width, canvas.width), min(piece.height, canvas.height))
    left = int(rng.choice([0, canvas.width - piece.width]))
    top = int(rng.choice([0, canvas.height - piece.height]))
    return join(canvas.pixels, [(canvas, 0, 0), (piece, left, top)], corner=share)


def blend(canvas: Canvas, rng: Rng, others: Sequence[Pixels]) -> Canvas:
    """Another photo shines through by 12 to 42 %."""
    share = float(rng.uniform(0.12, 0.42))
    veil = fill(other(others[0], 1), canvas.width, canvas.height)
    mixed = canvas.painted(canvas.pixels * (1 - share) + veil.pixels * share, blend=share)
    return replace(mixed, placements=mixed.placements + veil.placements)


def screenshot(canvas: Canvas, rng: Rng, style: Rng) -> Canvas:
    """Seen in a feed: a bar above, a name, the picture, a few lines of text below."""
    margin, bar = int(style.integers(0, 30)), int(canvas.height * style.uniform(0.06, 0.15))
    below = int(canvas.height * style.uniform(0.1, 0.4))
    dark = style.random() < 0.3
    shape = (canvas.height + 2 * bar + below, canvas.width + 2 * margin, 3)
    page = np.full(shape, 24 if dark else 255, np.uint8)
    page[:bar] = ink(style)
    text = (230, 230, 230) if dark else (40, 40, 40)
    lay(page, lettering(words(style), max(8, bar // 2), style, ink(style)), margin + 8, bar // 4)
    lay(page, lettering(words(style), max(8, bar // 2), style, text), margin + 8, bar + bar // 4)
    for line in range(int(style.integers(1, 5))):
        top = 2 * bar + canvas.height + 6 + line * bar * 3 // 4
        lay(page, lettering(words(style, 3, 9), max(8, bar // 2), style, text), margin + 8, top)
    return paste(page, canvas, margin, 2 * bar, screenshot=1)


def story(canvas: Canvas, rng: Rng, style: Rng) -> Canvas:
    """Upright 9:16 page with the picture in its middle, the rest the same picture blurred, or a gradient."""
    width, height = canvas.width, max(canvas.height, round(canvas.width * 16 / 9))
    ground = fill(canvas, width, height).pixels
    page = np.asarray(cv2.GaussianBlur(ground, (0, 0), width / 18), np.uint8)
    if style.random() < 0.4:
        ramp = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        ends = style.integers(0, 256, (2, 3)).astype(np.float32)
        page = np.broadcast_to(ends[0] + (ends[1] - ends[0]) * ramp, (height, width, 3)).astype(np.uint8)
    piece = small(canvas, round(max(canvas.width, canvas.height) * float(style.uniform(0.75, 1.0))))
    left, top = (width - piece.width) // 2, (height - piece.height) // 2
    return paste(page, piece, left, top, story=1)


def poster(canvas: Canvas, rng: Rng, style: Rng) -> Canvas:
    """A page of a magazine: the picture turned a little, on a plain colour, with a headline."""
    leaned = turn(canvas, float(style.normal(0, 4)), True, style)
    page = np.empty((round(leaned.height * 1.45), round(leaned.width * 1.15), 3), np.uint8)
    page[:] = colour(style)
    lay(page, lettering(words(style), page.shape[0] // 10, style, ink(style)), page.shape[1] // 14, page.shape[0] // 30)
    return paste(page, leaned, (page.shape[1] - leaned.width) // 2, page.shape[0] // 5, poster=1)
