"""What kind of file some bytes are, said by their first bytes and never by a name."""

from __future__ import annotations

from typing import Literal

from sosie.errors import NotAnImage

Format = Literal[
    "JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "BMP", "TIFF", "PPM", "ICO", "JPEG2000"
]  # fmt: skip
"""The formats that are read, by Pillow's names of them."""

_STARTS: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\0\0\1\0", "ICO"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
)

_HEIF_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"mif2")
)
_AVIF_BRANDS = frozenset((b"avif", b"avis"))

_SAVE_AS = "Save it as PNG or JPEG to have it compared."
_STRANGERS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"%PDF", "a PDF document", "Save its pages as PNG or JPEG to have them compared."),
    (0, b"8BPS", "a Photoshop document", _SAVE_AS),
    (0, b"%!PS", "a PostScript or Illustrator drawing", _SAVE_AS),
    (0, b"\xc5\xd0\xd3\xc6", "an EPS drawing", _SAVE_AS),
    (0, b"\xff\x0a", "a JPEG XL image, which is not supported yet", _SAVE_AS),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL image, which is not supported yet", _SAVE_AS),
    (0, b"icns", "a Mac icon file", _SAVE_AS),
    (0, b"\0\0\2\0", "a mouse cursor or a Targa image", _SAVE_AS),
    (0, b"\x76\x2f\x31\x01", "an OpenEXR image", _SAVE_AS),
    (0, b"#?RADIANCE", "a Radiance HDR image", _SAVE_AS),
    (0, b"DDS ", "a DirectDraw texture", _SAVE_AS),
    (0, b"gimp xcf", "a GIMP document", _SAVE_AS),
    (0, b"\xd7\xcd\xc6\x9a", "a Windows metafile", _SAVE_AS),
    (0, b"FUJIFILMCCD-RAW", "a camera raw file", _SAVE_AS),
    (8, b"CR\x02", "a camera raw file", _SAVE_AS),
    (0, b"PK\3\4", "a ZIP archive or an Office document", "Unpack it first."),
    (0, b"Rar!", "a RAR archive", "Unpack it first."),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it first."),
    (0, b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM video", ""),
    (4, b"ftyp", "a video", ""),
    (0, b"RIFF", "a sound or a video", ""),
    (0, b"ID3", "a sound", ""),
    (0, b"OggS", "a sound or a video", ""),
    (0, b"fLaC", "a sound", ""),
    (0, b"\x7fELF", "a program", ""),
    (0, b"MZ", "a program", ""),
    (0, b"\xd0\xcf\x11\xe0", "an old Office document", ""),
    (0, b"SQLite format 3", "a database", ""),
)


def recognise(data: bytes) -> Format:
    """The format of an image file. Raises `NotAnImage` with what the bytes look like instead."""
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if not data:
        raise NotAnImage("is empty")
    for start, name in _STARTS:
        if data.startswith(start) and data[8:11] != b"CR\x02":
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and (brand := _brand(data)):
        return brand
    if len(data) > 2 and data[:1] == b"P" and data[1:2] in b"123456" and data[2:3] in b" \t\r\n\v\f#":
        return "PPM"
    raise _not_an_image(data)


def _brand(data: bytes) -> Format | None:
    """AVIF or HEIF, by the brands in the first box of an ISO media file."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[i : i + 4] for i in range(16, end, 4))}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    return "HEIF" if brands & _HEIF_BRANDS else None


def _not_an_image(data: bytes) -> NotAnImage:
    for offset, mark, name, step in _STRANGERS:
        if data[offset : offset + len(mark)] == mark:
            return NotAnImage(f"is not an image that can be read (it looks like {name})", next_step=step)
    if not data.strip(b"\0"):
        return NotAnImage(f"is not an image (it holds {len(data):,} zero bytes and nothing else)")
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return NotAnImage("is not an image that can be read (it looks like an SVG drawing)", next_step=_SAVE_AS)
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return NotAnImage("is not an image (it looks like a web page)", next_step="Check the address it came from.")
    if head.startswith((b"{", b"[", b"<?xml")) or _is_text(data[:1024]):
        return NotAnImage("is not an image (it looks like text)")
    return NotAnImage("is not an image (its first bytes are of no known format)")


def _is_text(head: bytes) -> bool:
    return all(32 <= byte < 127 or byte in b"\t\r\n\f" for byte in head)
