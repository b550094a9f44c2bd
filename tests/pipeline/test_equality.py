"""Identical by bytes and by pixels, and what never is."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sosie.config import load_settings
from sosie.pipeline import find_duplicates
from sosie.report import Report
from tests.corpus.samples import deep, deep_png, exif, unturned
from tests.pictures import Pixels, encoded, groups, name_of, picture, relations, write


def scan(folder: Path, method: str = "hash") -> Report:
    return find_duplicates(folder, settings=load_settings({"method": method}))


def blank(width: int = 200, height: int = 150, colour: int = 240) -> Pixels:
    return np.full((height, width, 3), colour, np.uint8)


def test_equal_bytes_are_identical_whatever_their_names(tmp_path: Path) -> None:
    write(tmp_path / "a.jpg", picture(1))
    write(tmp_path / "sub" / "b.png", picture(1), "JPEG")
    report = scan(tmp_path)
    assert groups(report) == [("identical", frozenset({"a.jpg", "b.png"}))]
    assert report.edges[0].evidence.equal == "bytes"
    assert report.groups[0].gain == report.images[0].bytes


def test_equal_pixels_of_lossless_formats_are_identical(tmp_path: Path) -> None:
    pixels = picture(1)
    write(tmp_path / "a.png", pixels)
    write(tmp_path / "b.png", pixels, compress_level=1)
    write(tmp_path / "c.bmp", pixels)
    write(tmp_path / "d.webp", pixels, lossless=True)
    write(tmp_path / "e.tif", pixels, compression="tiff_lzw")
    write(tmp_path / "f.ppm", pixels, "PPM")
    report = scan(tmp_path)
    assert [relation for relation, _ in groups(report)] == ["identical"]
    assert len(report.groups[0].members) == 6
    assert {edge.evidence.equal for edge in report.edges} == {"pixels"}


@pytest.mark.parametrize("longest", [120, 900])
def test_a_jpeg_equals_its_own_pixels_in_another_format(tmp_path: Path, longest: int) -> None:
    data = encoded(picture(3, longest=longest), quality=85)
    (tmp_path / "a.jpg").write_bytes(data)
    with Image.open(io.BytesIO(data)) as image:
        image.save(tmp_path / "b.png")
    assert groups(scan(tmp_path)) == [("identical", frozenset({"a.jpg", "b.png"}))]


def test_jpegs_that_differ_in_metadata_are_identical(tmp_path: Path) -> None:
    write(tmp_path / "a.jpg", picture(2))
    write(tmp_path / "b.jpg", picture(2), exif=exif(1), comment=b"bought in May")
    report = scan(tmp_path)
    assert groups(report) == [("identical", frozenset({"a.jpg", "b.jpg"}))]
    assert name_of(report, report.groups[0].keeper) == "b.jpg"
    assert report.groups[0].reason == "keeps its metadata"


@pytest.mark.parametrize("orientation", [3, 6])
def test_a_rotation_tag_equals_turned_pixels(tmp_path: Path, orientation: int) -> None:
    write(tmp_path / "a.png", picture(2))
    write(tmp_path / "b.png", unturned(picture(2), orientation), exif=exif(orientation))
    write(tmp_path / "c.png", unturned(picture(2), orientation))
    report = scan(tmp_path)
    assert groups(report) == [("copy", frozenset({"a.png", "b.png", "c.png"}))]
    assert relations(report)[frozenset({"a.png", "b.png"})] == "identical"


def test_an_animation_is_never_identical_to_its_first_frame(tmp_path: Path) -> None:
    frames = [Image.fromarray(picture(seed)).quantize(64) for seed in (1, 2)]
    frames = [frame.resize(frames[0].size) for frame in frames]
    frames[0].save(tmp_path / "still.gif")
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    report = scan(tmp_path)
    assert groups(report) == [("copy", frozenset({"still.gif", "moving.gif"}))]
    assert name_of(report, report.groups[0].keeper) == "moving.gif"
    assert "all 2 frames" in report.groups[0].reason


def test_a_picture_with_transparency_is_never_identical_to_one_without(tmp_path: Path) -> None:
    pixels = picture(1)
    alpha = np.full(pixels.shape[:2], 255, np.uint8)
    alpha[:9, :9] = 0
    shown = pixels.copy()
    shown[:9, :9] = 255
    write(tmp_path / "clear.png", np.dstack([pixels, alpha]))
    write(tmp_path / "opaque.png", shown)
    write(tmp_path / "full.png", np.dstack([shown, np.full_like(alpha, 255)]))
    found = relations(scan(tmp_path))
    assert found[frozenset({"opaque.png", "full.png"})] == "identical"
    assert "identical" not in {found.get(frozenset({"clear.png", name})) for name in ("opaque.png", "full.png")}


def test_16_bits_are_never_identical_to_8(tmp_path: Path) -> None:
    pixels = picture(1)
    write(tmp_path / "eight.png", pixels)
    (tmp_path / "sixteen.png").write_bytes(deep_png(deep(pixels)))
    report = scan(tmp_path)
    assert groups(report) == [("copy", frozenset({"eight.png", "sixteen.png"}))]
    assert name_of(report, report.groups[0].keeper) == "sixteen.png"


def test_one_pixel_more_or_less_is_no_identity(tmp_path: Path) -> None:
    pixels = picture(1).copy()
    write(tmp_path / "a.png", pixels)
    pixels[0, 0] ^= 1
    write(tmp_path / "b.png", pixels)
    assert groups(scan(tmp_path)) == [("copy", frozenset({"a.png", "b.png"}))]


def test_mirrored_twins_are_identical_to_each_other_beside_their_original(tmp_path: Path) -> None:
    pixels = picture(4)
    write(tmp_path / "plain.png", pixels)
    for name in ("m1.png", "m2.bmp", "m3.tif"):
        write(tmp_path / name, pixels[:, ::-1])
    write(tmp_path / "plain.bmp", pixels)
    found = relations(scan(tmp_path))
    assert [found.get(frozenset({"m1.png", other})) for other in ("m2.bmp", "m3.tif")].count("identical") >= 1
    same = [set(pair) for pair, relation in found.items() if relation == "identical"]
    assert {"plain.png", "plain.bmp"} in same
    assert len(set().union(*(pair for pair in same if "plain.png" not in pair))) == 3


@pytest.mark.parametrize("method", ["hash", "auto"])
def test_flat_images_match_when_identical_only_and_say_so(tmp_path: Path, method: str) -> None:
    write(tmp_path / "a.png", blank())
    write(tmp_path / "b.bmp", blank())
    write(tmp_path / "c.png", blank(colour=239))
    write(tmp_path / "d.png", blank(width=201))
    dot = blank()
    dot[3, 3] = 0
    write(tmp_path / "e.png", dot)
    report = scan(tmp_path, method)
    assert groups(report) == [("identical", frozenset({"a.png", "b.bmp"}))]
    assert {edge.relation for edge in report.edges} == {"identical"}
    assert {image.compared for image in report.images} == {"flat"}


@pytest.mark.parametrize("method", ["hash", "auto"])
def test_tiny_images_match_when_identical_only_and_say_so(tmp_path: Path, method: str) -> None:
    tiny = np.random.default_rng(1).integers(0, 256, (12, 15, 3), np.uint8)
    write(tmp_path / "a.png", tiny)
    write(tmp_path / "b.bmp", tiny)
    write(tmp_path / "c.jpg", tiny, quality=98)
    report = scan(tmp_path, method)
    assert groups(report) == [("identical", frozenset({"a.png", "b.bmp"}))]
    assert len(report.edges) == 1
    assert {image.compared for image in report.images} == {"tiny"}


def test_a_picture_with_much_in_it_says_that_it_was_compared(tmp_path: Path) -> None:
    write(tmp_path / "a.png", picture(1))
    assert [image.compared for image in scan(tmp_path).images] == ["yes"]
