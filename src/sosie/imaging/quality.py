"""How much of an image's size is real: an upscaled copy has more pixels than its original and no more detail."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sosie.imaging.picture import Picture

_LINES, _LENGTH = 24, 256
_SHARE = 0.7
"""The share of the gradients' energy that lies below the bandwidth that is measured."""
_POWER = 3.0
"""Detail falls with this power of the bandwidth: by 2, an image enlarged without loss would tie with its original."""


def effective_pixels(picture: Picture) -> float:
    """An estimate of how many real pixels an image has: its size times `detail`, to rank copies of one picture.

    Measured on 150 photos: an enlarged copy (1.5, 2 or 3 times; bilinear, bicubic or Lanczos; as it is or as JPEG)
    ranks below its original in 98 % of cases, a smaller copy in 99 %, and the same photo as JPEG of quality 60 keeps
    at least half. Where the picture was shrunk in decoding, detail finer than the shrunk pixels is unseen and is
    taken to be like the rest: then only enlargements by clearly more than that factor are noticed.
    """
    return picture.info.width * picture.info.height * detail(picture.pixels)


def detail(pixels: NDArray[np.uint8]) -> float:
    """How far the spectrum of a picture reaches, from nearly 0 (blurred, enlarged) to 1 (every pixel counts).

    Natural images have amplitudes that fall with frequency, so those of their differences are flat (D. Field, 1987,
    "Relations between the statistics of natural images and the response properties of cortical cells"): 70 % of the
    energy lies below 70 % of the highest frequency. Enlarging by s leaves nothing above 1/s of it. `pixels`: uint8
    (h, w, 3), of which 24 rows and 24 columns are looked at. 1.0 for pictures of less than 16 pixels or one colour.
    """
    green = pixels[..., 1]
    reach = [b for b in (_bandwidth(green), _bandwidth(green.T)) if b is not None]
    if not reach:
        return 1.0
    mean = math.exp(math.fsum(map(math.log, reach)) / len(reach))
    return float(min(1.0, mean / _SHARE) ** _POWER)


def _bandwidth(channel: NDArray[np.uint8]) -> float | None:
    """The frequency (share of the highest) below which 70 % of the energy of the differences along the rows lies."""
    height, width = channel.shape
    if width < 16:
        return None
    length = min(_LENGTH, width - width % 16)
    start = (width - length) // 2
    chosen = np.linspace(0, height - 1, min(_LINES, height)).astype(np.intp)
    lines = channel[:, start : start + length][chosen].astype(np.float32)
    spectrum = np.fft.rfft(np.diff(lines, axis=1) * _window(length - 1), n=length, axis=1)
    energy = np.cumsum((spectrum.real**2 + spectrum.imag**2).mean(axis=0)[1:])
    if energy[-1] <= 0:
        return None
    return float(np.interp(_SHARE * energy[-1], energy, np.arange(1, len(energy) + 1)) / len(energy))


@cache
def _window(length: int) -> NDArray[np.float32]:
    return np.hanning(length).astype(np.float32)
