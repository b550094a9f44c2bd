"""What all tests share: no test ever touches the catalogue or the settings of the person who runs it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_data_dir(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test alone, and no settings from outside."""
    for name in [name for name in os.environ if name.startswith("SOSIE_")]:
        monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setenv("SOSIE_DATA_DIR", str(folder))
    return folder
