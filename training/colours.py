"""Edits that keep every pixel in its place: light, colour filters, blur, noise, compression."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.canvas import Canvas

Rng = np.random.Generator
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def _grey(canvas: Canvas) -> NDArray[np.float32]:
    return np.asarray(canvas.pixels.astype(np.float32) @ _LUMA, np.float32)


def brightness(canvas: Canvas, rng: Rng) -> Canvas:
    """Darker or brighter by a factor of 0.4 to 1.7."""
    factor = float(rng.uniform(0.4, 0.8) if rng.random() < 0.5 else rng.uniform(1.2, 1.7))
    return canvas.painted(canvas.pixels.astype(np.float32) * factor, brightness=factor)


def contrast(canvas: Canvas, rng: Rng) -> Canvas:
    """Contrast of 0.4 to 2 around the mean."""
    factor, mean = float(rng.uniform(0.4, 2.0)), float(_grey(canvas).mean())
    return canvas.painted((canvas.pixels.astype(np.float32) - mean) * factor + mean, contrast=factor)


def curve(canvas: Canvas, rng: Rng) -> Canvas:
    """A smooth rising curve for each channel, as the filters of phones have."""
    knots = np.linspace(0, 255, 5)
    table = np.empty((256, 3), np.float32)
    for channel in range(3):
        steps = np.cumsum(rng.uniform(0.3, 1.7, 5))
        levels = (steps - steps[0]) / (steps[-1] - steps[0]) * rng.uniform(190, 255) + rng.uniform(0, 40)
        table[:, channel] = np.interp(np.arange(256), knots, levels)
    return canvas.painted(np.stack([table[canvas.pixels[..., c], c] for c in range(3)], 2), curve=1)


def temperature(canvas: Canvas, rng: Rng) -> Canvas:
    """Warm or cold light: red and blue move against each other."""
    shift = float(rng.uniform(0.12, 0.4) * rng.choice([-1, 1]))
    gains = np.array([1 + shift, 1 + shift * 0.1, 1 - shift], np.float32)
    return canvas.painted(canvas.pixels.astype(np.float32) * gains, temperature=shift)


def saturation(canvas: Canvas, rng: Rng) -> Canvas:
    """Paler or stronger colours, 0.2 to 2.5."""
    factor, grey = float(rng.uniform(0.2, 2.5)), _grey(canvas)[..., None]
    return canvas.painted(grey + (canvas.pixels.astype(np.float32) - grey) * factor, saturation=factor)


def grey(canvas: Canvas, rng: Rng) -> Canvas:
    """No colour: luma, or one channel alone."""
    channel = int(rng.integers(5))
    plain = canvas.pixels[..., channel].astype(np.float32) if channel < 3 and channel != 2 else _grey(canvas)
    return canvas.painted(np.repeat(plain[..., None], 3, 2), grey=1)


def duotone(canvas: Canvas, rng: Rng) -> Canvas:
    """Dark to light in two colours: sepia, cyanotype, posters."""
    dark, light = rng.uniform(0, 110, 3), rng.uniform(150, 255, 3)
    share = (_grey(canvas) / 255)[..., None]
    return canvas.painted(dark + (light - dark) * share, duotone=1)


def sepia(canvas: Canvas, rng: Rng) -> Canvas:
    """Brown tones of old photographs, laid over the colours by 60 to 100 %."""
    share = float(rng.uniform(0.6, 1.0))
    brown = _grey(canvas)[..., None] * np.array([1.07, 0.87, 0.6], np.float32) + np.array([20, 8, 0], np.float32)
    return canvas.painted(canvas.pixels.astype(np.float32) * (1 - share) + brown * share, sepia=share)


def hue(canvas: Canvas, rng: Rng) -> Canvas:
    """All hues turned by 30 to 330 degrees."""
    turn = float(rng.uniform(30, 330))
    hsv = cv2.cvtColor(canvas.pixels, cv2.COLOR_RGB2HSV_FULL)
    hsv[..., 0] = (hsv[..., 0].astype(np.float32) + turn * 256 / 360) % 256
    return canvas.painted(np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB_FULL), np.uint8), hue=turn)


def invert(canvas: Canvas, rng: Rng) -> Canvas:
    """The negative."""
    return canvas.painted(255 - canvas.pixels, invert=1)


def posterise(canvas: Canvas, rng: Rng) -> Canvas:
    """4 to 8 levels a channel."""
    levels = int(rng.integers(4, 9))
    step = 255 / (levels - 1)
    return canvas.painted(np.rint(canvas.pixels.astype(np.float32) / step) * step, posterise=levels)


def vignette(canvas: Canvas, rng: Rng) -> Canvas:
    """Corners darkened by 30 to 80 %."""
    depth = float(rng.uniform(0.3, 0.8))
    x = np.linspace(-1, 1, canvas.width, dtype=np.float32)
    y = np.linspace(-1, 1, canvas.height, dtype=np.float32)
    fall = 1 - depth * np.clip((x[None] ** 2 + y[:, None] ** 2) / 2, 0, 1)
    return canvas.painted(canvas.pixels.astype(np.float32) * fall[..., None], vignette=depth)


def fade(canvas: Canvas, rng: Rng) -> Canvas:
    """A veil of one colour over everything, 15 to 50 %."""
    share, veil = float(rng.uniform(0.15, 0.5)), rng.uniform(0, 255, 3)
    return canvas.painted(canvas.pixels.astype(np.float32) * (1 - share) + veil * share, fade=share)


def blur(canvas: Canvas, rng: Rng) -> Canvas:
    """Gaussian, sigma up to 1 % of the longest side, or a movement to one side."""
    longest = max(canvas.width, canvas.height)
    if rng.random() < 0.3:
        length = max(3, int(rng.uniform(0.005, 0.02) * longest))
        kernel = np.full((1, length), 1 / length, np.float32)
        kernel = kernel if rng.random() < 0.5 else np.ascontiguousarray(kernel.T)
        return canvas.painted(np.asarray(cv2.filter2D(canvas.pixels, -1, kernel), np.uint8), motion=length)
    sigma = float(rng.uniform(0.002, 0.01) * longest)
    return canvas.painted(np.asarray(cv2.GaussianBlur(canvas.pixels, (0, 0), sigma), np.uint8), blur=sigma)


def sharpen(canvas: Canvas, rng: Rng) -> Canvas:
    """Unsharp mask, 0.5 to 2.5."""
    amount, base = float(rng.uniform(0.5, 2.5)), canvas.pixels.astype(np.float32)
    soft = cv2.GaussianBlur(base, (0, 0), float(rng.uniform(1, 3)))
    return canvas.painted(base + amount * (base - soft), sharpen=amount)


def noise(canvas: Canvas, rng: Rng) -> Canvas:
    """Sensor noise of sigma 8 to 35, in colour or in grey."""
    sigma, depth = float(rng.uniform(8, 35)), int(rng.choice([1, 3]))
    grain = rng.normal(0, sigma, (canvas.height, canvas.width, depth)).astype(np.float32)
    return canvas.painted(canvas.pixels.astype(np.float32) + grain, noise=sigma)


def compress(canvas: Canvas, kind: str, quality: int) -> Canvas:
    """Through a file of `kind` (".jpg" or ".webp") and back."""
    flag = cv2.IMWRITE_JPEG_QUALITY if kind == ".jpg" else cv2.IMWRITE_WEBP_QUALITY
    _, data = cv2.imencode(kind, np.ascontiguousarray(canvas.pixels[..., ::-1]), [flag, quality])
    back = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]
    return canvas.painted(np.ascontiguousarray(back), quality=quality)


def jpeg(canvas: Canvas, rng: Rng) -> Canvas:
    """JPEG of quality 6 to 60."""
    return compress(canvas, ".jpg", int(rng.integers(6, 61)))


def webp(canvas: Canvas, rng: Rng) -> Canvas:
    """WebP of quality 5 to 60."""
    return compress(canvas, ".webp", int(rng.integers(5, 61)))


def generations(canvas: Canvas, rng: Rng) -> Canvas:
    """Shared on from hand to hand: three to six compressions, resized by a little each time."""
    for _ in range(int(rng.integers(3, 7))):
        factor = float(rng.uniform(0.93, 1.06))
        size = (max(16, round(canvas.width * factor)), max(16, round(canvas.height * factor)))
        x, y = size[0] / canvas.width, size[1] / canvas.height
        pixels = np.asarray(cv2.resize(canvas.pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)
        matrix = np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]], np.float64)
        canvas = compress(canvas.moved(pixels, matrix), str(rng.choice([".jpg", ".webp"])), int(rng.integers(25, 81)))
    return canvas
