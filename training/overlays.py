"""Things laid over a picture: slogans, banners, stickers, price tags, watermarks, frames.

Every function takes a `style` generator for the design and draws the same design from the same style, so that one
banner can lie over many different pictures.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from training.canvas import Canvas

Rng = np.random.Generator
Colour = tuple[int, int, int]

_WORDS = [
    "SALE",
    "NEW",
    "ONLY",
    "TODAY",
    "-30%",
    "-70%",
    "FREE",
    "SHIPPING",
    "LAST",
    "CHANCE",
    "BLACK",
    "WEEK",
    "LIMITED",
    "EDITION",
    "TREND",
    "ECO",
    "BIO",
    "PREMIUM",
    "BESTSELLER",
    "EXCLUSIVE",
    "2",
    "FOR",
    "1",
    "WINTER",
    "DEALS",
    "SPRING",
    "LOOK",
    "ORIGINAL",
    "COMFORT",
    "STYLE",
    "DISCOVER",
    "MORE",
    "19.99",
    "49,-",
    "€",
    "JOIN",
    "US",
    "follow",
    "our",
    "story",
    "swipe",
    "up",
    "link",
    "in",
    "bio",
    "made",
    "with",
    "love",
    "#ootd",
    "@studio",
    "©",
    "press",
]
_HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)


def words(style: Rng, low: int = 1, high: int = 4) -> str:
    """A few words of advertising."""
    return " ".join(str(w) for w in style.choice(_WORDS, int(style.integers(low, high))))


def ink(style: Rng) -> Colour:
    """A colour for text: often white or black."""
    kind = int(style.integers(4))
    if kind < 2:
        return (255, 255, 255) if kind == 0 else (0, 0, 0)
    return tuple(int(c) for c in style.integers(0, 256, 3))  # type: ignore[return-value]


def lettering(text: str, height: int, style: Rng, colour: Colour) -> NDArray[np.uint8]:
    """Text as an RGBA picture, `height` pixels high, in one of several faces, perhaps with an outline."""
    outline = int(style.integers(0, 4)) if height > 14 else 0
    if style.random() < 0.5:
        return _outlined(text, height, outline, colour)
    face, thickness = int(style.choice(_HERSHEY)), max(1, height // 12)
    scale = cv2.getFontScaleFromHeight(face, max(4, round(height * 0.7)), thickness)
    (width, above), below = cv2.getTextSize(text, face, scale, thickness)
    mask = np.zeros((above + below + 2 * thickness, width + 2 * thickness), np.uint8)
    cv2.putText(mask, text, (thickness, above + thickness), face, scale, 255, thickness, cv2.LINE_AA)
    return np.dstack([np.full((*mask.shape, 3), colour, np.uint8), mask])


def _outlined(text: str, height: int, outline: int, colour: Colour) -> NDArray[np.uint8]:
    font = ImageFont.load_default(size=max(6, height))
    text = text.replace("€", "EUR")  # Pillow's own font draws a box for the sign
    left, top, right, bottom = font.getbbox(text, stroke_width=outline)
    picture = Image.new("RGBA", (max(1, int(right - left)), max(1, int(bottom - top))), (0, 0, 0, 0))
    edge = (0, 0, 0, 255) if sum(colour) > 380 else (255, 255, 255, 255)
    draw = ImageDraw.Draw(picture)
    draw.text((-left, -top), text, fill=colour, font=font, stroke_width=outline, stroke_fill=edge)
    return np.asarray(picture, np.uint8)


def turned(stamp: NDArray[np.uint8], angle: float) -> NDArray[np.uint8]:
    """An RGBA picture turned by `angle` degrees, in a frame that holds all of it."""
    return np.asarray(Image.fromarray(stamp).rotate(angle, Image.Resampling.BICUBIC, expand=True), np.uint8)


def lay(page: NDArray[np.uint8], stamp: NDArray[np.uint8], left: int, top: int, opacity: float = 1.0) -> None:
    """Blend an RGBA stamp onto the page in place, cut at the page's edges."""
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(page.shape[1], left + stamp.shape[1]), min(page.shape[0], top + stamp.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = stamp[y0 - top : y1 - top, x0 - left : x1 - left]
    alpha = part[..., 3:].astype(np.float32) * (opacity / 255)
    under = page[y0:y1, x0:x1].astype(np.float32)
    page[y0:y1, x0:x1] = np.rint(under + (part[..., :3] - under) * alpha).astype(np.uint8)


def slogans(canvas: Canvas, rng: Rng, style: Rng) -> Canvas:
    """One to five lines of text anywhere, straight or slanted."""
    page = canvas.pixels.copy()
    for _ in range(int(style.integers(1, 6))):
        stamp = lettering(words(style), max(10, int(canvas.height * style.uniform(0.05, 0.17))), style, ink(style))
        if style.random() < 0.3:
            stamp = turned(stamp, float(style.uniform(-35, 35)))
        lay(page, stamp, int(canvas.width * style.uniform(-0.05, 0.6)), int(canvas.height * style.uniform(0, 0.9)))
    return canvas.painted(page, slogans=1)


def banner(canvas: Canvas, rng: Rng, style: Rng) -> Canvas:
    """A bar along one side over 10 to 35 % of the picture, with text, solid or half transparent."""
    page, share = canvas.pixels.copy(), float(style.uniform(0.1, 0.35))
    side, opacity = int(style.integers(4)), float(style.choice([1.0, 1.0, style.uniform(0.6, 0.95)]))
    width = canvas.width if side < 2 else round(canvas.width * share)
    height = canvas.height if side > 1 else round(canvas.height * share)
    left = canvas.width - width if side == 3 else 0
    top = canvas.height - height if side == 1 else 0
    bar = np.dstack([np.full((height, width, 3), ink(style), np.uint8), np.full((height, width), 255, np.uint8)])
    lay(page, bar, left, top, opacity)
    stamp = lettering(
        words(style, 1, 3), max(10, int(min(width, height) * style.uniform(0.35, 0.7))), style, ink(style)
    )
    if side > 1:
        stamp = turned(stamp, 90)
    lay(page, stamp, left + width // 12, top + height // 8)
    return canvas.painted(page, banner=share)


def sticker(canvas: Canvas, rng: Rng, style: Rng) -> Canvas:
    """One to four round, star-shaped or square stickers with a word or a face, 12 to 38 % of the shorter side."""
    page = canvas.pixels.copy()
    for _ in range(int(style.integers(1, 5))):
        size = max(16, int(min(canvas.width, canvas.height) * style.uniform(0.12, 0.38)))
        left = int(style.uniform(-0.1, 0.9) * canvas.width)
        top = int(style.uniform(-0.1, 0.9) * canvas.height)
        lay(page, turned(_badge(size, style), float(style.uniform(-30, 30))), left, top)
    return canvas.painted(page, sticker=1)


def _badge(size: int, style: Rng) -> NDArray[np.uint8]:
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw, fill = ImageDraw.Draw(picture), ink(style)
    kind = int(style.integers(4))
    box = (1, 1, size - 2, size - 2)
    if kind == 0:
        draw.regular_polygon((size / 2, size / 2, size / 2 - 1), int(style.integers(5, 12)), fill=fill)
    elif kind == 1:
        draw.rounded_rectangle(box, size // 6, fill=fill)
    else:
        draw.ellipse(box, fill=fill)
    if kind == 3:
        for x in (0.33, 0.67):
            draw.ellipse([size * (x - 0.06), size * 0.3, size * (x + 0.06), size * 0.46], fill=(0, 0, 0))
        draw.arc([size * 0.25, size * 0.35, size * 0.75, size * 0.8], 20, 160, fill=(0, 0, 0), width=max(1, size // 16))
    page = np.array(picture)
    if kind != 3:
        text = lettering(words(style, 1, 2), max(8, size // 5), style, ink(style))
        mask = page[..., 3].copy()
        colours = np.ascontiguousarray(page[..., :3])
        lay(colours, text, max(0, (size - text.shape[1]) // 2), size * 2 // 5)
        page = np.dstack([colours, mask])
    return page


def price_tag(canvas: Canvas, rng: Rng, style: Rng) -> Canvas:
    """A price in a box in one corner, perhaps with an old price struck through."""
    page, price = canvas.pixels.copy(), f"{style.integers(1, 400)}.{style.choice(['99', '95', '00', '49'])} €"
    stamp = lettering(price, max(12, int(canvas.height * style.uniform(0.07, 0.15))), style, (255, 255, 255))
    height, width = stamp.shape[0] * 8 // 5, stamp.shape[1] * 6 // 5
    box = np.dstack(
        [np.full((height, width, 3), style.integers(0, 200, 3), np.uint8), np.full((height, width), 255, np.uint8)]
    )
    left = int(style.choice([0.03, 0.97]) * max(0, canvas.width - width))
    top = int(style.choice([0.03, 0.97]) * max(0, canvas.height - height))
    lay(page, box, left, top)
    lay(page, stamp, left + width // 12, top + height // 5)
    return canvas.painted(page, price=1)


def watermark(canvas: Canvas, rng: Rng, style: Rng) -> Canvas:
    """A word tiled over everything, slanted, 15 to 50 % opaque."""
    page, opacity = canvas.pixels.copy(), float(style.uniform(0.15, 0.5))
    stamp = lettering(words(style, 1, 3), max(10, int(canvas.height * style.uniform(0.05, 0.12))), style, ink(style))
    stamp = turned(stamp, float(style.uniform(10, 50)))
    across, down = int(stamp.shape[1] * style.uniform(1.0, 1.6)), int(stamp.shape[0] * style.uniform(0.9, 1.5))
    for row, top in enumerate(range(-stamp.shape[0] // 2, canvas.height, max(8, down))):
        for left in range(-across + (row % 2) * across // 2, canvas.width, max(8, across)):
            lay(page, stamp, left, top, opacity)
    return canvas.painted(page, watermark=opacity)


def ornament(canvas: Canvas, rng: Rng, style: Rng) -> Canvas:
    """A decorated frame over the outer 4 to 12 % of the picture."""
    page, share = canvas.pixels.copy(), float(style.uniform(0.04, 0.12))
    depth = max(4, int(min(canvas.width, canvas.height) * share))
    inner = page[depth:-depth, depth:-depth].copy()
    page[:] = ink(style)
    for colour_depth in range(depth // 3, depth, max(2, depth // 4)):
        corner = (canvas.width - 1 - colour_depth, canvas.height - 1 - colour_depth)
        cv2.rectangle(page, (colour_depth, colour_depth), corner, ink(style), max(1, depth // 10))
    page[depth:-depth, depth:-depth] = inner
    return canvas.painted(page, ornament=share)
