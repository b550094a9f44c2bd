"""What phones and shops lay over pictures, and pages of several pictures.

The design of every layer is the same on all pictures: a shared caption must never make two photos one. The letters
are the faces that OpenCV 5 carries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np

from benchmarks.phone_filters import Pixels, Rng, as_pixels, as_real
from benchmarks.phone_frames import centred, resized, scaled, turned

Colour = tuple[int, int, int]


def write(
    page: Pixels, text: str, place: tuple[float, float], size: float, colour: Colour, face: str = "serif"
) -> None:
    """Letters on a page in place: `place` is the left end of the base line in pixels, `size` their height."""
    spot, weight = (round(place[0]), round(place[1])), 400 if face == "italic" else 750
    cv2.putText(page, text, spot, colour, cv2.FontFace(face), max(7, round(size)), weight)


def _veil(page: Pixels, box: tuple[int, int, int, int], colour: Colour, opacity: float) -> None:
    left, top, right, bottom = box
    area = page[top:bottom, left:right]
    area[:] = as_pixels(as_real(area) * (1 - opacity) + np.array(colour, np.float32) / 255 * opacity)


def caption(pixels: Pixels, rng: Rng) -> Pixels:
    """A joke in white above and below, with dark edges."""
    page, (height, width) = pixels.copy(), pixels.shape[:2]
    for text, base in (("when the parcel arrives", 0.13), ("and it is the wrong size", 0.94)):
        for shift in ((-2, 0), (2, 0), (0, -2), (0, 2)):
            write(page, text, (width * 0.04 + shift[0], height * base + shift[1]), width / 14.5, (0, 0, 0))
        write(page, text, (width * 0.04, height * base), width / 14.5, (255, 255, 255))
    return page


def half_banner(pixels: Pixels, rng: Rng) -> Pixels:
    """The left 38 % under a green plate with an offer."""
    page, (height, width) = pixels.copy(), pixels.shape[:2]
    _veil(page, (0, 0, round(width * 0.38), height), (12, 96, 60), 0.94)
    for line, text in enumerate(("Grand", "Opening", "June 14", "-20 %")):
        write(page, text, (width * 0.03, height * (0.22 + 0.2 * line)), height / 8, (250, 240, 200), "italic")
    return page


def ribbon(pixels: Pixels, rng: Rng) -> Pixels:
    """A red ribbon across the upper right corner."""
    page, (height, width) = pixels.copy(), pixels.shape[:2]
    side = min(height, width)
    corners = np.array([[width - side * 0.55, 0], [width - side * 0.3, 0], [width, side * 0.3], [width, side * 0.55]])
    cv2.fillPoly(page, [corners.astype(np.int32)], (196, 22, 30), cv2.LINE_AA)
    cv2.polylines(page, [corners.astype(np.int32)], True, (255, 255, 255), 2, cv2.LINE_AA)
    return page


def date_stamp(pixels: Pixels, rng: Rng) -> Pixels:
    """The date in orange, lower right."""
    page, (height, width) = pixels.copy(), pixels.shape[:2]
    write(page, "'98  7 21", (width * 0.68, height * 0.93), height / 15, (255, 140, 30), "italic")
    return page


def scribble(pixels: Pixels, rng: Rng) -> Pixels:
    """Drawn upon with a thick marker: a ring, an arrow, a wave."""
    page, (height, width) = pixels.copy(), pixels.shape[:2]
    thick, ink = max(3, width // 70), (240, 30, 160)
    cv2.ellipse(page, (width // 3, height // 2), (width // 5, height // 4), 15, 0, 350, ink, thick, cv2.LINE_AA)
    start, end = (round(width * 0.85), round(height * 0.15)), (round(width * 0.55), round(height * 0.42))
    cv2.arrowedLine(page, start, end, ink, thick, cv2.LINE_AA, 0, 0.25)
    x = np.linspace(0.1, 0.9, 60)
    wave = np.stack([x * width, (0.85 + 0.05 * np.sin(x * 30)) * height], 1).astype(np.int32)
    cv2.polylines(page, [wave], False, (40, 220, 240), thick, cv2.LINE_AA)
    return page


def smileys(pixels: Pixels, rng: Rng) -> Pixels:
    """Three yellow faces over the picture, each a fifth as wide."""
    page, (height, width) = pixels.copy(), pixels.shape[:2]
    radius = min(height, width) // 8
    for x, y in ((0.22, 0.28), (0.68, 0.55), (0.4, 0.8)):
        middle = np.array([width * x, height * y])
        cv2.circle(page, middle.astype(int).tolist(), radius, (255, 205, 40), -1, cv2.LINE_AA)
        for eye in (-0.35, 0.35):
            spot = (middle + np.array([radius * eye, -radius * 0.25])).astype(int).tolist()
            cv2.circle(page, spot, max(2, radius // 8), (60, 40, 10), -1, cv2.LINE_AA)
        mouth = (radius // 2, radius // 2)
        cv2.ellipse(
            page, middle.astype(int).tolist(), mouth, 0, 20, 160, (60, 40, 10), max(2, radius // 10), cv2.LINE_AA
        )
    return page


def tiled_mark(pixels: Pixels, rng: Rng) -> Pixels:
    """An agency's name over everything, a quarter opaque, rising."""
    stamp = np.zeros((max(pixels.shape[:2]) * 2,) * 2 + (3,), np.uint8)
    for row in range(0, stamp.shape[0], 90):
        for left in range(-(row % 180), stamp.shape[1], 260):
            write(stamp, "Atelier Nord", (left, row), 34, (255, 255, 255), "italic")
    height, width = pixels.shape[:2]
    mask = as_real(turned(stamp, 28, 0, grow=False))[
        height // 2 : height // 2 + height, width // 2 : width // 2 + width
    ]
    return as_pixels(as_real(pixels) * (1 - 0.28 * mask) + 0.28 * mask)


