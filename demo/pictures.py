"""Pictures of goods: shots on white, still lifes, banners and posts. Equal arguments give equal pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from demo.brands import Brand
from demo.goods import Article, Part
from demo.materials import MATERIALS, Colour, Rng, Surface, darker, paler

Pixels = NDArray[np.uint8]
"""uint8 (h, w, 3), RGB."""

_METAL, _WOOD, _PAPER = (168, 170, 174), (176, 128, 82), (250, 247, 240)


def shot(brand: Brand, number: int, *, colour: int = 0, side: int = 720) -> Pixels:
    """One article in the studio. `colour` counts through the colours it is sold in: a variant, not a copy."""
    rng = np.random.default_rng([number, 1])
    width, height = (side, side) if number % 3 else (round(side * 0.8), side)
    page = _studio(brand, height, width)
    place = (width * 0.5, height * 0.52, min(width, height) * rng.uniform(0.82, 0.95))
    _put(page, article(brand, number), place, _tones(brand, number, colour), number, brand.name)
    return _finished(page, rng)


def still_life(brand: Brand, number: int, *, side: int = 800) -> Pixels:
    """Two or three articles on a table before a wall."""
    rng = np.random.default_rng([number, 2])
    width, height = side, round(side * 0.75)
    wall, table = brand.colours[int(rng.integers(6))], round(height * rng.uniform(0.62, 0.7))
    page = np.empty((height, width, 3), np.float32)
    page[:table] = MATERIALS["matt"](rng, table, width, paler(wall, 0.62))
    page[table:] = MATERIALS["wooden"](rng, height - table, width, paler(_WOOD, rng.uniform(0, 0.4)))
    page[:table, : width // 3] += np.linspace(26, 0, width // 3, dtype=np.float32)[None, :, None]
    for step, x in enumerate(np.linspace(0.22, 0.78, int(rng.integers(2, 4)))):
        other = number * 7 + step * 3
        size = height * rng.uniform(0.6, 0.78)
        place = (width * (x + rng.uniform(-0.03, 0.03)), table + height * 0.16 - size * 0.38, size)
        _put(page, article(brand, other), place, _tones(brand, other, step), other, brand.name)
    return _finished(page, rng)


def banner(brand: Brand, number: int, *, width: int = 960) -> Pixels:
    """An advertisement: an article on the brand's ground, a headline and a button."""
    rng = np.random.default_rng([number, 3])
    height = round(width * (0.42, 0.5, 0.33)[number % 3])
    ground = brand.accents[number % len(brand.accents)]
    page = np.empty((height, width, 3), np.float32)
    page[:] = ground
    cv2.circle(
        page, (round(width * 0.74), round(height * 0.52)), round(height * 0.52), paler(ground, 0.22), -1, cv2.LINE_AA
    )
    for step, x in enumerate((0.67, 0.83)):
        size = height * (0.98 - 0.16 * step)
        other = number * 5 + step
        _put(
            page,
            article(brand, other),
            (width * x, height * 0.53, size),
            _tones(brand, other, step + 1),
            other,
            brand.name,
        )
    dark = sum(ground) < 440
    ink = (255, 252, 246) if dark else (38, 38, 42)
    picture = _finished(page, rng)
    at = round(width * 0.055)
    picture = text(picture, brand.name.upper(), (at, round(height * 0.12)), round(height * 0.055), ink, spacing=0.3)
    for line, words in enumerate(_lines(brand.headlines[number % len(brand.headlines)])):
        picture = text(picture, words, (at, round(height * (0.32 + 0.17 * line))), round(height * 0.15), ink)
    return _button(
        picture, ("Discover", "Shop now", "See the set")[number % 3], at, round(height * 0.76), height, ink, ground
    )


def post(brand: Brand, number: int, *, side: int = 640) -> Pixels:
    """A square post: an article near by on a plain ground, and its name."""
    rng = np.random.default_rng([number, 4])
    ground = paler(brand.colours[number % len(brand.colours)], 0.55)
    page = np.empty((side, side, 3), np.float32)
    page[:] = ground
    cv2.rectangle(page, (0, round(side * 0.78)), (side, side), darker(ground, 0.12), -1)
    _put(
        page,
        article(brand, number),
        (side * 0.5, side * 0.5, side * 0.86),
        _tones(brand, number, 2),
        number,
        brand.name,
    )
    picture = _finished(page, rng)
    name = f"{brand.names[number % len(brand.names)]} No. {number % 90 + 7}"
    return text(picture, name, (round(side * 0.06), round(side * 0.88)), round(side * 0.05), (40, 38, 38))


def article(brand: Brand, number: int) -> Article:
    """The article of this number, always in the same form."""
    rng = np.random.default_rng([number, 5])
    return brand.goods[number % len(brand.goods)](rng)


def _tones(brand: Brand, number: int, colour: int) -> tuple[Colour, ...]:
    own = brand.colours[(number + colour) % len(brand.colours)]
    return own, paler(brand.colours[(number + colour + 2) % len(brand.colours)], 0.15), _METAL, _WOOD, _PAPER


def _studio(brand: Brand, height: int, width: int) -> Surface:
    """A sweep of paper: pale above, a little darker towards the front."""
    bright, dim = (np.array(colour, np.float32) for colour in brand.studio)
    fall = np.clip(np.linspace(-0.6, 1, height, dtype=np.float32), 0, 1)[:, None, None] ** 1.5
    return np.repeat(bright + (dim - bright) * fall, width, 1)


