"""Pictures whose compressed stream ends early, where Pillow fills up with zeros and says nothing."""

from __future__ import annotations

import io

from PIL import GifImagePlugin, Image

from sosie.errors import UnreadableImage
from sosie.imaging.containers import png_is_complete

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Channels of a PNG by its colour type."""


def check_png(image: Image.Image, data: bytes) -> None:
    """Raise `UnreadableImage` for a PNG whose stream ends early: Pillow leaves the missing rows zero and says nothing.

    Only a last row of zeros makes it worth to count the bytes of the stream.
    """
    width, height = image.size
    if image.crop((0, height - 1, width, height)).getbbox(alpha_only=False):
        return
    bits = data[24] * _CHANNELS.get(data[25], 1)
    passes = ((8, 8, 0, 0), (8, 8, 4, 0), (4, 8, 0, 4), (4, 4, 2, 0), (2, 4, 0, 2), (2, 2, 1, 0), (1, 2, 0, 1))
    needed = 0
    for dx, dy, x, y in passes if data[28] else ((1, 1, 0, 0),):
        columns, rows = max(0, -(-(width - x) // dx)), max(0, -(-(height - y) // dy))
        needed += rows * (1 + (columns * bits + 7) // 8) if columns else 0
    if not png_is_complete(data, needed):
        raise UnreadableImage("is cut off")


def check_gif(image: GifImagePlugin.GifImageFile, data: bytes, frame: tuple[int, int, int, int]) -> None:
    """Raise `UnreadableImage` for a GIF whose first frame ends early; `frame` is where it lies on the screen.

    Only where the pixel that is decoded last could be one that was never written, the frame is decoded again, on
    another ground: what then has another value was the ground.
    """
    left, top, right, bottom = frame
    last = [(right - 1, row) for row in (bottom - 1, bottom - 2) if row >= top and right > left]
    before = [image.getpixel(at) for at in last]
    ground = image.info.get("transparency", 0)
    if ground not in before:
        return
    probe = _GifOnGround(io.BytesIO(data))
    probe.ground = 255 if ground != 255 else 254
    if [probe.getpixel(at) for at in last] != before:
        raise UnreadableImage("is cut off or damaged")


class _GifOnGround(GifImagePlugin.GifImageFile):
    ground = 255

    def load_prepare(self) -> None:
        super().load_prepare()
        self.im = Image.new(self.im.mode, self.size, self.ground).im
