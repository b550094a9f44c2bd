"""Drawn pictures as files, for tests that scan folders."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sosie.report import Report
from training.draw import draw

Pixels = NDArray[np.uint8]


@cache
def picture(seed: int = 0, kind: str = "scene", longest: int = 240, look: int = 0) -> Pixels:
    """A drawn picture: equal arguments give equal pixels, other seeds unrelated pictures."""
    pixels = draw(kind, seed, look=look, longest=longest)
    pixels.flags.writeable = False
    return pixels


def encoded(pixels: Pixels, name: str = "JPEG", **options: Any) -> bytes:
    """The bytes of an image file."""
    file = io.BytesIO()
    if name == "JPEG":
        options = {"quality": 90, **options}
    Image.fromarray(pixels).save(file, name, **options)
    return file.getvalue()


def write(path: Path, pixels: Pixels, name: str = "", **options: Any) -> Path:
    """Write a picture as the format that `name` or the suffix says."""
    kinds = {".jpg": "JPEG", ".png": "PNG", ".bmp": "BMP", ".webp": "WEBP", ".tif": "TIFF", ".gif": "GIF"}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(pixels, name or kinds[path.suffix], **options))
    return path


def folder_of(folder: Path, count: int, longest: int = 120) -> list[Path]:
    """A folder with `count` pictures of different things."""
    return [write(folder / f"{seed:03}.jpg", picture(seed, longest=longest)) for seed in range(count)]


def name_of(report: Report, image: int) -> str:
    """The file name of one image of a report."""
    return Path(report.images[image].uri).name


def groups(report: Report) -> list[tuple[str, frozenset[str]]]:
    """Relation and file names of each group, sorted."""
    found = [
        (group.relation, frozenset(name_of(report, member) for member in group.members)) for group in report.groups
    ]
    return sorted(found, key=lambda item: sorted(item[1]))


def relations(report: Report) -> dict[frozenset[str], str]:
    """The relation of each pair of file names that an edge joins."""
    return {frozenset((name_of(report, e.a), name_of(report, e.b))): e.relation for e in report.edges}


def skipped(report: Report) -> dict[str, str]:
    """The reason of each skipped file, by its name."""
    return {Path(item.uri).name: item.reason for item in report.skipped}
