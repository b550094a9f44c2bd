"""Local features of one image: the noun that fingerprinting makes and verification reads."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from sosie.errors import SosieError

Form = Literal[0, 1, 2, 3]
"""0 plain, 1 mirrored, 2 inverted colours, 3 both. Forms combine by exclusive or: `a ^ b` is one after the other."""

_CELLS = np.arange(128).reshape(4, 4, 8)
_MIRROR = _CELLS[::-1][:, :, (-np.arange(8)) % 8].ravel()
_INVERT = _CELLS[::-1, ::-1].ravel()

FORMS: NDArray[np.intp] = np.stack([np.arange(128), _MIRROR, _INVERT, _MIRROR[_INVERT]])
"""`descriptor[FORMS[f]]` is the descriptor of the same spot in form f of the image; each row is its own inverse."""

WORD_BITS = 9
"""Bits of each of the two halves of a visual word; the upper two bits of each half say the form."""
WORD_FORMS: NDArray[np.uint32] = np.array([f << 7 | f << 16 for f in range(4)], np.uint32)
"""`word ^ WORD_FORMS[f]` is the visual word of the same spot in form f of the image."""

_MAGIC = b"sosF"
_HEADER = struct.Struct("<4sIHI")
"""Magic, checksum of all that follows, number of points, bytes of the thumbnail."""
_POINT = np.dtype([("x", "<u2"), ("y", "<u2"), ("diameter", "u1"), ("angle", "u1")])
_PIXEL_STEPS = 128.0
_GROWTH = 1.02
_LEVELS = 6
_CEILING = 150.0
_PACKED = 43
_QUALITY = 88

_STEPS = np.rint(np.arange(_LEVELS) ** 2 * (_CEILING / (_LEVELS - 1) ** 2)).astype(np.uint8)
_PACK = np.minimum(np.rint(np.sqrt(np.arange(256) / _CEILING) * (_LEVELS - 1)), _LEVELS - 1).astype(np.uint8)
_DIGITS = np.array([_LEVELS**2, _LEVELS, 1], np.uint8)
_UNPACK = _STEPS[np.arange(256)[:, None] // _DIGITS.astype(np.intp) % _LEVELS]
"""Three numbers of six levels fit into a byte: 6 * 6 * 6 = 216."""


@dataclass(frozen=True, slots=True)
class Features:
    """Keypoints, descriptors and the small picture they were found in.

    `thumbnail`: uint8 (h, w, 3) RGB, longest side 200: the frame of all coordinates.
    `points`: float32 (n, 4): x, y (pixels, centre of the top left pixel is 0, 0), diameter, angle (degrees).
    `descriptors`: uint8 (n, 128): SIFT's 4 x 4 cells (rows, then columns) of 8 directions.
    """

    thumbnail: NDArray[np.uint8]
    points: NDArray[np.float32]
    descriptors: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the frame in pixels."""
        return self.thumbnail.shape[1], self.thumbnail.shape[0]

    def mirrored(self) -> Features:
        """The features of the image with left and right exchanged, without extracting them again.

        The axis along a keypoint's direction stays, the one across turns round: the rows of its cells are reversed, and
        direction o becomes (8 - o) mod 8.
        """
        points = self.points.copy()
        points[:, 0] = self.size[0] - 1 - points[:, 0]
        points[:, 3] = (180 - points[:, 3]) % 360
        return Features(np.ascontiguousarray(self.thumbnail[:, ::-1]), points, self.descriptors[:, FORMS[1]])

    def inverted(self) -> Features:
        """The features of the negative, without extracting them again.

        Every gradient turns round, and with them the direction of the keypoint: the cells are seen half a turn
        around, the directions relative to the keypoint stay.
        """
        points = self.points.copy()
        points[:, 3] = (points[:, 3] + 180) % 360
        return Features(255 - self.thumbnail, points, self.descriptors[:, FORMS[2]])

    def form(self, form: Form) -> Features:
        """The features in one of the four forms: 0 plain, 1 mirrored, 2 inverted, 3 both."""
        features = self.mirrored() if form & 1 else self
        return features.inverted() if form & 2 else features

    def to_bytes(self) -> bytes:
        """About 15 kB that `from_bytes` reads back, with small losses.

        Descriptors keep six levels a number (of the square root, so that errors are even in RootSIFT's metric), places
        1/128 pixel, diameters 2 %, angles 1.4 degrees, the thumbnail JPEG of quality 88.
        """
        body = self._points_to_bytes() + self._descriptors_to_bytes()
        jpeg = simplejpeg.encode_jpeg(
            np.ascontiguousarray(self.thumbnail), quality=_QUALITY, colorsubsampling="420", fastdct=False
        )
        checksum = zlib.crc32(jpeg, zlib.crc32(body))
        return bytes(_HEADER.pack(_MAGIC, checksum, len(self.points), len(jpeg)) + body + jpeg)

    def _points_to_bytes(self) -> bytes:
        rows = np.empty(len(self.points), _POINT)
        x, y, diameter, angle = self.points.T
        rows["x"] = np.clip(np.rint((x + 1) * _PIXEL_STEPS), 0, 65535)
        rows["y"] = np.clip(np.rint((y + 1) * _PIXEL_STEPS), 0, 65535)
        rows["diameter"] = np.clip(np.rint(np.log(np.maximum(diameter, 1)) / np.log(_GROWTH)), 0, 255)
        rows["angle"] = np.rint(angle * (256 / 360)).astype(np.int64) % 256
        return bytes(rows.tobytes())

    def _descriptors_to_bytes(self) -> bytes:
        steps = np.zeros((len(self.descriptors), 3 * _PACKED), np.uint8)
        steps[:, :128] = _PACK[self.descriptors]
        return bytes((steps.reshape(-1, _PACKED, 3) @ _DIGITS).tobytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Features:
        """Read what `to_bytes` wrote. Raises SosieError for bytes that are damaged or of another program."""
        stored = StoredFeatures(data)
        return cls(stored.thumbnail, stored.points, stored.descriptors)


class StoredFeatures:
    """Features as `Features.to_bytes` wrote them, each part read when it is first asked for.

    Strangers are told apart by their descriptors, so the thumbnails of most pairs need not be decoded at all. Raises
    SosieError for bytes that are damaged or of another program.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < _HEADER.size or data[:4] != _MAGIC:
            raise SosieError("These bytes are no features of this version.", next_step="Fingerprint the image again.")
        _, checksum, self._count, length = _HEADER.unpack_from(data)
        self._middle = _HEADER.size + self._count * (_POINT.itemsize + _PACKED)
        if len(data) != self._middle + length or zlib.crc32(memoryview(data)[_HEADER.size :]) != checksum:
            raise SosieError("These features are damaged.", next_step="Fingerprint the image again.")
        self._data = data

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height of the frame in pixels."""
        height, width = simplejpeg.decode_jpeg_header(self._data[self._middle :])[:2]
        return width, height

    @cached_property
    def thumbnail(self) -> NDArray[np.uint8]:
        """As in `Features`."""
        return np.asarray(simplejpeg.decode_jpeg(self._data[self._middle :], "RGB"))

    @cached_property
    def points(self) -> NDArray[np.float32]:
        """As in `Features`."""
        return _points(np.frombuffer(self._data, _POINT, self._count, _HEADER.size))

    @cached_property
    def descriptors(self) -> NDArray[np.uint8]:
        """As in `Features`."""
        start = _HEADER.size + self._count * _POINT.itemsize
        packed = np.frombuffer(self._data, np.uint8, self._count * _PACKED, start)
        rows = _UNPACK.take(packed, axis=0).reshape(self._count, 3 * _PACKED)
        return np.ascontiguousarray(rows[:, :128])


SPOT = np.dtype([("word", "<u4"), ("second", "<u4"), ("x", "i1"), ("y", "i1"), ("scale", "u1"), ("angle", "u1")])
"""One local feature as the search for candidates sees it: 12 bytes.

`word`: which of 262,144 kinds of spot. `second`: the kind that it nearly is. `x`, `y`: pixels of the frame from its
centre. `scale`: sixteenths of an octave. `angle`: 256ths of a turn.
"""
SCALE_STEPS = 16


@dataclass(frozen=True, slots=True)
class Spots:
    """The local features of many images in few bytes, image after image.

    `rows`: of type SPOT, shape (n,). `starts`: int64 (images + 1,): image i has the rows starts[i] to starts[i + 1].
    """

    rows: NDArray[np.void]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def from_bytes(cls, images: Sequence[bytes]) -> Spots:
        """Join the rows of many images. Raises SosieError for bytes of another length than spots have."""
        if any(len(row) % SPOT.itemsize for row in images):
            raise SosieError("These bytes are no spots of this version.", next_step="Fingerprint the images again.")
        starts = np.cumsum([0, *(len(row) // SPOT.itemsize for row in images)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(images), SPOT), starts)


def _points(rows: NDArray[np.void]) -> NDArray[np.float32]:
    points = np.empty((len(rows), 4), np.float32)
    points[:, 0] = rows["x"] * np.float32(1 / _PIXEL_STEPS) - 1
    points[:, 1] = rows["y"] * np.float32(1 / _PIXEL_STEPS) - 1
    points[:, 2] = _GROWTH ** rows["diameter"].astype(np.float32)
    points[:, 3] = rows["angle"] * np.float32(360 / 256)
    return points
