"""The goods of the three brands, each a list of parts from the back to the front."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from demo.materials import Rng
from demo.shapes import Outline, disc, lathe, ring, slab, smooth


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of an article. `tone` picks the colour: 0 the article's own, 1 its companion, 2 metal, 3 wood,
    4 paper. `round` shades it as a cylinder, otherwise as a flat, soft body."""

    outline: Outline
    material: str = "matt"
    tone: int = 0
    round: bool = True


@dataclass(frozen=True, slots=True)
class Article:
    """Parts, and where its label is: centre and width in the unit square, or None."""

    parts: list[Part]
    label: tuple[float, float, float] | None = None


def flask(rng: Rng) -> Article:
    """An insulated bottle with a loop."""
    wide, shoulder = rng.uniform(0.11, 0.15), rng.uniform(0.3, 0.38)
    body = lathe((wide * 0.55, shoulder - 0.07), (wide, shoulder + 0.04), (wide, 0.9), (wide * 0.9, 0.92), rounds=2)
    cap = slab(0.5 - wide * 0.55, shoulder - 0.17, 0.5 + wide * 0.55, shoulder - 0.06, 0.025)
    loop = ring(0.5, shoulder - 0.17, 0.06, 0.042, 180, 360)
    rim = slab(0.5 - wide, 0.82, 0.5 + wide, 0.84, 0.0)
    return Article([Part(loop, tone=2), Part(cap, tone=1), Part(body, "matt"), Part(rim, tone=2)], (0.5, 0.62, wide))


def mug(rng: Rng) -> Article:
    """An enamel mug."""
    wide, top = rng.uniform(0.19, 0.24), rng.uniform(0.38, 0.46)
    body = lathe((wide, top), (wide * 0.96, 0.8), (wide * 0.88, 0.83), (0.001, 0.83))
    handle = ring(0.5 + wide * 0.95, (top + 0.8) / 2, 0.12, 0.085, -90, 90)
    rim = disc(0.5, top, wide, wide * 0.16)
    inside = disc(0.5, top + 0.008, wide * 0.93, wide * 0.12)
    parts = [Part(handle, "speckled"), Part(body, "speckled"), Part(rim, tone=1), Part(inside, tone=4, round=False)]
    return Article(parts, (0.5, 0.63, wide))


def beanie(rng: Rng) -> Article:
    """A knitted hat with a bobble."""
    wide, cuff = rng.uniform(0.26, 0.3), rng.uniform(0.6, 0.66)
    dome = lathe((0.04, 0.26), (wide * 0.75, 0.32), (wide, 0.5), (wide, cuff + 0.04), rounds=3)
    brim = slab(0.5 - wide * 1.03, cuff, 0.5 + wide * 1.03, cuff + 0.14, 0.03)
    return Article(
        [Part(disc(0.5, 0.24, 0.075, 0.075), "knitted", 1), Part(dome, "knitted"), Part(brim, "knitted", 1)],
        (0.5 + wide * 0.55, cuff + 0.07, 0.09),
    )


def backpack(rng: Rng) -> Article:
    """A rucksack with a flap, two straps and a pocket."""
    wide, top = rng.uniform(0.22, 0.27), rng.uniform(0.22, 0.28)
    body = slab(0.5 - wide, top, 0.5 + wide, 0.9, 0.1)
    flap = smooth(
        np.array([[0.5 - wide, top], [0.5 + wide, top], [0.5 + wide * 0.95, 0.52], [0.5 - wide * 0.95, 0.52]])
    )
    pocket = slab(0.5 - wide * 0.7, 0.62, 0.5 + wide * 0.7, 0.84, 0.04)
    straps = [slab(x - 0.018, top + 0.12, x + 0.018, 0.62, 0.01) for x in (0.5 - wide * 0.5, 0.5 + wide * 0.5)]
    buckles = [slab(x - 0.028, 0.5, x + 0.028, 0.54, 0.008) for x in (0.5 - wide * 0.5, 0.5 + wide * 0.5)]
    parts = [Part(ring(0.5, top, 0.07, 0.05, 180, 360), tone=3), Part(body, "woven", round=False)]
    parts += [Part(pocket, "woven", 1, round=False), Part(flap, "woven", round=False)]
    parts += [Part(strap, tone=3, round=False) for strap in straps] + [Part(buckle, tone=2) for buckle in buckles]
    return Article(parts, (0.5, 0.73, 0.16))


