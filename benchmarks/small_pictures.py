"""Small pictures by the hundred thousand, drawn in about a millisecond each, with copies of some planted among them."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from benchmarks.phone_filters import Pixels, as_pixels

WIDTH, HEIGHT = 144, 72
_EVERY = 10
_EDITS = ("smaller", "mirrored", "cropped", "dull")


def picture(seed: int) -> Pixels:
    """A busy little picture of clouds and shapes, uint8 (72, 144, 3), equal for equal seeds."""
    draw = np.random.default_rng([seed, 77])
    page = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    for cells in (3, 8):
        coarse = draw.random((cells, cells + 1, 3), np.float32)
        page += cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    pixels = as_pixels(page / 2)
    for x, y, long, wide, angle, red, green, blue in draw.integers(0, 256, (22, 8)).tolist():
        centre, axes = (x * WIDTH // 256, y * HEIGHT // 256), (3 + long // 12, 2 + wide // 20)
        cv2.ellipse(pixels, centre, axes, angle, 0, 360, (red, green, blue), -1 if long % 3 else 2, cv2.LINE_AA)
    return pixels


def edited(pixels: Pixels, edit: str) -> Pixels:
    """A copy of a picture."""
    match edit:
        case "smaller":
            return np.asarray(cv2.resize(pixels, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA), np.uint8)
        case "mirrored":
            return np.ascontiguousarray(pixels[:, ::-1])
        case "cropped":
            return np.ascontiguousarray(pixels[3 : HEIGHT - 4, 10 : WIDTH - 6])
        case _:
            return as_pixels(pixels.astype(np.float32) / 255 * 0.8 + 0.05)


def draw_pictures(folder: Path, count: int, first: int = 0) -> None:
    """Write the pictures from number `first` up to `count` as JPEG files; those that are there stay.

    Of every ten, eight show something of their own, and two are copies of one of these. The name says which: the
    number before the dash is that of what a picture shows. So two scans of different sizes have as many copies.
    """
    parts = [(folder, start, min(start + 1000, count)) for start in range(first, count, 1000)]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        list(pool.map(_draw_some, parts))


def _draw_some(part: tuple[Path, int, int]) -> None:
    folder, start, stop = part
    place = folder / f"{start // 1000:04d}"
    place.mkdir(parents=True, exist_ok=True)
    for number in range(start, stop):
        of, copy = (number - number % _EVERY, number % _EVERY - 7) if number % _EVERY > 7 else (number, 0)
        path = place / f"{of:07d}-{copy}.jpg"
        if not path.exists():
            pixels = picture(of)
            pixels = edited(pixels, _EDITS[(of // _EVERY + copy) % len(_EDITS)]) if copy else pixels
            cv2.imwrite(str(path), pixels, [cv2.IMWRITE_JPEG_QUALITY, 60 if copy else 88])


def shown(uri: str) -> str:
    """What a picture shows, by its name: equal for copies of one picture."""
    return Path(uri).stem.partition("-")[0]
