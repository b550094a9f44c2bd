"""How a declaration becomes a source, and what it says of one that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sosie.errors import UsageError
from sosie.sources.specs import KINDS, Handed, check_settings, make_source, settings_of
from sosie.types import ImageRef
from tests.web import web

NEEDED: Mapping[str, Mapping[str, Any]] = {
    "folder": {"path": "/x"},
    "brand_api": {"url": "https://x.example/{brand}"},
    "shopify": {"url": "https://x.example"},
    "feed": {"url": "https://x.example"},
    "web": {"url": "https://x.example"},
    "bucket": {"url": "s3://x"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_declared_and_names_its_settings(kind: str) -> None:
    check_settings(kind, NEEDED.get(kind, {}))
    assert {"web", "brand", "roots", "uploads", "environment", "trusted"}.isdisjoint(settings_of(kind))
    assert {name for name, wanted in settings_of(kind).items() if wanted} == set(NEEDED.get(kind, {}))


def test_text_as_the_command_line_has_it_becomes_what_a_setting_is() -> None:
    with web() as guarded:
        handed = Handed(brand="nike", web=guarded, uploads=Path("u"))
        texts = {"url": "https://x", "first_page": "0", "headers": '{"x": "y"}', "paging": "page"}
        source: Any = make_source("brand_api", texts, handed)
        assert (source.first_page, source.headers, source.brand) == (0, {"x": "y"}, "nike")
        listed: Any = make_source("urls", {"urls": "https://a, https://b"}, handed)
        assert listed.urls == ("https://a", "https://b")
        folder: Any = make_source("folder", {"path": "/x", "hidden": "yes"}, handed)
        assert folder.hidden is True


@pytest.mark.parametrize(
    ("kind", "settings", "expected"),
    [
        ("magic", {}, "no kind of source 'magic'"),
        ("folder", {}, "needs the setting path"),
        ("folder", {"path": ""}, "needs the setting path"),
        ("folder", {"path": "/x", "roots": "/"}, "no setting roots"),
        ("folder", {"path": 5}, "path of a source folder"),
        ("folder", {"path": "/x", "hidden": "perhaps"}, "hidden of a source folder"),
        ("brand_api", {"url": "https://x", "first_page": "one"}, "first_page"),
        ("brand_api", {"url": "https://x", "first_page": True}, "first_page"),
        ("brand_api", {"url": "https://x", "headers": "secret"}, "headers"),
        ("brand_api", {"url": "https://x", "headers": ["secret"]}, "headers"),
        ("brand_api", {"url": "https://x", "paging": "secret"}, "paging"),
        ("urls", {"urls": {"a": 1}}, "urls of a source urls"),
        ("urls", {"urls": [1]}, "urls of a source urls"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused_without_its_values(
    kind: str, settings: Mapping[str, Any], expected: str
) -> None:
    with pytest.raises(UsageError, match=expected) as refused:
        check_settings(kind, settings)
    assert "secret" not in str(refused.value)


def test_a_source_is_what_a_folder_has(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    with web() as guarded:
        handed = Handed(brand="nike", web=guarded, uploads=tmp_path, roots=None)
        (ref,) = make_source("folder", {"path": str(tmp_path)}, handed).refs()
    assert isinstance(ref, ImageRef)
    assert ref.brand == "nike"


def test_a_text_with_a_nul_is_refused_with_the_name_of_its_setting() -> None:
    with pytest.raises(UsageError, match="The setting path of a source folder cannot be str"):
        check_settings("folder", {"path": "/x\0y"})
