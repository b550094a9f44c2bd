"""The drawn catalogue is what it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from demo.brands import BRANDS
from demo.catalogue import write
from demo.pictures import shot


def test_the_same_call_draws_the_same_files(tmp_path: Path) -> None:
    counts = [write(tmp_path / name, 0.1) for name in ("one", "two")]
    one, two = (
        {path.relative_to(root): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
        for root in (tmp_path / "one", tmp_path / "two")
    )
    assert one == two
    assert counts == [len(one), len(two)]
    assert {path.parts[0] for path in one} == {brand.key for brand in BRANDS}


def test_every_picture_opens_but_the_one_that_is_cut_off(tmp_path: Path) -> None:
    write(tmp_path, 0.1)
    broken = []
    for path in sorted(tmp_path.rglob("*.*")):
        try:
            with Image.open(path) as image:
                image.load()
        except OSError:
            broken.append(path.name)
    assert broken == ["cut-off.jpg"]


def test_another_colour_leaves_the_ground_as_it_is() -> None:
    one, other = shot(BRANDS[0], 1, side=240), shot(BRANDS[0], 1, colour=2, side=240)
    differs = np.abs(one.astype(int) - other.astype(int)).max(axis=2) > 30
    assert 0.05 < differs.mean() < 0.5
    assert not differs[:20].any()
