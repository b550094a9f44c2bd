"""A series of one design in a collection: no copies of each other, and real copies are still found."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sosie.config import load_settings
from sosie.pipeline import find_duplicates
from tests.pictures import groups, write
from training.designs import Page
from training.draw import draw
from training.edits import apply


def test_a_series_of_one_design_stays_apart_and_its_copies_are_found(tmp_path: Path) -> None:
    series = Page.drawn(np.random.default_rng(5))
    for number in range(6):
        page = series.around(draw("product", number + 50), np.random.default_rng(number))
        write(tmp_path / f"page-{number}.png", page)
        if number == 2:
            write(tmp_path / "page-2-small.jpg", apply("jpeg", page, seed=1).pixels)
    photo = draw("scene", 4)
    write(tmp_path / "photo.png", photo)
    write(tmp_path / "photo-banner.png", apply("banner", photo, seed=3).pixels)
    report = find_duplicates(tmp_path, settings=load_settings({"workers": 1}))
    assert sorted(sorted(members) for _, members in groups(report)) == [
        ["page-2-small.jpg", "page-2.png"],
        ["photo-banner.png", "photo.png"],
    ]
