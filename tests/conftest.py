"""What all tests share: nothing of the user's machine, and no network."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_network_and_nothing_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("SOSIE_DATA_DIR", str(folder / "data"))
    monkeypatch.setenv("SOSIE_EMBEDDERS", "builtin")
    monkeypatch.setenv("HF_HUB_CACHE", str(folder / "hub"))
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    monkeypatch.setenv("HF_TOKEN", "hf_fake")
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "HF_ENDPOINT", "SOSIE_REDIS_URL", "SOSIE_SERVICE_URL"):
        monkeypatch.delenv(name, raising=False)
