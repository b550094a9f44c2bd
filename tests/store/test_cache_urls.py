"""A URL whose marks have not changed is not downloaded again."""

from __future__ import annotations

from pathlib import Path

import pytest

from sosie.store.cache_urls import UrlMarks, content_of_url, marks_of_url, remember_url
from sosie.store.catalogue import Catalogue

URL = "https://cdn.example/shoe.jpg?v=1"
MARKS = UrlMarks('"abc"', "Sun, 22 Nov 2026 10:00:00 GMT")


def test_equal_marks_give_the_content(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "c.db") as catalogue:
        assert marks_of_url(catalogue, URL) is None
        remember_url(catalogue, URL, MARKS, b"1" * 32)
        assert marks_of_url(catalogue, URL) == MARKS
        assert content_of_url(catalogue, URL, MARKS) == b"1" * 32
        remember_url(catalogue, URL, UrlMarks('"new"'), b"2" * 32)
        assert content_of_url(catalogue, URL, MARKS) is None
        assert content_of_url(catalogue, URL, UrlMarks('"new"')) == b"2" * 32


@pytest.mark.parametrize("marks", [UrlMarks(), UrlMarks('"other"', MARKS.last_modified), UrlMarks('"abc"')])
def test_other_marks_and_none_give_nothing(tmp_path: Path, marks: UrlMarks) -> None:
    with Catalogue(tmp_path / "c.db") as catalogue:
        remember_url(catalogue, URL, MARKS if marks.etag else marks, b"1" * 32)
        assert content_of_url(catalogue, URL, marks) is None
