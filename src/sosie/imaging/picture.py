"""What decoding gives: a picture for the fingerprints, and what the file said of itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What an image is, at full size and after EXIF rotation.

    `format` is Pillow's name of it ("JPEG", "PNG", ...), `bits` the bits a channel, `frames` the frames or pages
    (at most 100,000; the extra pictures that cameras hide behind a JPEG do not count).
    `quality` is the estimated JPEG quality, 1 to 100 (of a lossy WebP that of a JPEG that has lost as much; None for
    other formats), `lossless` whether its format keeps all pixels, `alpha` whether any transparency channel is present,
    `metadata` whether EXIF, XMP or IPTC is.
    """

    format: str
    width: int
    height: int
    frames: int = 1
    bits: int = 8
    alpha: bool = False
    lossless: bool = False
    quality: int | None = None
    metadata: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """One image, decoded once for all fingerprints.

    `pixels`: uint8 (h, w, 3) RGB, rotated as EXIF says, alpha flattened on white, first frame; colour
    profiles are not applied. Large images are shrunk by 2, 4, 8 ..., so (h, w) can be smaller than `info` says.
    """

    info: ImageInfo
    pixels: NDArray[np.uint8]
