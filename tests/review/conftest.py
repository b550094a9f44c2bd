"""What the tests of acting on files share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.review.folders import write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "photos"
    write(root / "a/one.png", "sun large master", mtime=1_500_000_000, mode=0o640)
    write(root / "b/one-small.png", "sun small", mtime=1_500_000_100, mode=0o600)
    write(root / "b/one-copy.png", "sun large master", mtime=1_500_000_200)
    write(root / "c/two.png", "moon large")
    write(root / "c/two (1).png", "moon")
    write(root / "c/alone.png", "star")
    os.link(root / "b/one-small.png", root / "c/linked.png")
    (root / "c/pointer").symlink_to("alone.png")
    return root
