"""From a Pillow image of any mode to plain arrays: depth, palette, transparency, orientation, size."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from sosie.errors import UnreadableImage

if TYPE_CHECKING:
    from PIL import Image

Pixel = TypeVar("Pixel", bound=np.generic)

_EIGHT_BIT = frozenset(("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"))
_STRIP = 256
_WIDE = frozenset(("I;16", "I;16L", "I;16B", "I;16N", "I", "F"))


def reduction(width: int, height: int, min_side: int) -> int:
    """The largest power of two by which an image can be shrunk with its shorter side still at least `min_side`."""
    factor = 1
    while min(width, height) >= 2 * factor * min_side:
        factor *= 2
    return factor


def eight_bits(image: Image.Image, bits: int = 16) -> Image.Image:
    """The image in one of the modes L, LA, RGB, RGBA, CMYK: palettes resolved, deep channels scaled (not clipped).

    `bits` is the depth of the values in modes I;16: 16, or 12 for some TIFFs.
    """
    from PIL import Image  # Imported here, as below: most scans decode nothing but JPEG, which needs none of it.

    mode = image.mode
    if mode in _WIDE:
        return Image.fromarray(_scaled(np.asarray(image), mode, bits))
    if mode == "1":
        return image.convert("L")
    if mode in ("P", "PA") or "transparency" in image.info:
        clear = mode == "PA" or "transparency" in image.info
        return image.convert("RGBA" if clear else "RGB")
    if mode == "LAB":
        return _from_lab(image)
    if mode in _EIGHT_BIT:
        return image
    return image.convert({"La": "LA", "RGBa": "RGBA"}.get(mode, "RGB"))


def _scaled(values: NDArray[np.generic], mode: str, bits: int) -> NDArray[np.uint8]:
    """Deep grey values as 8 bits. Floats and 32 bit integers range to 1, 255, 65535 or their maximum.

    Works on strips of rows, so that a large image is not copied once more at full depth.
    """
    strips = [slice(at, at + _STRIP) for at in range(0, len(values), _STRIP)]
    result = np.empty(values.shape, np.uint8)
    if mode == "F" or mode == "I":
        top = max(float(np.nan_to_num(values[s].astype(np.float64), posinf=0.0).max(initial=0.0)) for s in strips)
        ceiling = next((c for c in (1.0, 255.0, 65535.0) if top <= c), top) if mode == "F" else max(65535.0, top)
        for s in strips:
            wide = np.nan_to_num(values[s].astype(np.float64), posinf=ceiling)
            result[s] = np.clip(wide * (256.0 / (ceiling + 1) if mode == "I" else 255.0 / ceiling + 1e-9), 0, 255)
    else:
        for s in strips:
            result[s] = values[s].astype(np.uint16) >> (bits - 8)
    return result


def _from_lab(image: Image.Image) -> Image.Image:
    from PIL import ImageCms

    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB")
    if converted is None:
        raise UnreadableImage("uses a colour model that cannot be read")
    return converted


def flat_rgb(image: Image.Image, factor: int = 1) -> NDArray[np.uint8]:
    """uint8 (h, w, 3) RGB of an image in an 8 bit mode, shrunk by `factor` (box means), alpha flattened on white."""
    from PIL import Image

    if factor > 1:
        image = image.reduce(factor)
    if image.mode in ("LA", "RGBA"):
        alpha = image.getchannel("A")
        image = image.convert("RGB")
        if alpha.getextrema() != (255, 255):
            white = Image.new("RGB", image.size, (255, 255, 255))
            white.paste(image, mask=alpha)
            image = white
    return np.array(image if image.mode == "RGB" else image.convert("RGB"))


def oriented(pixels: NDArray[Pixel], orientation: int) -> NDArray[Pixel]:
    """The pixels turned and mirrored as an EXIF orientation (1 to 8) says, contiguous in memory."""
    if orientation == 1:
        return pixels
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
