"""Lists of addresses as people have them: plain, CSV of many kinds, JSON Lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sosie.errors import SourceFailure
from sosie.sources.urls import UrlsSource
from sosie.types import ImageRef, Skipped
from tests.web import Site, web

A, B = "https://cdn.example/a.jpg", "https://cdn.example/b.jpg?v=1;2"


def read(text: str | bytes, name: str = "list.txt", folder: Path | None = None, **settings: Any) -> list[Any]:
    """What a source of this list gives."""
    import tempfile

    with tempfile.TemporaryDirectory() as made, web() as guarded:
        file = Path(made) / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        source = UrlsSource(file=str(file), web=guarded, brand="nike", roots=None, **settings)
        return list(source.refs())


def addresses(items: list[Any]) -> list[str]:
    return [item.uri for item in items if isinstance(item, ImageRef)]


@pytest.mark.parametrize(
    "text",
    [
        f"{A}\n{B}\n",
        f"# our images\n\n  {A}  \r\n{B}\r\n{A}\n",
        f"\ufeff{A}\n{B}",
        f"url\n{A}\n{B}\n",
        f"title,url\nShoe,{A}\nHat,{B}\n",
        f'title;image_url\nShoe;{A}\n"Hat; red";"{B}"\n',
        f"id\tImage Link\n1\t{A}\n2\t{B}\n",
        f'{{"url": "{A}"}}\n{{"image": "{B}", "id": 3}}\n',
        f'{{"url": "{A}"}}\n"{B}"\n',
    ],
)
def test_a_list_is_told_by_its_looks(text: str) -> None:
    assert addresses(read(text)) == [A, B]


def test_a_list_in_utf_16_as_spreadsheets_save_it_is_read() -> None:
    assert addresses(read(f"url\n{A}\n".encode("utf-16"))) == [A]


def test_columns_become_title_and_metadata() -> None:
    (item,) = read(f"sku,asset,label\nS1,{A},Shoe\n", "list.csv", url_field="Asset", title_field="label")
    assert item == ImageRef(A, "nike", "Shoe", {"sku": "S1"})


@pytest.mark.parametrize("line", ["ftp://x.example/a.jpg", "a.jpg", "javascript:alert(1)", "data:image/png;base64,AA"])
def test_what_is_no_address_is_passed_over(line: str) -> None:
    items = read(f"{A}\n{line}\n", format="txt")
    assert items == [ImageRef(A, "nike"), Skipped(line, "is no http or https address")]


def test_lines_that_are_broken_are_named() -> None:
    items = read(f'{{"url": "{A}"}}\n{{broken\n[1]\n{{"id": 1}}\n7\n', "list.jsonl")
    assert [(item.uri, item.reason) for item in items[1:]] == [
        ("line 2", "is no JSON"),
        ("line 3", "has no address of an image"),
        ("line 4", "has no address of an image"),
        ("line 5", "has no address of an image"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name,price\nShoe,3\n", "no column"),
        (f"url\n{A}\n\x00\xff".encode("latin-1"), "UTF-8"),
        ("url,title\n" + '"' + "x" * 200_000, "no CSV"),
    ],
)
def test_a_list_that_cannot_be_read_is_a_failure(text: str | bytes, expected: str) -> None:
    with pytest.raises(SourceFailure, match=expected):
        read(text, "list.csv")


def test_a_list_may_be_given_in_place_or_at_an_address() -> None:
    with Site({"/list": f"{A}\n".encode()}) as site, web() as guarded:
        assert addresses(list(UrlsSource(urls=(A, B, A), web=guarded).refs())) == [A, B]
        assert addresses(list(UrlsSource(url=f"{site.url}/list", web=guarded).refs())) == [A]
        with pytest.raises(SourceFailure, match="404"):
            list(UrlsSource(url=f"{site.url}/none", web=guarded).refs())
        with pytest.raises(SourceFailure, match="wanted"):
            list(UrlsSource(web=guarded).refs())


def test_a_list_of_this_machine_is_read_only_below_an_allowed_root(tmp_path: Path) -> None:
    (tmp_path / "list").write_text(A)
    (tmp_path / "link").symlink_to("/etc/passwd")
    with web() as guarded:
        for roots, name, reason in (((), "list", "may be read"), ((tmp_path,), "link", "may be read"),
                                    ((tmp_path,), "none", "no file"), ((tmp_path,), ".", "no file")):  # fmt: skip
            with pytest.raises(SourceFailure, match=reason):
                list(UrlsSource(file=str(tmp_path / name), web=guarded, roots=roots).refs())
        assert addresses(list(UrlsSource(file=str(tmp_path / "list"), web=guarded, roots=(tmp_path,)).refs())) == [A]
