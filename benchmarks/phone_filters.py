"""Filters of phones and feeds: chains of tone curves, colour grades, grain, smoothing and sharpening.

Every function takes a picture (uint8 (h, w, 3) RGB) and a generator, and gives a picture of the same size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Real = NDArray[np.float32]
Rng = np.random.Generator


def as_pixels(values: NDArray[np.floating]) -> Pixels:
    """Values of 0 to 1 as 8 bit pixels, clipped and rounded."""
    return np.asarray(np.clip(np.rint(values * 255), 0, 255), np.uint8)


def as_real(pixels: Pixels) -> Real:
    """Pixels as values of 0 to 1."""
    return np.asarray(pixels, np.float32) / np.float32(255)


def _grey(values: Real) -> Real:
    return np.asarray(values @ np.array([0.2126, 0.7152, 0.0722], np.float32), np.float32)[..., None]


def _saturated(values: Real, factor: float) -> Real:
    grey = _grey(values)
    return np.asarray(grey + (values - grey) * factor, np.float32)


def _steep(values: Real, strength: float) -> Real:
    """An S-shaped tone curve; 0 leaves the values as they are."""
    bent = np.clip(values, 0, 1)
    return np.asarray(bent + strength * bent * (1 - bent) * (2 * bent - 1) * 2, np.float32)


def _vignetted(values: Real, depth: float) -> Real:
    height, width = values.shape[:2]
    y, x = np.linspace(-1, 1, height, dtype=np.float32), np.linspace(-1, 1, width, dtype=np.float32)
    return np.asarray(values * (1 - depth * (y[:, None] ** 2 + x[None] ** 2) / 2)[..., None], np.float32)


def _sharpened(pixels: Pixels, radius: float, amount: float) -> Pixels:
    return np.asarray(
        cv2.addWeighted(pixels, 1 + amount, cv2.GaussianBlur(pixels, (0, 0), radius), -amount, 0), np.uint8
    )


def vivid(pixels: Pixels, rng: Rng) -> Pixels:
    """More colour, steeper, a little warmer, sharpened."""
    values = _steep(_saturated(as_real(pixels), 1.55), 0.45) * np.array([1.05, 1.0, 0.92], np.float32)
    return _sharpened(as_pixels(values), 1.2, 0.6)


def noir(pixels: Pixels, rng: Rng) -> Pixels:
    """Black and white, hard, with dark corners and coarse grain."""
    values = _vignetted(_steep(_grey(as_real(pixels)), 0.9), 0.55)
    grain = cv2.GaussianBlur(rng.normal(0, 1, values.shape[:2]).astype(np.float32), (0, 0), 0.8)
    return as_pixels(np.repeat(values + 0.06 * grain[..., None], 3, 2))


def film(pixels: Pixels, rng: Rng) -> Pixels:
    """Faded blacks, green shadows, yellow lights, grain."""
    values = as_real(pixels)
    grey = _grey(values)
    toned = 0.09 + 0.86 * _saturated(values, 0.75)
    toned += (1 - grey) * np.array([-0.02, 0.035, 0.02], np.float32) + grey * np.array([0.05, 0.03, -0.05], np.float32)
    return as_pixels(toned + rng.normal(0, 0.028, values.shape[:2])[..., None])


def portrait(pixels: Pixels, rng: Rng) -> Pixels:
    """The middle sharp, all around it blurred as by a wide lens, warmer."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot((x - width * rng.uniform(0.42, 0.58)) / width, (y - height * 0.5) / height)
    sharp = np.clip((0.52 - away) / 0.14, 0, 1)[..., None]
    values = as_real(pixels) * sharp + as_real(np.asarray(cv2.GaussianBlur(pixels, (0, 0), 6), np.uint8)) * (1 - sharp)
    return as_pixels(values * np.array([1.04, 1.0, 0.95], np.float32))


def night(pixels: Pixels, rng: Rng) -> Pixels:
    """Shot in the dark and brightened: darkened, noise, smoothed away again, sharpened."""
    dark = as_real(pixels) ** 1.6 * 0.45 + rng.normal(0, 0.02, pixels.shape)
    bright = as_pixels(np.clip(dark, 0, 1) ** 0.6)
    return _sharpened(np.asarray(cv2.bilateralFilter(bright, 7, 40, 5), np.uint8), 1.5, 0.8)


def enhance(pixels: Pixels, rng: Rng) -> Pixels:
    """The magic wand: every channel stretched between its 1st and 99th percentile, shadows lifted."""
    values = as_real(pixels)
    low, high = np.percentile(values, (1, 99), axis=(0, 1)).astype(np.float32)
    return as_pixels(np.clip((values - low) / np.maximum(high - low, 0.05), 0, 1) ** 0.82)


def beauty(pixels: Pixels, rng: Rng) -> Pixels:
    """Skin smoothed, everything lighter and pinker."""
    smooth = as_real(np.asarray(cv2.bilateralFilter(pixels, 11, 60, 9), np.uint8))
    return as_pixels(smooth**0.8 * np.array([1.03, 0.97, 1.0], np.float32))


def hdr(pixels: Pixels, rng: Rng) -> Pixels:
    """Local contrast in small tiles, much colour."""
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(3.5, (8, 8)).apply(lab[..., 0])
    return as_pixels(_saturated(as_real(np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)), 1.3))


def neon(pixels: Pixels, rng: Rng) -> Pixels:
    """Two inks: violet shadows, orange lights."""
    grey = _steep(_grey(as_real(pixels)), 0.4)
    return as_pixels(np.array([0.22, 0.05, 0.5]) * (1 - grey) + np.array([1.0, 0.72, 0.35]) * grey)


def negative(pixels: Pixels, rng: Rng) -> Pixels:
    """A film negative: inverted under an orange mask."""
    return as_pixels((1 - as_real(pixels)) * np.array([1.0, 0.82, 0.66], np.float32) + 0.05)


def dim(pixels: Pixels, rng: Rng) -> Pixels:
    """Under-exposed by almost two stops, bluish."""
    return as_pixels(as_real(pixels) * np.array([0.28, 0.31, 0.38], np.float32))


def washed(pixels: Pixels, rng: Rng) -> Pixels:
    """Over-exposed, highlights burnt out."""
    return as_pixels(0.1 + 1.45 * as_real(pixels) ** 0.9)


def shake(pixels: Pixels, rng: Rng) -> Pixels:
    """Blurred by a moving hand along a slanted line."""
    length, angle = 9, float(rng.uniform(0, np.pi))
    kernel, middle = np.zeros((length, length), np.float32), (length - 1) / 2
    for step in np.linspace(-middle, middle, 4 * length):
        kernel[round(middle + step * np.sin(angle)), round(middle + step * np.cos(angle))] = 1
    return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum()), np.uint8)


FILTERS: Mapping[str, Callable[[Pixels, Rng], Pixels]] = {
    f.__name__: f
    for f in (vivid, noir, film, portrait, night, enhance, beauty, hdr, neon, negative, dim, washed, shake)
}
"""Edits of tone and sharpness; every pixel stays in its place."""
