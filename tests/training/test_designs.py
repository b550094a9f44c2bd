"""One design around different goods makes no copies; the same picture under a design stays a copy."""

from __future__ import annotations

import numpy as np
import pytest

from sosie.matching.verification import judge, measure
from training.designs import pages
from training.draw import draw
from training.edits import apply
from training.judge_pairs import ready


def test_pages_of_one_series_with_different_goods_are_hardly_ever_copies() -> None:
    called = []
    for number in range(12):
        rng = np.random.default_rng([number, 77])
        one, other = pages(draw("product", 2 * number), draw("product", 2 * number + 1), rng)
        called.append(judge(measure(ready(one), ready(other))).relation in ("copy", "contains"))
    assert sum(called) <= 1


@pytest.mark.parametrize("layer", ["banner", "slogans", "price_tag"])
def test_a_picture_with_something_laid_over_it_is_mostly_a_copy(layer: str) -> None:
    called = []
    for number in range(8):
        picture = draw("scene", number, longest=400)
        laid = apply(layer, picture, seed=number + 40).pixels
        called.append(judge(measure(ready(picture), ready(laid))).relation == "copy")
    assert sum(called) >= 6
