"""The benchmark of joins measures the same work for everybody."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.joins import CONTENDERS, RADIUS, Run, differing, planted, table


@pytest.mark.parametrize("name", sorted(CONTENDERS))
def test_every_contender_finds_the_planted_pairs(name: str) -> None:
    if name.startswith("faiss"):
        pytest.importorskip("faiss")
    assert CONTENDERS[name](planted(600)) == 60


def test_planted_codes_lie_exactly_at_the_radius() -> None:
    codes = planted(1000)
    assert (np.bitwise_count(codes[:100] ^ codes[900:]).sum(axis=1) == RADIUS).all()


def test_the_table_says_how_time_grows() -> None:
    results = [("sosie", 1_000, [Run(1.0, 1.0, 10_000_000, 5)]), ("sosie", 10_000, [Run(31.0, 100.0, 20_000_000, 7)])]
    assert table(results).splitlines()[-1] == "| sosie | 10,000 | 100.000 | 31.000 | 20 | 7 | 2.00 |"


def test_contenders_that_find_different_pairs_are_noticed() -> None:
    one, other = Run(1.0, 1.0, 0, 5), Run(1.0, 1.0, 0, 6)
    assert differing([("sosie", 10, [one]), ("faiss flat", 10, [one])]) == []
    assert differing([("sosie", 10, [one]), ("faiss flat", 10, [other])]) == [10]
