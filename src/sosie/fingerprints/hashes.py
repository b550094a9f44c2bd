"""Both perceptual hashes of a picture from one grey conversion, and how to read their rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sosie.fingerprints.dhash import DHASH64, dhash_reduction, dhash_variants
from sosie.fingerprints.luma import centred_luma
from sosie.fingerprints.pdq import PDQ256, pdq_reduction, pdq_variants
from sosie.imaging.picture import Picture
from sosie.types import Space


class HashFingerprinter:
    """dHash-64 and PDQ-256 of every picture, in all eight orientations: no model, half a millisecond.

    A row is eight codes (of 8 or 32 bytes, orientations as in `ORIENTATIONS`, the first as is) and one byte of
    quality, 0 to 100. `read_rows` takes rows apart again.
    """

    def __init__(self, *, dhash: bool = True, pdq: bool = True) -> None:
        self._dhash = dhash
        self._pdq = pdq

    @property
    def spaces(self) -> tuple[Space, ...]:
        """`dhash64` and `pdq256`, or the one asked for."""
        return ((DHASH64,) if self._dhash else ()) + ((PDQ256,) if self._pdq else ())

    def compute(self, pictures: Sequence[Picture]) -> list[tuple[bytes, ...]]:
        """Give one tuple of rows a picture, in the order of `spaces`."""
        if not pictures:
            return []
        reductions, squares = zip(*(_reductions(picture) for picture in pictures), strict=True)
        columns = []
        if self._dhash:
            columns.append(_rows(*dhash_variants(np.stack(reductions), np.stack(squares))))
        if self._pdq:
            columns.append(_rows(*pdq_variants(np.stack(squares))))
        return list(zip(*columns, strict=True))


def _reductions(picture: Picture) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    grey = centred_luma(picture.pixels)
    return dhash_reduction(grey), pdq_reduction(grey, (picture.info.width, picture.info.height))


def read_rows(space: Space, rows: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Give the codes, uint8 (n, 8, bytes), and the qualities, uint8 (n,), of rows of a hash space.

    Variant 0 of the codes is the plain hash; `codes[:, 0]` and `codes` are what a Hamming join takes.
    """
    table = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), space.dims + 1)
    return table[:, :-1].reshape(len(rows), 8, space.dims // 8), table[:, -1]


def _rows(codes: NDArray[np.uint8], qualities: NDArray[np.uint8]) -> list[bytes]:
    table = np.concatenate((codes.reshape(len(codes), -1), qualities[:, None]), axis=1)
    return [row.tobytes() for row in table]
