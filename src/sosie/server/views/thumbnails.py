"""Thumbnails on disk: made once a content, size and format, within a limit of bytes."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sosie.imaging import DecodeParams, decode
from sosie.imaging.thumbnails import encode_avif, encode_webp, thumbnail

Format = Literal["webp", "avif"]
_STRIPES = 64
_KEPT = 0.8
"""Share of the limit that is kept when it was passed."""


@dataclass
class Thumbnails:
    """A folder of small pictures, `ab/abcdef...-320.webp`. Safe in threads and for several processes.

    At most `most` bytes stay: beyond that those that were made or looked at longest ago go.
    """

    folder: Path
    most: int = 2_000_000_000
    max_pixels: int = 200_000_000
    hits: int = 0
    made: int = 0
    _stripes: list[threading.Lock] = field(default_factory=lambda: [threading.Lock() for _ in range(_STRIPES)])
    _grown: int = 0
    _pruning: threading.Lock = field(default_factory=threading.Lock)

    def get(self, sha256: bytes, side: int, kind: Format, read: Callable[[], bytes]) -> bytes:
        """Give the thumbnail of a content; `read` gives its bytes when it has to be made.

        Raises `UnreadableImage` for a picture that cannot be decoded, and what `read` raises.
        """
        path = self._path(sha256, side, kind)
        found = _kept(path)
        if found is not None:
            self.hits += 1
            return found
        with self._stripes[sha256[0] % _STRIPES]:
            found = _kept(path)
            if found is None:
                found = make(read(), side, kind, self.max_pixels)
                self.made += 1
                self._keep(path, found)
        return found

    def _path(self, sha256: bytes, side: int, kind: Format) -> Path:
        name = sha256.hex()
        return self.folder / name[:2] / f"{name}-{side}.{kind}"

    def _keep(self, path: Path, data: bytes) -> None:
        part = path.with_name(f"{secrets.token_hex(8)}.part")
        with suppress(OSError):  # a full or read-only disk: the picture is shown all the same, and made again
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        self._grown += len(data)
        if self._grown > self.most * (1 - _KEPT) and self._pruning.acquire(blocking=False):
            try:
                self._grown = 0
                self.prune()
            finally:
                self._pruning.release()

    def prune(self) -> int:
        """Remove the oldest thumbnails while there are more bytes than the limit; return how many bytes went."""
        files = [(status.st_mtime, status.st_size, path) for path, status in _files(self.folder)]
        total = sum(size for _, size, _ in files)
        if total <= self.most:
            return 0
        gone = 0
        for _, size, path in sorted(files):
            if total - gone <= self.most * _KEPT:
                break
            path.unlink(missing_ok=True)
            gone += size
        return gone


def make(data: bytes, side: int, kind: Format, max_pixels: int) -> bytes:
    """Give a picture of at most `side` pixels as the bytes of a file. Raises `UnreadableImage`."""
    picture = decode(data, DecodeParams(max_pixels=max_pixels, min_side=side))
    pixels = thumbnail(picture, side)
    return encode_avif(pixels) if kind == "avif" else encode_webp(pixels)


def _kept(path: Path) -> bytes | None:
    try:
        data = path.read_bytes()
        os.utime(path)
    except OSError:  # not made yet, or pruned by another process meanwhile
        return None
    return data or None


def _files(folder: Path) -> list[tuple[Path, os.stat_result]]:
    found = []
    for path in folder.glob("??/*"):
        with suppress(OSError):  # another process was quicker
            found.append((path, path.stat()))
    return found
