"""Windows icons: a small directory of pictures, each a PNG or a bitmap without its file header."""

from __future__ import annotations

from sosie.errors import UnreadableImage
from sosie.imaging.failures import cut_off

_PNG = b"\x89PNG\r\n\x1a\n"


def largest_picture(data: bytes) -> tuple[bytes, int, int]:
    """The largest (then deepest) picture of an icon: a PNG file or a one-picture icon file, its width and height.

    Sizes are those of the pictures' own headers: the directory's are bytes and often lie.
    """
    entries = []
    for at in range(6, 6 + 16 * min(int.from_bytes(data[4:6], "little"), 256), 16):
        size, offset = (
            int.from_bytes(data[at + 8 : at + 12], "little"),
            int.from_bytes(data[at + 12 : at + 16], "little"),
        )
        if at + 16 > len(data) or offset + size > len(data):
            raise cut_off(len(data), max(at + 16, offset + size))
        picture = data[offset : offset + size]
        width, height = _size(picture)
        entries.append((width * height, int.from_bytes(data[at + 6 : at + 8], "little"), -at, picture, width, height))
    if not entries:
        raise UnreadableImage("is an icon file without pictures")
    _, _, at, picture, width, height = max(entries)
    if picture.startswith(_PNG):
        return picture, width, height
    entry = data[-at : 8 - at] + len(picture).to_bytes(4, "little") + (22).to_bytes(4, "little")
    return data[:4] + b"\1\0" + entry + picture, width, height


def _size(picture: bytes) -> tuple[int, int]:
    if picture.startswith(_PNG):
        return int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    width = int.from_bytes(picture[4:8], "little", signed=True)
    height = int.from_bytes(picture[8:12], "little", signed=True)
    return abs(width), abs(height) // 2  # Colours and mask lie one above the other.
