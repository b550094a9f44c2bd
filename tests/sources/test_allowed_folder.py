"""Folders as sources of brands: below the allowed roots, and nowhere else by any link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sosie.errors import SourceFailure
from sosie.sources.allowed_folder import OUTSIDE, AllowedFolderSource
from sosie.types import ImageRef, Skipped

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links as POSIX has them")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that is allowed, with a picture, beside one that is not."""
    for name in ("allowed/shoes", "secret"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "allowed" / "shoes" / "a.jpg").write_bytes(b"a")
    (tmp_path / "secret" / "b.jpg").write_bytes(b"b")
    return tmp_path


def names(path: Path, *roots: Path) -> tuple[list[str], dict[str, str]]:
    items = list(AllowedFolderSource(str(path), brand="nike", roots=roots).refs())
    refs = [Path(item.uri).name for item in items if isinstance(item, ImageRef)]
    return refs, {Path(item.uri).name: item.reason for item in items if isinstance(item, Skipped)}


def test_what_lies_below_a_root_is_read(place: Path) -> None:
    assert names(place / "allowed" / "shoes", place / "allowed") == (["a.jpg"], {})
    assert names(place / "allowed", place / "allowed") == (["a.jpg"], {})


@pytest.mark.parametrize("path", ["secret", "allowed/../secret", ".", "allowed-not", "allowed/way-out"])
def test_what_does_not_is_refused(place: Path, path: str) -> None:
    (place / "allowed-not").mkdir()
    (place / "allowed" / "way-out").symlink_to(place / "secret")
    with pytest.raises(SourceFailure, match="allowed_roots"):
        names(place / path, place / "allowed")
    with pytest.raises(SourceFailure, match="allowed_roots"):
        names(place / path)


def test_links_that_lead_out_are_passed_over(place: Path) -> None:
    shoes = place / "allowed" / "shoes"
    (shoes / "out.jpg").symlink_to(place / "secret" / "b.jpg")
    (shoes / "folder").symlink_to(place / "secret")
    (shoes / "same.jpg").symlink_to(shoes / "a.jpg")
    refs, skipped = names(place / "allowed", place / "allowed")
    assert refs == ["a.jpg"]
    assert set(skipped.values()) == {OUTSIDE}


def test_a_folder_that_is_gone_is_a_failure(place: Path) -> None:
    with pytest.raises(SourceFailure, match="mounted"):
        names(place / "allowed" / "none", place / "allowed")