def lantern(rng: Rng) -> Article:
    """A storm lantern."""
    wide = rng.uniform(0.13, 0.17)
    glass = lathe((wide * 0.6, 0.36), (wide, 0.48), (wide, 0.6), (wide * 0.6, 0.72), rounds=2)
    base = lathe((wide * 0.9, 0.7), (wide * 1.15, 0.86), (wide * 1.15, 0.88))
    top = lathe((0.02, 0.24), (wide * 0.75, 0.34), (wide * 0.75, 0.38))
    bows = [slab(0.5 + s * wide * 1.12 - 0.008, 0.34, 0.5 + s * wide * 1.12 + 0.008, 0.8, 0.006) for s in (-1, 1)]
    flame = smooth(np.array([[0.5, 0.47], [0.53, 0.58], [0.5, 0.62], [0.47, 0.58]]))
    parts = [Part(ring(0.5, 0.32, 0.18, 0.168, 180, 360), tone=2), *(Part(bow, tone=2) for bow in bows)]
    parts += [Part(glass, "glassy", 4), Part(flame, tone=1, round=False), Part(base), Part(top)]
    return Article(parts, (0.5, 0.8, wide))


def perfume(rng: Rng) -> Article:
    """A square bottle of scent with a tall cap."""
    wide, top = rng.uniform(0.15, 0.2), rng.uniform(0.42, 0.48)
    body = slab(0.5 - wide, top, 0.5 + wide, 0.88, 0.03)
    neck = slab(0.46, top - 0.06, 0.54, top, 0.004)
    cap = slab(0.5 - wide * 0.45, top - 0.2, 0.5 + wide * 0.45, top - 0.05, rng.uniform(0.005, 0.06))
    paper = slab(0.5 - wide * 0.65, 0.58, 0.5 + wide * 0.65, 0.78, 0.004)
    parts = [Part(neck, tone=2), Part(body, "glassy"), Part(cap, str(rng.choice(["wooden", "marbled"])), 1)]
    return Article([*parts, Part(paper, tone=4, round=False)], (0.5, 0.68, wide * 0.62))


def jar(rng: Rng) -> Article:
    """A low jar of cream with a wide lid."""
    wide, top = rng.uniform(0.22, 0.27), rng.uniform(0.5, 0.56)
    body = slab(0.5 - wide, top, 0.5 + wide, 0.84, 0.05)
    lid = slab(0.5 - wide * 1.02, top - 0.12, 0.5 + wide * 1.02, top + 0.02, 0.02)
    return Article(
        [Part(body, "speckled"), Part(lid, str(rng.choice(["wooden", "matt", "marbled"])), 1)], (0.5, 0.7, wide)
    )


def tube(rng: Rng) -> Article:
    """A tube of hand cream, standing on its cap."""
    wide = rng.uniform(0.11, 0.14)
    body = np.array(
        [[0.5 - wide * 1.1, 0.14], [0.5 + wide * 1.1, 0.14], [0.5 + wide * 0.8, 0.76], [0.5 - wide * 0.8, 0.76]]
    )
    crimp = slab(0.5 - wide * 1.1, 0.12, 0.5 + wide * 1.1, 0.165, 0.0)
    band = np.array([[0.5 - wide, 0.34], [0.5 + wide, 0.34], [0.5 + wide * 0.9, 0.58], [0.5 - wide * 0.9, 0.58]])
    cap = slab(0.5 - wide * 0.8, 0.75, 0.5 + wide * 0.8, 0.9, 0.015)
    parts = [Part(body), Part(crimp, "striped", 1), Part(band, "tiled", 1), Part(cap, tone=1)]
    return Article(parts, (0.5, 0.66, wide * 0.7))


def lipstick(rng: Rng) -> Article:
    """A lipstick turned out, its cap beside it."""
    tall = rng.uniform(0.34, 0.4)
    stick = np.array([[0.36, tall + 0.05], [0.44, tall - 0.06], [0.46, tall + 0.02], [0.46, 0.6], [0.34, 0.6]])
    parts = [Part(smooth(stick, 2)), Part(slab(0.33, 0.55, 0.47, 0.66, 0.005), tone=2)]
    parts += [
        Part(slab(0.31, 0.65, 0.49, 0.88, 0.012), "marbled", 1),
        Part(slab(0.56, 0.52, 0.74, 0.88, 0.015), "marbled", 1),
    ]
    return Article(parts, (0.4, 0.78, 0.08))