def player(pixels: Pixels, rng: Rng) -> Pixels:
    """A still of a video: a dimmed strip with a red bar, a round button in the middle."""
    page, (height, width) = pixels.copy(), pixels.shape[:2]
    _veil(page, (0, round(height * 0.86), width, height), (0, 0, 0), 0.6)
    cv2.line(page, (0, round(height * 0.87)), (round(width * 0.4), round(height * 0.87)), (230, 0, 0), 4)
    write(page, "1:07 / 2:48", (width * 0.03, height * 0.96), height / 18, (255, 255, 255))
    middle, radius = (width // 2, height // 2), min(height, width) // 7
    cv2.circle(page, middle, radius, (20, 20, 20), -1, cv2.LINE_AA)
    arrow = np.array([[-0.35, -0.5], [-0.35, 0.5], [0.55, 0]]) * radius + middle
    cv2.fillPoly(page, [arrow.astype(np.int32)], (255, 255, 255), cv2.LINE_AA)
    return page


def instant(pixels: Pixels, rng: Rng) -> Pixels:
    """An instant photo: white edges, wide below, a line by hand."""
    side = pixels.shape[1]
    edge, foot = side // 14, side // 4
    page = np.asarray(cv2.copyMakeBorder(pixels, edge, foot, edge, edge, cv2.BORDER_CONSTANT, value=(250, 248, 242)))
    write(page, "summer by the lake", (edge * 1.5, page.shape[0] - foot * 0.4), side / 15, (50, 50, 70), "italic")
    return np.asarray(page, np.uint8)


def phone_page(pixels: Pixels, rng: Rng) -> Pixels:
    """A screenshot of a chat in dark mode: bars, an answer, the picture at three quarters."""
    width = max(pixels.shape[1], 360)
    piece = scaled(pixels, 0.75 * width / pixels.shape[1])
    page = np.full((piece.shape[0] + 320, width, 3), (17, 20, 28), np.uint8)
    page[:60] = (31, 44, 52)
    write(page, "Marta  -  online", (70, 40), 26, (235, 235, 235))
    cv2.rectangle(page, (20, 80), (round(width * 0.8), 130), (38, 45, 49), -1)
    write(page, "have you seen this one?", (34, 114), 24, (220, 220, 220), "italic")
    left = width - piece.shape[1] - 14
    page[150 : 150 + piece.shape[0], left : left + piece.shape[1]] = piece
    cv2.rectangle(page, (20, page.shape[0] - 70), (width - 20, page.shape[0] - 20), (42, 57, 66), -1)
    write(page, "Message", (40, page.shape[0] - 36), 24, (140, 150, 155))
    return page


def quote(pixels: Pixels, rng: Rng) -> Pixels:
    """The picture dimmed under five lines of a quotation."""
    page, (height, width) = as_pixels(as_real(pixels) * 0.6), pixels.shape[:2]
    lines = ("Style is a way", "to say who you are", "without having", "to speak", "- R. Z.")
    for number, text in enumerate(lines):
        write(page, text, (width * 0.1, height * (0.2 + 0.16 * number)), height / 11, (255, 250, 235))
    return page


LAYERS: Mapping[str, Callable[[Pixels, Rng], Pixels]] = {
    f.__name__: f
    for f in (
        caption,
        half_banner,
        ribbon,
        date_stamp,
        scribble,
        smileys,
        tiled_mark,
        player,
        instant,
        phone_page,
        quote,
    )
}
"""Things laid over a picture or around it."""


def column(pixels: Pixels, others: Sequence[Pixels]) -> Pixels:
    """Two pictures one above the other with a thin gap."""
    gap = np.full((6, pixels.shape[1], 3), 255, np.uint8)
    other = resized(centred(others[0], 1.6), pixels.shape[1], pixels.shape[1] / 1.6)
    return np.concatenate([other, gap, pixels])


def mosaic(pixels: Pixels, others: Sequence[Pixels]) -> Pixels:
    """Four squares, this picture below on the right."""
    cells = [resized(centred(cell, 1.0), 360, 360) for cell in (*others[:3], pixels)]
    return np.concatenate([np.concatenate(cells[:2], 1), np.concatenate(cells[2:], 1)])


def postcard(pixels: Pixels, others: Sequence[Pixels]) -> Pixels:
    """The picture, leaning by 7 degrees and with a white edge, on another photo, about half as wide."""
    ground = resized(others[0], 900, 900 * others[0].shape[0] / others[0].shape[1])
    piece = scaled(pixels, min(500 / pixels.shape[1], 0.66 * ground.shape[0] / pixels.shape[0]))
    piece = np.asarray(cv2.copyMakeBorder(piece, 8, 8, 8, 8, cv2.BORDER_CONSTANT, value=(255, 255, 255)), np.uint8)
    mask = turned(np.full_like(piece, 255), 7, 0)
    leaning = turned(piece, 7, 0)
    height, width = leaning.shape[:2]
    top, left = (ground.shape[0] - height) // 2, (ground.shape[1] - width) // 3
    area, share = ground[top : top + height, left : left + width], as_real(mask)
    area[:] = as_pixels(as_real(area) * (1 - share) + as_real(leaning) * share)
    return ground


def veil(pixels: Pixels, others: Sequence[Pixels]) -> Pixels:
    """Another photo shines through by 27 %."""
    other = resized(others[1], pixels.shape[1], pixels.shape[0])
    return as_pixels(as_real(pixels) * 0.73 + as_real(other) * 0.27)


JOINTS: Mapping[str, Callable[[Pixels, Sequence[Pixels]], Pixels]] = {
    f.__name__: f for f in (column, mosaic, postcard, veil)
}
"""Pages of several pictures, with the number of others that each shows in `HOLDS`."""

HOLDS: Mapping[str, tuple[int, ...]] = {"column": (0,), "mosaic": (0, 1, 2), "postcard": (0,), "veil": (1,)}
"""Positions in `others` of the pictures that a page holds besides its own."""
