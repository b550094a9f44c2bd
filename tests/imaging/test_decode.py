"""Decoding: every format and mode gives the pixels that were put in."""

import io

import numpy as np
from PIL import Image

from sosie.imaging import decode


def test_a_jpeg_is_decoded_in_full_exactly_as_pillow_decodes_it() -> None:
    ramp = np.linspace(0, 255, 480 * 640 * 3).reshape(480, 640, 3).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(ramp).save(file, "JPEG", quality=85)
    picture = decode(file.getvalue())
    assert np.array_equal(picture.pixels, np.asarray(Image.open(file)))
    assert picture.info.quality == 85
