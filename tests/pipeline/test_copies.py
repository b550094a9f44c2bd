"""Edited copies are found and joined; variants of a product and strangers are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sosie.config import load_settings
from sosie.fingerprints.base import ORIENTATIONS
from sosie.pipeline import find_duplicates
from sosie.report import Report
from sosie.types import Edge
from tests.pictures import Pixels, groups, name_of, picture, relations, write
from training.edits import apply

TURNS = {
    "flip": lambda p: p[::-1],
    "mirror": lambda p: p[:, ::-1],
    "rotate 90": lambda p: np.rot90(p),
    "rotate 180": lambda p: np.rot90(p, 2),
    "rotate 270": lambda p: np.rot90(p, 3),
    "transpose": lambda p: p.transpose(1, 0, 2),
    "transverse": lambda p: np.rot90(p, 2).transpose(1, 0, 2),
}


def scan(folder: Path, method: str) -> Report:
    return find_duplicates(folder, settings=load_settings({"method": method, "workers": 2}))


def edge(report: Report, a: str, b: str) -> Edge:
    """The edge between two file names."""
    (found,) = (e for e in report.edges if {name_of(report, e.a), name_of(report, e.b)} == {a, b})
    return found


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("first", ["original", "turned"])
def test_hashes_find_every_flip_and_quarter_turn_and_name_it(tmp_path: Path, turn: str, first: str) -> None:
    """The orientation turns image `a` into `b`, whichever of the two comes first by name."""
    assert turn in ORIENTATIONS
    pixels = picture(3, longest=300)
    turned = np.ascontiguousarray(TURNS[turn](pixels))
    left, right = (pixels, turned) if first == "original" else (turned, pixels)
    write(tmp_path / "a.jpg", left)
    write(tmp_path / "b.jpg", right, quality=70)
    write(tmp_path / "c.jpg", picture(4, longest=300))
    report = scan(tmp_path, "hash")
    assert groups(report) == [("copy", frozenset({"a.jpg", "b.jpg"}))]
    inverse = {"rotate 90": "rotate 270", "rotate 270": "rotate 90"}
    expected = turn if first == "original" else inverse.get(turn, turn)
    assert report.edges[0].evidence.orientation == expected


@pytest.mark.parametrize("method", ["hash", "auto"])
def test_resized_recompressed_and_squeezed_copies_join_and_the_best_is_kept(tmp_path: Path, method: str) -> None:
    pixels = picture(5, longest=480)
    height, width = pixels.shape[:2]
    write(tmp_path / "original.png", pixels)
    write(tmp_path / "small.jpg", resized(pixels, width // 3, height // 3))
    write(tmp_path / "poor.jpg", pixels, quality=35)
    write(tmp_path / "squeezed.webp", resized(pixels, width, round(height * 0.8)), quality=85)
    write(tmp_path / "stranger.jpg", picture(6, longest=480))
    report = scan(tmp_path, method)
    assert groups(report) == [("copy", frozenset({"original.png", "small.jpg", "poor.jpg", "squeezed.webp"}))]
    assert name_of(report, report.groups[0].keeper) == "original.png"


@pytest.mark.parametrize("method", ["hash", "auto"])
def test_a_product_in_another_colour_or_pattern_is_never_merged(tmp_path: Path, method: str) -> None:
    for look in range(3):
        write(tmp_path / f"look{look}.jpg", picture(11, "product", 480, look))
        write(tmp_path / f"again{look}.jpg", resized(picture(11, "product", 480, look), 300, 300), quality=80)
    for relation, names in groups(scan(tmp_path, method)):
        assert relation == "copy"
        assert len({name[-5] for name in names}) == 1, names


def test_icons_in_one_style_are_not_copies(tmp_path: Path) -> None:
    for seed in range(5):
        write(tmp_path / f"{seed}.png", picture(seed, "icon"))
    assert groups(scan(tmp_path, "auto")) == []


@pytest.mark.parametrize("name", ["crop", "rotate", "sticker", "border", "sepia", "mirror"])
def test_auto_finds_the_edit_and_gives_evidence(tmp_path: Path, name: str) -> None:
    original = picture(7, longest=480)
    write(tmp_path / "a.jpg", original)
    write(tmp_path / "b.jpg", apply(name, original, seed=5).pixels)
    write(tmp_path / "c.jpg", picture(8, longest=480))
    report = scan(tmp_path, "auto")
    assert relations(report) == {frozenset({"a.jpg", "b.jpg"}): "copy"}
    found = edge(report, "a.jpg", "b.jpg")
    evidence = found.evidence
    assert 0.2 < found.score <= 1
    assert evidence.inliers is not None
    assert evidence.inliers >= 8
    assert evidence.agreement is not None
    assert evidence.transform is not None
    assert evidence.overlap is not None
    assert all(0 < share <= 1 for share in evidence.overlap)
    assert evidence.edits or name == "sticker"


def test_the_transform_leads_from_the_first_image_to_the_second(tmp_path: Path) -> None:
    original = picture(7, longest=480)
    left, top = 60, 40
    write(tmp_path / "b.png", original)
    write(tmp_path / "a.png", original[top : top + 260, left : left + 380])
    transform = edge(scan(tmp_path, "auto"), "a.png", "b.png").evidence.transform
    assert transform is not None
    moved = np.array(transform) @ np.array([100, 100, 1])
    np.testing.assert_allclose(moved[:2] / moved[2], [160, 140], atol=2.5)