def _put(
    page: Surface, goods: Article, place: tuple[float, float, float], tones: tuple[Colour, ...], seed: int, name: str
) -> None:
    """Draw an article into the page: `place` is the centre of its square and its side, in pixels."""
    x, y, side = place
    rng = np.random.default_rng([seed, 6])
    _shadow(page, goods, place)
    for part in goods.parts:
        _paint(page, part, (x - side / 2, y - side / 2, side), tones[part.tone], rng)
    if goods.label is not None:
        across, down, width = goods.label
        _label(page, name, (x + (across - 0.5) * side, y + (down - 0.5) * side), width * side * 1.2, tones[0])


def _shadow(page: Surface, goods: Article, place: tuple[float, float, float]) -> None:
    x, y, side = place
    points = np.concatenate([part.outline for part in goods.parts])
    left, right, bottom = points[:, 0].min(), points[:, 0].max(), points[:, 1].max()
    mask = np.zeros(page.shape[:2], np.float32)
    centre = (round(x + ((left + right) / 2 - 0.47) * side), round(y + (bottom - 0.505) * side))
    axes = (round((right - left) * side * 0.55), max(2, round(side * 0.035)))
    cv2.ellipse(mask, centre, axes, 0, 0, 360, 1.0, -1)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), side / 45), np.float32)
    page *= 1 - mask[..., None] * np.float32(0.3)


def _paint(page: Surface, part: Part, corner: tuple[float, float, float], colour: Colour, rng: Rng) -> None:
    left, top, side = corner
    points = part.outline * side + [left, top]
    height, width = page.shape[:2]
    x0, y0 = (max(0, int(value) - 2) for value in points.min(0))
    x1, y1 = min(width, int(points[:, 0].max()) + 3), min(height, int(points[:, 1].max()) + 3)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    cv2.fillPoly(mask, [np.rint((points - [x0, y0]) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    surface = MATERIALS[part.material](rng, y1 - y0, x1 - x0, colour)
    share = mask.astype(np.float32)[..., None] / 255
    area = page[y0:y1, x0:x1]
    area += (surface * _light(part, y1 - y0, x1 - x0)[..., None] - area) * share


def _light(part: Part, height: int, width: int) -> Surface:
    """Studio light from the left: float32 (h, w), around 1."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    if not part.round:
        return np.asarray(1.06 - 0.1 * (x + 0.4) ** 2 - 0.08 * y, np.float32)
    gleam = np.exp(-(((x + 0.45) / 0.16) ** 2)) * np.float32(0.22)
    return np.asarray(1.08 - 0.42 * np.abs(x + 0.2) ** 2.2 + gleam - 0.03 * y, np.float32)


def _label(page: Surface, name: str, centre: tuple[float, float], width: float, colour: Colour) -> None:
    size = max(7, round(width * 1.5 / max(4, len(name)) * 1.25))
    font = ImageFont.load_default(size=size)
    left, top, right, bottom = font.getbbox(name)
    mask = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2))
    ImageDraw.Draw(mask).text((1 - left, 1 - top), name, fill=230, font=font)
    stamp = np.asarray(mask, np.float32)[..., None] / 255
    y, x = round(centre[1] - stamp.shape[0] / 2), round(centre[0] - stamp.shape[1] / 2)
    area = page[max(0, y) : y + stamp.shape[0], max(0, x) : x + stamp.shape[1]]
    stamp = stamp[: area.shape[0], : area.shape[1]]
    ink = np.array(darker(colour, 0.6) if sum(colour) > 480 else paler(colour, 0.85), np.float32)
    area += (ink - area) * stamp


def text(picture: Pixels, words: str, at: tuple[int, int], size: int, ink: Colour, spacing: float = 0.0) -> Pixels:
    """The picture with a line of text, its top left corner `at`; `spacing` widens it by a share of the size."""
    image = Image.fromarray(picture)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size=size)
    x = float(at[0])
    for part in words if spacing else [words]:
        draw.text((x, at[1]), part, fill=ink, font=font)
        x += draw.textlength(part, font=font) + spacing * size
    return np.asarray(image, np.uint8)


def _lines(headline: str) -> list[str]:
    words = headline.split()
    half = (len(words) + 1) // 2
    return [" ".join(words[:half]), " ".join(words[half:])]


def _button(picture: Pixels, words: str, left: int, top: int, height: int, ink: Colour, ground: Colour) -> Pixels:
    image = Image.fromarray(picture)
    size = round(height * 0.06)
    font, draw = ImageFont.load_default(size=size), ImageDraw.Draw(image)
    wide = draw.textlength(words, font=font)
    draw.rounded_rectangle((left, top, left + wide + size * 2, top + size * 2.2), size * 1.1, fill=ink)
    draw.text((left + size, top + size * 0.45), words, fill=ground, font=font)
    return np.asarray(image, np.uint8)


def _finished(page: Surface, rng: Rng) -> Pixels:
    grain = rng.normal(0, 1.2, page.shape[:2]).astype(np.float32)[..., None]
    return np.asarray(np.clip(np.rint(page + grain), 0, 255), np.uint8)