def soap(rng: Rng) -> Article:
    """A bar of soap in a paper band."""
    top = rng.uniform(0.46, 0.52)
    bar, band = slab(0.2, top, 0.8, 0.82, 0.07), slab(0.36, top - 0.005, 0.66, 0.825, 0.004)
    return Article([Part(bar, "marbled", round=False), Part(band, "tiled", 1, round=False)], (0.51, 0.65, 0.13))


def lamp(rng: Rng) -> Article:
    """A table lamp with a shade of cloth."""
    wide, waist = rng.uniform(0.24, 0.3), rng.uniform(0.05, 0.09)
    shade = np.array([[0.5 - wide * 0.6, 0.14], [0.5 + wide * 0.6, 0.14], [0.5 + wide, 0.48], [0.5 - wide, 0.48]])
    foot = lathe((0.03, 0.48), (waist, 0.56), (waist * 2, 0.72), (waist * 1.2, 0.84), (waist * 2, 0.9), rounds=2)
    return Article([Part(slab(0.49, 0.44, 0.51, 0.56), tone=2), Part(foot, "speckled", 1), Part(shade, "woven")])


def vase(rng: Rng) -> Article:
    """A vase with two or three twigs."""
    widths = rng.uniform(0.07, 0.22, 4)
    body = lathe((0.07, 0.42), *zip(widths, (0.5, 0.62, 0.74, 0.86), strict=True), (0.1, 0.9), rounds=3)
    parts = []
    for _ in range(int(rng.integers(2, 4))):
        lean, tall = rng.uniform(-0.16, 0.16), rng.uniform(0.08, 0.16)
        parts.append(Part(np.array([[0.495, 0.46], [0.505, 0.46], [0.505 + lean, tall], [0.495 + lean, tall]]), tone=3))
        for height in np.linspace(0.1, 0.9, 6):
            x, y = 0.5 + lean * height, 0.46 + (tall - 0.46) * height
            parts.append(Part(disc(x + 0.03 * (-1) ** len(parts), y, 0.035, 0.016), tone=1, round=False))
    return Article([*parts, Part(body, str(rng.choice(["speckled", "marbled", "matt", "striped"])))])


def cushion(rng: Rng) -> Article:
    """A cushion of printed cloth."""
    corners = np.array(
        [[0.16, 0.22], [0.5, 0.25], [0.84, 0.22], [0.81, 0.54], [0.84, 0.86], [0.5, 0.83], [0.16, 0.86], [0.19, 0.54]]
    )
    return Article([Part(smooth(corners, 2), str(rng.choice(["tiled", "striped", "knitted", "woven"])), round=False)])


def bowl(rng: Rng) -> Article:
    """A wooden or stoneware bowl with fruit."""
    wide, top = rng.uniform(0.3, 0.36), rng.uniform(0.52, 0.58)
    body = lathe((wide, top), (wide * 0.9, top + 0.14), (wide * 0.45, 0.86), (wide * 0.4, 0.88), rounds=2)
    fruit = [
        Part(disc(0.5 + x, top - 0.02 - 0.05 * (abs(x) < 0.1), 0.1, 0.1), tone=1) for x in (-0.2, 0.2, -0.07, 0.08)
    ]
    return Article([*fruit, Part(body, str(rng.choice(["wooden", "speckled"])))])


def stool(rng: Rng) -> Article:
    """A stool with a cushion."""
    wide, seat = rng.uniform(0.2, 0.26), rng.uniform(0.4, 0.46)
    legs = [
        np.array(
            [
                [0.5 + s * wide * 0.6, seat],
                [0.5 + s * (wide * 0.6 + 0.03), seat],
                [0.5 + s * (wide + 0.03), 0.92],
                [0.5 + s * wide, 0.92],
            ]
        )
        for s in (-1, 1)
    ]
    bar = slab(0.5 - wide * 0.85, 0.7, 0.5 + wide * 0.85, 0.725, 0.005)
    parts = [Part(bar, "wooden", 3), *(Part(leg, "wooden", 3) for leg in legs)]
    return Article([*parts, Part(slab(0.5 - wide, seat - 0.08, 0.5 + wide, seat + 0.02, 0.04), "woven")])


OUTDOOR: tuple[Callable[[Rng], Article], ...] = (flask, mug, beanie, backpack, lantern)
BEAUTY: tuple[Callable[[Rng], Article], ...] = (perfume, jar, tube, lipstick, soap)
HOME: tuple[Callable[[Rng], Article], ...] = (lamp, vase, cushion, bowl, stool)
