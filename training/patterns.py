"""Surfaces for drawn pictures: plain, striped, checked, dotted, flowered, knitted, marbled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Rng = np.random.Generator
Surface = NDArray[np.float32]
"""float32 (h, w, 3), 0 to 255."""


def palette(rng: Rng, count: int = 3) -> NDArray[np.float32]:
    """Colours as goods have them: one of strong hue, its neighbours darker or paler, or greys."""
    hue, strong = rng.uniform(0, 180), rng.random() < 0.75
    colours = []
    for _ in range(count):
        saturation = rng.uniform(90, 255) if strong else rng.uniform(0, 30)
        colours.append([(hue + rng.normal(0, 22)) % 180, saturation, rng.uniform(30, 250)])
    row = np.array([colours], np.uint8)
    return np.asarray(cv2.cvtColor(row, cv2.COLOR_HSV2RGB)[0], np.float32)


def _grid(height: int, width: int, angle: float) -> tuple[Surface, Surface]:
    y, x = np.mgrid[:height, :width].astype(np.float32)
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return x * cos + y * sin, y * cos - x * sin


def clouds(rng: Rng, height: int, width: int, detail: int = 5) -> Surface:
    """Smooth noise of several sizes, float32 (h, w), 0 to 1."""
    total = np.zeros((height, width), np.float32)
    for level in range(detail):
        cells = 2 ** (level + 1)
        coarse = rng.random((cells, cells)).astype(np.float32)
        total += np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)) * 0.6**level
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / max(high - low, 1e-6), np.float32)


def _mixed(share: Surface, one: NDArray[np.float32], two: NDArray[np.float32]) -> Surface:
    return np.asarray(one + (two - one) * np.clip(share, 0, 1)[..., None], np.float32)


def plain(rng: Rng, height: int, width: int) -> Surface:
    """One colour, hardly uneven."""
    colours = palette(rng)
    return _mixed(clouds(rng, height, width, 3) * np.float32(0.12), colours[0], colours[1])


def stripes(rng: Rng, height: int, width: int) -> Surface:
    """Straight stripes at any angle, two or three colours."""
    colours, (along, _) = palette(rng), _grid(height, width, rng.uniform(0, np.pi))
    period = rng.uniform(0.02, 0.12) * max(height, width)
    wave = np.sin(along * np.float32(2 * np.pi / period))
    surface = _mixed(wave * 3 + 0.5, colours[0], colours[1])
    thin = np.abs(np.sin(along * np.float32(np.pi / period / 2.0))) > 0.96
    surface[thin] = colours[2]
    return surface


def checks(rng: Rng, height: int, width: int) -> Surface:
    """Tartan: stripes both ways, half transparent."""
    colours, (u, v) = palette(rng), _grid(height, width, rng.uniform(-0.1, 0.9))
    period = np.float32(2 * np.pi / (rng.uniform(0.04, 0.16) * max(height, width)))
    both = (np.sin(u * period) > 0.2).astype(np.float32) * 0.5 + (np.sin(v * period) > 0.2) * np.float32(0.5)
    return _mixed(both, colours[0], colours[1])


def dots(rng: Rng, height: int, width: int) -> Surface:
    """Dots on a grid."""
    colours, (u, v) = palette(rng), _grid(height, width, rng.uniform(0, 0.8))
    period = np.float32(rng.uniform(0.04, 0.12) * max(height, width))
    apart = np.hypot(u % period - period / 2, v % period - period / 2)
    return _mixed((period * np.float32(rng.uniform(0.2, 0.4)) - apart) / 2 + 0.5, colours[0], colours[1])


def flowers(rng: Rng, height: int, width: int) -> Surface:
    """Flowers of five or six petals, strewn about."""
    colours = palette(rng, 4)
    surface = np.empty((height, width, 3), np.float32)
    surface[:] = colours[0]
    for _ in range(int(rng.integers(25, 80))):
        x, y, size = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.008, 0.03) * max(height, width)
        petals, first = int(rng.integers(5, 7)), rng.uniform(0, 6)
        fill = tuple(float(c) for c in colours[1 + int(rng.integers(2))])
        for petal in range(petals):
            angle = first + petal * 2 * np.pi / petals
            centre = (round(x + size * np.cos(angle)), round(y + size * np.sin(angle)))
            cv2.circle(surface, centre, max(1, round(size * 0.7)), fill, -1, cv2.LINE_AA)
        cv2.circle(surface, (round(x), round(y)), max(1, round(size * 0.5)), tuple(map(float, colours[3])), -1)
    return surface


def knit(rng: Rng, height: int, width: int) -> Surface:
    """Loops of wool in rows."""
    colours, (u, v) = palette(rng), _grid(height, width, 0.0)
    period = np.float32(rng.uniform(0.015, 0.04) * max(height, width))
    loops = np.sin(v * 2 * np.pi / period + np.abs(np.sin(u * np.pi / period)) * 3) * np.float32(0.35) + np.float32(0.4)
    return _mixed(loops, colours[0], colours[1] * 0.7)


def marble(rng: Rng, height: int, width: int) -> Surface:
    """Veins of stone, wood or leather."""
    colours = palette(rng)
    field = clouds(rng, height, width)
    veins = np.abs(np.sin(field * np.float32(rng.uniform(8, 40)))) ** np.float32(rng.uniform(0.3, 2))
    return _mixed(veins, colours[0], colours[1])


SURFACES: tuple[Callable[[Rng, int, int], Surface], ...] = (plain, plain, stripes, checks, dots, flowers, knit, marble)


def surface(rng: Rng, height: int, width: int) -> Surface:
    """Any of the surfaces."""
    return SURFACES[int(rng.integers(len(SURFACES)))](rng, height, width)


@dataclass(frozen=True, slots=True)
class Looks:
    """Where the surfaces of goods come from: a generator, and a turn of hue and a gain that recolour them."""

    rng: Rng
    turn: float = 0.0
    gain: float = 1.0

    @classmethod
    def of(cls, seed: int, look: int) -> Looks:
        """Look 0 is the goods as first drawn, odd looks recolour them, even looks give other patterns too."""
        if look % 2 == 0:
            return cls(np.random.default_rng([seed, look, 99]))
        tint = np.random.default_rng([seed, look, 97])
        return cls(np.random.default_rng([seed, 0, 99]), float(tint.uniform(40, 320)), float(tint.uniform(0.6, 1.4)))

    def surface(self, height: int, width: int) -> Surface:
        """The next surface in this look."""
        return self._recoloured(surface(self.rng, height, width))

    def palette(self) -> NDArray[np.float32]:
        """Three colours in this look, float32 (3, 3)."""
        row: NDArray[np.float32] = self._recoloured(palette(self.rng)[None])[0]
        return row

    def _recoloured(self, drawn: Surface) -> Surface:
        if not self.turn:
            return drawn
        hsv = cv2.cvtColor(np.clip(drawn / 255, 0, 1).astype(np.float32), cv2.COLOR_RGB2HSV)
        hsv[..., 0] = (hsv[..., 0] + np.float32(self.turn)) % 360
        recoloured: Surface = np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.float32) * (255 * self.gain)
        return recoloured
