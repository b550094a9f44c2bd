"""What all tests share: no test ever touches the catalogue or the settings of the person who runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres


@pytest.fixture(autouse=True)
def own_data_dir(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test alone, no settings from outside, and no embedder that would go to a network."""
    for name in [name for name in os.environ if name.startswith("SOSIE_")]:
        monkeypatch.delenv(name)
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "HF_ENDPOINT", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setenv("SOSIE_DATA_DIR", str(folder))
    monkeypatch.setenv("SOSIE_EMBEDDERS", "builtin")
    monkeypatch.setenv("HF_HUB_CACHE", str(folder / "hub"))
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    monkeypatch.setenv("HF_TOKEN", "hf_fake")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Postgres]:
    """A PostgreSQL for all tests of a run that need one."""
    with postgres.running() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.Postgres) -> str:
    """The URL of a new, empty database."""
    return postgres_server.fresh()
