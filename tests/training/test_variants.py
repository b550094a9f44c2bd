"""Another colour of the goods is no copy, however a filter might explain it."""

from __future__ import annotations

import pytest

from demo.brands import BRANDS
from demo.pictures import shot, still_life
from sosie.matching.verification import verdict
from sosie.matching.verification.measurements import measure
from sosie.pipeline.ties import LIKELY
from training.edits import apply
from training.judge_pairs import ready


def test_a_shot_on_white_in_another_colour_is_hardly_ever_a_copy() -> None:
    """One in fifteen is left: plain goods whose two colours one curve of lightness nearly joins."""
    merged = []
    for brand in BRANDS:
        for number in range(5):
            one, other = (ready(shot(brand, number, colour=colour, side=480)) for colour in (0, 2))
            found = verdict.judge(measure(one, other))
            if found.relation == "copy" and found.score >= LIKELY:
                merged.append(f"{brand.key} {number}")
    assert set(merged) <= {"ortega 2"}


@pytest.mark.parametrize("edit", ["hue", "sepia", "brightness", "temperature"])
def test_a_filter_over_a_still_life_leaves_a_copy(edit: str) -> None:
    picture = still_life(BRANDS[1], 1, side=640)
    filtered = apply(edit, picture, seed=8).pixels
    assert verdict.judge(measure(ready(picture), ready(filtered))).relation == "copy"
