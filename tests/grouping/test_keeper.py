"""Which image of a group is kept, and the reason that is given."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from sosie.grouping import Facts, choose_keeper

PHOTO = Facts("/b.jpg", 1000, 800, "JPEG", quality=80, detail=0.9, mtime_ns=100)


@pytest.mark.parametrize(
    ("better", "words"),
    [
        (replace(PHOTO, uri="/c.jpg", width=2000, height=1600), "most real pixels"),
        (replace(PHOTO, uri="/c.png", format="PNG", lossless=True, quality=None), "not compressed with loss (PNG)"),
        (replace(PHOTO, uri="/c.jpg", quality=95), "least compressed (JPEG quality 95)"),
        (replace(PHOTO, uri="/c.webp", format="WEBP", quality=90), "least compressed (WEBP quality about 90)"),
        (replace(PHOTO, uri="/c.heic", format="HEIF", quality=None), "least compressed (HEIF)"),
        (replace(PHOTO, uri="/c.jpg", bits=16), "most bits a channel (16)"),
        (replace(PHOTO, uri="/c.jpg", width=1050), "most pixels"),
        (replace(PHOTO, uri="/c.webp", format="WEBP"), "better format (WEBP)"),
        (replace(PHOTO, uri="/c.jpg", metadata=True), "keeps its metadata"),
        (replace(PHOTO, uri="/c.jpg", mtime_ns=50), "the oldest of equal ones"),
        (replace(PHOTO, uri="/c"), "the shortest name of equal ones"),
        (replace(PHOTO, uri="/a.jpg"), "the first by name of equal ones"),
        (replace(PHOTO, uri="/c.gif", frames=20, width=500), "the only one with all 20 frames"),
    ],
)
def test_the_better_one_is_kept_for_the_reason_that_is_given(better: Facts, words: str) -> None:
    assert choose_keeper([PHOTO, better]) == (1, words)
    assert choose_keeper([better, PHOTO]) == (0, words)


def test_an_enlarged_copy_loses_against_its_original() -> None:
    enlarged = replace(PHOTO, uri="/a.jpg", width=3000, height=2400, detail=0.05)
    assert choose_keeper([enlarged, PHOTO])[0] == 1


def test_a_picture_on_a_page_loses_against_the_picture_alone() -> None:
    page = replace(PHOTO, uri="/a.jpg", width=1600, height=1000, share=0.4)
    assert choose_keeper([page, PHOTO])[0] == 1


def test_the_order_of_members_does_not_matter() -> None:
    members = [
        PHOTO,
        replace(PHOTO, uri="/c.png", format="PNG", lossless=True, quality=None),
        replace(PHOTO, uri="/d.jpg", width=1050, quality=78),
        replace(PHOTO, uri="/a.png", format="PNG", lossless=True, quality=None, width=960),
    ]
    chosen = {
        (order[position].uri, reason) for order in permutations(members) for position, reason in [choose_keeper(order)]
    }
    assert len(chosen) == 1


def test_a_single_member_is_kept() -> None:
    assert choose_keeper([PHOTO])[0] == 0
