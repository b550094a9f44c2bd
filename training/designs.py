"""Pages of one design around different goods: banners, cards and posters as shops make them in series."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.canvas import Pixels, colour
from training.draw import draw
from training.overlays import ink, lay, lettering, words

Rng = np.random.Generator
_SHAPES = ((600, 220), (600, 300), (420, 420), (360, 450), (300, 520), (480, 360))
_PLAIN = 14.0
_OFF = 22
_LEAST, _MOST = 0.08, 0.8


@dataclass(frozen=True, slots=True)
class Goods:
    """Something cut out of a picture: `pixels` uint8 (h, w, 3), `mask` float32 (h, w), 1 where it is."""

    pixels: Pixels
    mask: NDArray[np.float32]


def cut_out(picture: Pixels) -> Goods | None:
    """What stands on a plain ground; None where the rim is not plain, or next to nothing or nearly all stands out."""
    rim = np.concatenate([picture[:2].reshape(-1, 3), picture[-2:].reshape(-1, 3), picture[:, 0], picture[:, -1]])
    ground = np.median(rim, axis=0)
    if float(np.mean(np.abs(rim - ground).max(axis=1) > _OFF)) > 0.25 or float(rim.std(axis=0).max()) > 4 * _PLAIN:
        return None
    apart = (np.abs(picture - ground).max(axis=2) > _OFF).astype(np.uint8)
    outlines, _ = cv2.findContours(apart, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    mask = np.zeros(apart.shape, np.uint8)
    cv2.drawContours(mask, [each for each in outlines if cv2.contourArea(each) > 0.005 * apart.size], -1, 255, -1)
    left, top, width, height = cv2.boundingRect(mask)
    if not _LEAST < np.count_nonzero(mask) / mask.size < _MOST:
        return None
    box = slice(top, top + height), slice(left, left + width)
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 0.8)
    return Goods(np.ascontiguousarray(picture[box]), np.ascontiguousarray(soft[box], np.float32))


def goods_of(picture: Pixels, rng: Rng) -> Goods:
    """What stands out in a picture, or a drawn article where nothing does."""
    found = cut_out(picture)
    while found is None:
        found = cut_out(draw("product", int(rng.integers(1 << 30)), longest=320))
    return found


@dataclass(frozen=True, slots=True)
class Page:
    """The design of a series: `shape` (height, width), `design` seeds what is drawn, `share` how large the goods are.

    `place`: where the middle of the goods is, as shares of width and height; `paints`: the colours of the ground.
    """

    shape: tuple[int, int]
    design: int
    share: float
    place: tuple[float, float]
    paints: tuple[Pixels, Pixels]

    @classmethod
    def drawn(cls, rng: Rng) -> Page:
        """A design of its own."""
        width, height = _SHAPES[int(rng.integers(len(_SHAPES)))]
        place = (float(rng.uniform(0.1, 0.9)), 0.5) if width > height else (0.5, float(rng.uniform(0.2, 0.8)))
        share = float(rng.uniform(0.4, 0.95))
        return cls((height, width), int(rng.integers(1 << 30)), share, place, (colour(rng), colour(rng)))

    def around(self, picture: Pixels, rng: Rng) -> Pixels:
        """The design around what stands out in a picture."""
        page = _ground(self.shape, self.paints[int(rng.random() < 0.3)], self.design)
        place = (self.place[0] + float(rng.normal(0, 0.015)), self.place[1] + float(rng.normal(0, 0.015)))
        _put(page, goods_of(picture, rng), place, self.share)
        return _lettered(page, self.design)


def pages(picture: Pixels, other: Pixels, rng: Rng) -> tuple[Pixels, Pixels]:
    """Two pages of one series: equal layout and lettering, the goods of two pictures, perhaps another ground."""
    page = Page.drawn(rng)
    return page.around(picture, rng), page.around(other, rng)


def _ground(shape: tuple[int, int], paint: Pixels, design: int) -> Pixels:
    """One colour, in half of the designs with a disc or a panel."""
    rng, (height, width) = np.random.default_rng([design, 1]), shape
    page = np.empty((height, width, 3), np.uint8)
    page[:] = paint
    paler = (paint.astype(np.float32) * 0.75 + 255 * 0.25).astype(np.uint8).tolist()
    kind = int(rng.integers(4))
    if kind == 0:
        middle = (int(rng.uniform(0.2, 0.8) * width), int(rng.uniform(0.3, 0.7) * height))
        cv2.circle(page, middle, int(rng.uniform(0.2, 0.5) * min(shape)), paler, -1, cv2.LINE_AA)
    elif kind == 1:
        cv2.rectangle(page, (0, 0), (int(rng.uniform(0.2, 0.6) * width), height), paler, -1)
    return page


def _put(page: Pixels, goods: Goods, place: tuple[float, float], share: float) -> None:
    """Lay goods on the page, as high as `share` of it or as wide as three fifths of it."""
    height, width = page.shape[:2]
    factor = min(share * height / goods.mask.shape[0], 0.6 * width / goods.mask.shape[1])
    size = (max(8, round(goods.mask.shape[1] * factor)), max(8, round(goods.mask.shape[0] * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    pixels, mask = (cv2.resize(each, size, interpolation=how) for each in (goods.pixels, goods.mask))
    stamp = np.dstack([pixels, np.clip(np.rint(mask * 255), 0, 255).astype(np.uint8)])
    lay(page, stamp, round(place[0] * width - size[0] / 2), round(place[1] * height - size[1] / 2))


def _lettered(page: Pixels, design: int) -> Pixels:
    """The lines, the button and perhaps the logo of a design."""
    rng, (height, width) = np.random.default_rng([design, 2]), page.shape[:2]
    left, top, paint = float(rng.uniform(0.03, 0.55)), float(rng.uniform(0.05, 0.4)), ink(rng)
    for line in range(int(rng.integers(1, 4))):
        stamp = lettering(words(rng, 1, 3), max(10, int(min(height, width) * rng.uniform(0.07, 0.2))), rng, paint)
        lay(page, stamp, round(left * width), round((top + 0.2 * line) * height))
    if rng.random() < 0.7:
        stamp = lettering(words(rng, 1, 2), max(9, min(height, width) // 14), rng, (255, 255, 255))
        x, y = round(left * width), round(float(rng.uniform(0.7, 0.88)) * height)
        corner = (x + stamp.shape[1] + 12, y + stamp.shape[0] + 10)
        cv2.rectangle(page, (x, y), corner, rng.integers(0, 120, 3).tolist(), -1)
        lay(page, stamp, x + 6, y + 5)
    if rng.random() < 0.5:
        lay(page, lettering(words(rng, 1, 2), max(10, min(height, width) // 10), rng, paint), 8, 8)
    return page
