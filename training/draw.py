"""Drawn pictures for training, demos, tests and benchmarks: everything from a seed, nothing from anyone's photo.

    shoe = draw("product", seed=7)
    same_shoe_in_another_colour = draw("product", seed=7, look=1)
    two_banners_of_one_campaign = draw("banner", seed=1, template=3), draw("banner", seed=2, template=3)

Equal arguments give equal pixels. Another `look` changes the colours (odd numbers) or also the patterns (even ones)
of the goods alone and leaves shape, light, ground and place as they are: a variant. Equal `template`s share a layout,
a logo and their colours between pictures of different goods, which are no copies of each other.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from training.canvas import Pixels
from training.overlays import ink, lay, lettering, words
from training.patterns import Looks, Rng, Surface, clouds, palette, surface

Outline = NDArray[np.float64]
"""Corners of a closed shape, float64 (n, 2), in units of the frame: 0 to 1."""

_OVERSAMPLED = 2


def _smooth(corners: NDArray[np.float64], rounds: int = 3) -> Outline:
    """A closed curve by cutting corners (Chaikin, 1974)."""
    for _ in range(rounds):
        following = np.roll(corners, -1, 0)
        corners = np.stack([corners * 0.75 + following * 0.25, corners * 0.25 + following * 0.75], 1).reshape(-1, 2)
    return corners


def _symmetric(half: NDArray[np.float64]) -> Outline:
    """A shape from its right half; x is measured from the middle."""
    both: Outline = np.concatenate([half, half[::-1] * [-1, 1]])
    both[:, 0] += 0.5
    return both


def _vessel(rng: Rng) -> list[Outline]:
    """A bottle, vase, lamp or jar, and its cap."""
    levels = np.linspace(0.22, 0.9, 7)
    half = np.stack([rng.uniform(0.06, 0.28, 7), levels], 1)
    neck = rng.uniform(0.04, 0.1)
    cap = np.array([[neck, 0.1], [neck * 1.1, 0.24]])
    return [_smooth(_symmetric(half)), _symmetric(cap)]


def _garment(rng: Rng) -> list[Outline]:
    """A shirt, jacket or dress, and its collar or pocket."""
    sleeve, length, flare = rng.uniform(0.3, 0.75), rng.uniform(0.65, 0.92), rng.uniform(0.15, 0.3)
    half = np.array([[0.08, 0.12], [0.2, 0.15], [0.42, sleeve], [0.33, sleeve + 0.06], [0.2, 0.35], [flare, length]])
    pocket = np.array([[0.55, 0.38], [0.65, 0.38], [0.65, 0.48], [0.55, 0.48]])
    collar = _symmetric(np.array([[0.09, 0.11], [0.03, rng.uniform(0.18, 0.3)]]))
    return [_smooth(_symmetric(half), 1), pocket, collar]


def _shoe(rng: Rng) -> list[Outline]:
    """A shoe from the side and its sole."""
    heel, toe = rng.uniform(0.25, 0.45), rng.uniform(0.5, 0.62)
    upper = np.array(
        [[0.1, heel], [0.3, heel + 0.05], [0.42, heel], [0.6, 0.5], [0.88, toe], [0.92, 0.72], [0.1, 0.72]]
    )
    sole = np.array([[0.09, 0.7], [0.93, 0.7], [0.93, 0.78], [0.5, 0.77 + rng.uniform(0, 0.03)], [0.09, 0.8]])
    return [_smooth(upper, 2), _smooth(sole, 1)]


def _bag(rng: Rng) -> list[Outline]:
    """A bag, its flap and its handle."""
    top, wide = rng.uniform(0.3, 0.45), rng.uniform(0.25, 0.4)
    body = np.array([[wide * 0.9, top], [wide, 0.85]])
    flap = np.array([[wide * 0.92, top], [wide * 0.6, top + rng.uniform(0.1, 0.3)]])
    outer, inner = 0.18, 0.15
    arc = np.linspace(np.pi, 2 * np.pi, 20)
    ring = [np.stack([0.5 + r * np.cos(a), top + r * np.sin(a)], 1) for r, a in ((outer, arc), (inner, arc[::-1]))]
    return [_smooth(_symmetric(body), 1), _smooth(_symmetric(flap), 2), np.concatenate(ring)]


def _blob(rng: Rng) -> list[Outline]:
    """A toy, stone or sculpture of rounded parts."""
    parts = []
    for _ in range(int(rng.integers(2, 5))):
        angles, centre = np.linspace(0, 2 * np.pi, 9)[:-1], rng.uniform(0.32, 0.68, 2)
        radius = rng.uniform(0.1, 0.25, 8)
        parts.append(_smooth(centre + np.stack([np.cos(angles), np.sin(angles)], 1) * radius[:, None]))
    return parts


_GOODS: tuple[Callable[[Rng], list[Outline]], ...] = (_vessel, _garment, _shoe, _bag, _blob)


def _mask(outline: Outline, height: int, width: int) -> Surface:
    side, mask = min(height, width), np.zeros((height, width), np.uint8)
    corners = outline * side + [(width - side) / 2, (height - side) / 2]
    cv2.fillPoly(mask, [np.rint(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return np.asarray(mask / 255, np.float32)


def _relief(mask: Surface, rng: Rng) -> Surface:
    """Light and shade on a rounded body: float32 (h, w), around 1."""
    side = min(mask.shape)
    depth = np.asarray(cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 3), np.float32)
    bulge = np.asarray(cv2.GaussianBlur(np.sqrt(np.minimum(depth, side * 0.15)), (0, 0), side / 60), np.float32)
    down, across = np.gradient(bulge)
    angle = rng.uniform(np.pi, 2 * np.pi)
    folds = clouds(rng, mask.shape[0], mask.shape[1], 4) * np.float32(0.5) - np.float32(0.25)
    light = (across * np.cos(angle) + down * np.sin(angle)) * np.float32(-1.4)
    return np.asarray(np.clip(1 + light + folds, 0.35, 1.6), np.float32)


def _goods(ground: Surface, rng: Rng, looks: Looks) -> Surface:
    """Goods laid on a ground: shape, light, seams and label from `rng`, colours and patterns from `looks`."""
    height, width = ground.shape[:2]
    outlines = _GOODS[int(rng.integers(len(_GOODS)))](rng)
    scale, shift = rng.uniform(0.75, 1.1), rng.uniform(-0.06, 0.06, 2)
    for number, outline in enumerate(outlines):
        mask = _mask((outline - 0.5) * scale + 0.5 + shift, height, width)
        if number == 0:
            shadow = np.asarray(cv2.GaussianBlur(np.roll(mask, height // 40, 0), (0, 0), height / 50), np.float32)
            ground = ground * (1 - np.float32(rng.uniform(0.15, 0.4)) * shadow[..., None])
        lit = looks.surface(height, width) * _relief(mask, rng)[..., None]
        ground = ground + (lit - ground) * mask[..., None]
        ground = _seams(ground, outline, (scale, shift), rng)
    return ground


def _seams(ground: Surface, outline: Outline, place: tuple[float, NDArray[np.float64]], rng: Rng) -> Surface:
    """Dark stitches along the outline and a few buttons or rivets."""
    height, width = ground.shape[:2]
    side, (scale, shift) = min(height, width), place
    inner = ((outline - outline.mean(0)) * 0.93 + outline.mean(0) - 0.5) * scale + 0.5 + shift
    corners = np.rint((inner * side + [(width - side) / 2, (height - side) / 2]) * 16).astype(np.int32)
    marks = np.zeros((height, width), np.uint8)
    cv2.polylines(marks, [corners], True, 90, max(1, side // 300), cv2.LINE_AA, 4)
    for x, y in corners[rng.choice(len(corners), min(3, len(corners)), replace=False)]:
        cv2.circle(marks, (int(x) // 16, int(y) // 16), max(2, side // 70), 160, -1, cv2.LINE_AA)
    return np.asarray(ground * (1 - marks.astype(np.float32)[..., None] / 255), np.float32)


def _stamp(page: Surface, stamp: NDArray[np.uint8], left: float, top: float) -> Surface:
    pixels = np.clip(np.rint(page), 0, 255).astype(np.uint8)
    lay(pixels, stamp, round(left * page.shape[1]), round(top * page.shape[0]))
    return pixels.astype(np.float32)


def _paper(rng: Rng, height: int, width: int) -> Surface:
    """White, pale grey or a soft gradient: the ground of product shots."""
    page: Surface = np.full((height, width, 3), 255, np.float32)
    if rng.random() < 0.5:
        page -= np.linspace(0, rng.uniform(5, 50), height, dtype=np.float32)[:, None, None]
    return page


def _product(height: int, width: int, rng: Rng, looks: Looks, template: Rng) -> Surface:
    """One article on white."""
    return _goods(_paper(rng, height, width), rng, looks)


def _banner(height: int, width: int, rng: Rng, looks: Looks, template: Rng) -> Surface:
    """An article on a coloured ground with logo, headline and button of a campaign."""
    colours = palette(template)
    slope = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    page = np.repeat(colours[0] + (colours[1] - colours[0]) * slope, height, 0)
    page = _goods(page, rng, looks)
    logo = lettering(words(template, 1, 2), max(10, height // 10), template, ink(template))
    page = _stamp(page, logo, 0.04, 0.04)
    headline = lettering(words(template, 2, 4), max(10, height // 9), template, ink(template))
    page = _stamp(page, headline, 0.05, float(template.uniform(0.65, 0.8)))
    button = lettering(words(template, 1, 3), max(8, height // 16), template, ink(template))
    return _stamp(page, button, 0.7, 0.9)


def _post(height: int, width: int, rng: Rng, looks: Looks, template: Rng) -> Surface:
    """A saying on a surface, as feeds are full of."""
    page = looks.surface(height, width) * np.float32(0.5) + np.float32(60)
    for line in range(int(rng.integers(2, 6))):
        text = lettering(words(rng, 1, 4), max(10, int(height * rng.uniform(0.06, 0.14))), rng, ink(rng))
        page = _stamp(page, text, float(rng.uniform(0.02, 0.3)), 0.1 + 0.16 * line)
    return page


def _scene(height: int, width: int, rng: Rng, looks: Looks, template: Rng) -> Surface:
    """A room or a landscape of hills, boxes and several articles."""
    page: Surface = palette(rng)[0] * (clouds(rng, height, width, 3)[..., None] * np.float32(0.5) + np.float32(0.5))
    for layer in range(3):
        ridge = clouds(rng, 1 + layer, width, 5)[0] * height * 0.3 + height * (0.3 + 0.2 * layer)
        below = np.arange(height, dtype=np.float32)[:, None] > ridge[None]
        page[below] = (surface(rng, height, width) * rng.uniform(0.4, 1))[below]
    for _ in range(int(rng.integers(1, 4))):
        page = _goods(page, rng, looks)
    return page


def _pattern(height: int, width: int, rng: Rng, looks: Looks, template: Rng) -> Surface:
    """A swatch of cloth or wallpaper."""
    return looks.surface(height, width)


def _icon(height: int, width: int, rng: Rng, looks: Looks, template: Rng) -> Surface:
    """A flat logo: a few plain shapes and perhaps a word, on white."""
    page = np.full((height, width, 3), 255, np.float32)
    colours = looks.palette()
    for number, outline in enumerate(_GOODS[int(rng.integers(len(_GOODS)))](rng)):
        mask = _mask((outline - 0.5) * 0.8 + 0.5, height, width)[..., None]
        page = page + (colours[number % len(colours)] - page) * mask
    if rng.random() < 0.5:
        page = _stamp(page, lettering(words(rng, 1, 2), height // 8, rng, (0, 0, 0)), 0.25, 0.85)
    return page


KINDS: dict[str, Callable[[int, int, Rng, Looks, Rng], Surface]] = {
    "product": _product,
    "banner": _banner,
    "post": _post,
    "scene": _scene,
    "pattern": _pattern,
    "icon": _icon,
}
"""Names of what can be drawn."""


def draw(kind: str, seed: int, *, look: int = 0, template: int | None = None, longest: int = 480) -> Pixels:
    """Draw a picture: uint8 (h, w, 3) RGB, its longest side `longest`. Raises KeyError for an unknown kind."""
    number = tuple(KINDS).index(kind) if kind in KINDS else -1
    rng, looks = np.random.default_rng([seed, number + 1]), Looks.of(seed, look)
    templates = np.random.default_rng([seed if template is None else template, 98])
    shape = templates if kind == "banner" else rng
    ratio = float(shape.choice([1.0, 1.0, 0.75, 1.33, 1.6 if kind == "banner" else 0.67]))
    width = round(longest * min(1.0, ratio)) * _OVERSAMPLED
    height = round(longest * min(1.0, 1 / ratio)) * _OVERSAMPLED
    page = KINDS[kind](height, width, rng, looks, templates)
    size = (width // _OVERSAMPLED, height // _OVERSAMPLED)
    small = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.float32)
    if kind not in ("icon", "post", "banner"):
        small = small + rng.normal(0, 2, small.shape).astype(np.float32)
    return np.clip(np.rint(small), 0, 255).astype(np.uint8)
