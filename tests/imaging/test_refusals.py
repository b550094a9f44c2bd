"""What cannot be read leaves with a plain reason, before it can do harm."""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from sosie.errors import NotAnImage, TooLarge, UnreadableImage
from sosie.imaging import DecodeParams, decode, pixel_digest
from tests.corpus.samples import Sample, grey, icon_bitmap, png, png_chunk, samples, save, scene, tiff


def _sample(name: str) -> bytes:
    return next(s.data for s in samples() if s.name == name)


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.jpg", b"x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\n", "PDF"),
        (b"8BPS\0\1", "Photoshop"),
        (_zip(), "ZIP"),
        (gzip.compress(b"x"), "gzip"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg xmlns=''>", "SVG"),
        (b'{"error": "not found"}', "text"),
        (b"Access denied\n", "text"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "sound"),
        (b"\xff\x0a\xfa\x1f", "JPEG XL"),
        (b"II*\0\x10\0\0\0CR\2\0", "camera raw"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
        (bytes(5000), "5,000 zero bytes"),
        (b"\x01\x02\x03\x04\x99", "no known format"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_image_is_called_what_it_looks_like(data: bytes, words: str) -> None:
    with pytest.raises(NotAnImage, match=words):
        decode(data)
    with pytest.raises(NotAnImage, match=words):
        pixel_digest(data)


@pytest.mark.parametrize("sample", samples(), ids=lambda s: s.name)
def test_a_file_that_is_cut_off_is_refused_or_loses_no_pixel(sample: Sample) -> None:
    if sample.name == "ppm text":
        pytest.skip("numbers in letters can lose their last digit and be numbers still")
    whole, size = decode(sample.data).pixels, len(sample.data)
    for cut in {size - 1, size - 2, size - 5, size - 13, *(size * k // 12 for k in range(12))}:
        try:
            pixels = decode(sample.data[:cut]).pixels
        except UnreadableImage as error:
            plain = error.message.startswith(("is ", "has "))
        else:
            plain = np.array_equal(pixels, whole)
        assert plain, cut


def test_a_file_that_says_its_length_is_told_how_much_is_missing() -> None:
    image = Image.fromarray(scene(200, 150))
    with pytest.raises(UnreadableImage, match="is cut off after 45 of 87 KB"):
        decode(save(image, "BMP")[: 45 * 1024])
    with pytest.raises(UnreadableImage, match=r"is cut off after 4,000 of \d,\d{3} bytes"):
        decode(save(image, "WEBP", quality=95)[:4000])


def test_a_jpeg_with_damaged_pixels_is_refused() -> None:
    data = bytearray(save(Image.fromarray(scene(320, 240)), "JPEG", quality=90))
    data[len(data) // 4 : len(data) // 4 + 64] = bytes(64)
    with pytest.raises(UnreadableImage, match="is cut off or damaged"):
        decode(bytes(data))


def test_a_jpeg_closed_too_early_is_refused() -> None:
    data = save(Image.fromarray(scene(320, 240)), "JPEG", quality=90)
    with pytest.raises(UnreadableImage, match="is cut off"):
        decode(data[: len(data) // 2] + b"\xff\xd9")


def test_a_jpeg_with_stray_bytes_between_its_segments_is_read() -> None:
    data = save(Image.fromarray(scene(320, 240)), "JPEG", quality=90)
    np.testing.assert_array_equal(decode(data[:20] + b"stray" + data[20:]).pixels, decode(data).pixels)


def test_a_png_whose_stream_ends_early_is_refused_but_black_rows_are_not() -> None:
    rows = b"".join(b"\0" + bytes([90]) * 30 for _ in range(5))
    with pytest.raises(UnreadableImage, match="is cut off"):
        decode(png(10, 10, 8, 2, rows))
    assert decode(png(10, 10, 8, 2, rows + bytes(31 * 5))).pixels[-1].max() == 0


def test_an_interlaced_png_with_black_rows_is_read() -> None:
    pixels = np.zeros((9, 11), np.uint8)
    offsets = ((8, 8, 0, 0), (8, 8, 4, 0), (4, 8, 0, 4), (4, 4, 2, 0), (2, 4, 0, 2), (2, 2, 1, 0), (1, 2, 0, 1))
    rows = b"".join(b"\0" + row.tobytes() for dx, dy, x, y in offsets for row in pixels[y::dy, x::dx] if row.size)
    head = struct.pack(">IIBBBBB", 11, 9, 8, 0, 0, 0, 1)
    start = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head)
    whole = start + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    short = start + png_chunk(b"IDAT", zlib.compress(rows[:-3])) + png_chunk(b"IEND", b"")
    assert not decode(whole).pixels.any()
    with pytest.raises(UnreadableImage, match="is cut off"):
        decode(short)


def _patched(name: str, at: int, value: bytes) -> bytes:
    data = _sample(name)
    return data[:at] + value + data[at + len(value) :]


def _lying_icon() -> bytes:
    inner = png(60_000, 60_000, 8, 2, b"")
    entry = struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(inner), 22)
    return b"\0\0\1\0\1\0" + entry + inner


def _jpeg_of(width: int, height: int) -> bytes:
    data = _sample("jpg baseline")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def _stream_of(width: int, height: int) -> bytes:
    return _patched("jp2 stream", 8, struct.pack(">II", width, height))


def _boxed(width: int, height: int) -> bytes:
    """A JPEG 2000 whose header box is honest and whose code stream is huge."""
    data = _sample("jp2 lossless")
    at = data.index(b"\xff\x4f\xff\x51") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


def _with_size_box(name: str) -> bytes:
    data = _sample(name)
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", 30_000, 30_000) + data[at + 8 :]


HUGE: dict[str, Callable[[], bytes]] = {
    "png": lambda: png(60_000, 60_000, 8, 2, b""),
    "jpeg": lambda: _jpeg_of(60_000, 60_000),
    "gif screen": lambda: _patched("gif palette", 6, b"\x60\xea\x60\xea"),
    "webp": lambda: _patched("webp animated", 24, b"\x5f\xea\0\x5f\xea\0"),
    "bmp": lambda: _patched("bmp rgb", 18, struct.pack("<ii", 60_000, 60_000)),
    "ppm": lambda: b"P6 60000 60000 255\n",
    "tiff": lambda: tiff(np.zeros((4, 4), np.uint8), 1).replace(
        struct.pack("<HHII", 256, 4, 1, 4) + struct.pack("<HHII", 257, 4, 1, 4),
        struct.pack("<HHII", 256, 4, 1, 60_000) + struct.pack("<HHII", 257, 4, 1, 60_000),
    ),
    "ico png": _lying_icon,
    "ico bitmap": lambda: _patched("ico bitmap", 26, struct.pack("<ii", 60_000, 120_000)),
    "jp2 stream": lambda: _stream_of(60_000, 60_000),
    "jp2 box": lambda: _boxed(60_000, 60_000),
    "avif": lambda: _with_size_box("avif lossy"),
    "heic": lambda: _with_size_box("heic lossy"),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_header_that_claims_too_many_pixels_is_refused_before_memory_is_reserved(name: str) -> None:
    data = HUGE[name]()
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableImage) as caught:
            decode(data)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    if name not in ("avif", "heic"):
        assert isinstance(caught.value, TooLarge)
        assert "3,600 megapixels, over the limit of 200" in caught.value.message


def test_the_limit_counts_pixels_at_full_size() -> None:
    data = save(Image.fromarray(scene(100, 60)), "PNG")
    assert decode(data, DecodeParams(max_pixels=6000)).info.width == 100
    with pytest.raises(TooLarge, match=r"has 0.006 megapixels, over the limit of 0.006"):
        decode(data, DecodeParams(max_pixels=5999))


@pytest.mark.parametrize("chunk", [b"zTXt", b"iCCP", b"iTXt"])
def test_texts_and_profiles_that_unpack_to_gigabytes_are_not_unpacked(chunk: bytes) -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    body = {b"zTXt": b"a\0\0", b"iCCP": b"a\0\0", b"iTXt": b"a\0\1\0\0\0"}[chunk] + bomb
    pixels = np.full((4, 4, 3), 7, np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    data = png(4, 4, 8, 2, rows, extra=png_chunk(chunk, body))
    tracemalloc.start()
    try:
        np.testing.assert_array_equal(decode(data).pixels, pixels)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_a_tiff_whose_tags_all_claim_the_whole_file_is_refused() -> None:
    data = bytearray(b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 4000))
    size = 8 + 2 + 4000 * 12 + 4
    for tag in range(4000):
        data += struct.pack("<HHII", 300 + tag, 1, size, 0)
    with pytest.raises(UnreadableImage, match="claims more data than it has"):
        decode(bytes(data + b"\0\0\0\0"))


def test_a_tiff_whose_directories_form_a_loop_is_read_once() -> None:
    data = bytearray(tiff(scene(), 2))
    start = struct.unpack("<I", data[4:8])[0]
    data[-4:] = struct.pack("<I", start)
    assert decode(bytes(data)).info.frames == 2
    assert pixel_digest(bytes(data)) is None


def test_a_tiff_without_all_its_strips_is_refused() -> None:
    data = tiff(scene(40, 40), 2)
    rows = data.index(struct.pack("<HHII", 278, 4, 1, 40))
    with pytest.raises(UnreadableImage, match="parts of the picture are missing"):
        decode(data[:rows] + struct.pack("<HHII", 278, 4, 1, 10) + data[rows + 12 :])


def test_a_jpeg_2000_without_all_its_tiles_is_refused() -> None:
    with pytest.raises(UnreadableImage, match="parts of the picture are missing"):
        decode(_stream_of(2000, 2000))


@pytest.mark.parametrize("interlace", [0, 1])
def test_a_gif_whose_stream_ends_early_is_refused_but_a_plain_last_row_is_not(interlace: int) -> None:
    level = grey(scene(90, 61)).copy()
    level[40:] = 0
    data = save(Image.fromarray(level), "GIF", interlace=interlace)
    np.testing.assert_array_equal(decode(data).pixels, np.repeat(level[..., None], 3, axis=2))
    taller = data[:8] + struct.pack("<H", 100) + data[10:]
    at = taller.index(b"\x2c\0\0\0\0" + struct.pack("<HH", 90, 61)) + 7
    with pytest.raises(UnreadableImage, match="is cut off or damaged"):
        decode(taller[:at] + struct.pack("<H", 100) + taller[at + 2 :])


def test_a_gif_with_very_many_frames_is_counted_without_decoding_them() -> None:
    frame = b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    data = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + frame * 150_000 + b";"
    assert decode(data).info.frames == 100_000


def test_a_progressive_jpeg_of_thousands_of_scans_is_refused() -> None:
    data = save(Image.fromarray(scene(64, 64)), "JPEG", progressive=True)
    first = data.index(b"\xff\xda")
    second = data.index(b"\xff\xda", first + 2)
    with pytest.raises(UnreadableImage, match="layers"):
        decode(data[:first] + data[first:second] * 1000 + data[second:])


def test_pixels_written_as_text_are_read_up_to_a_length_that_ends_in_time() -> None:
    with pytest.raises(TooLarge, match="11 MB of pixels written as text, over the limit of 10"):
        decode(b"P3 2000 2000 255\n" + b"1 " * 6_000_000)


def test_an_icon_without_pictures_is_refused() -> None:
    with pytest.raises(UnreadableImage, match="without pictures"):
        decode(b"\0\0\1\0\0\0")


def test_the_largest_picture_of_an_icon_is_taken() -> None:
    small, large = icon_bitmap(scene(16, 16), np.full((16, 16), 255, np.uint8)), _sample("ico bitmap")
    entries = small[6:18] + struct.pack("<I", 38) + large[6:18] + struct.pack("<I", 38 + len(small) - 22)
    picture = decode(b"\0\0\1\0\2\0" + entries + small[22:] + large[22:])
    np.testing.assert_array_equal(picture.pixels, decode(large).pixels)


def test_pillows_own_limit_neither_interferes_nor_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for sample in samples():
        assert decode(sample.data).pixels.shape == sample.pixels.shape
    assert Image.MAX_IMAGE_PIXELS == 100


def test_damaged_metadata_give_no_warning() -> None:
    pixels = scene()
    odd = tiff(pixels, 2, extra=((315, 2, 7), (306, 3, 9), (33432, 2, 1)))
    np.testing.assert_array_equal(decode(odd).pixels, pixels)
    blocks = (b"II*\0\xff\xff\xff\xff", b"MM", b"II*\0\x08\0\0\0\xff\xff", b"garbage")
    for block in blocks:
        data = save(Image.fromarray(pixels), "PNG", exif=block)
        np.testing.assert_array_equal(decode(data).pixels, pixels)
