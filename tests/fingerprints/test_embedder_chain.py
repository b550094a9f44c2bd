"""The chain as the settings name it."""

from __future__ import annotations

import pytest

from sosie.config import load_settings
from sosie.errors import UsageError
from sosie.fingerprints.embedders.chain import backends


def names(*embedders: str) -> list[str]:
    return [backend.name for backend in backends(load_settings({"embedders": embedders}))]


def test_builtin_ends_every_chain_and_none_is_empty() -> None:
    assert names("clip") == ["clip", "builtin"]
    assert names("gemini", "builtin", "clip") == ["gemini", "builtin"]
    assert names("clip", "clip") == ["clip", "builtin"]
    assert names("none") == []


def test_the_chain_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSIE_EMBEDDERS", "service, builtin")
    assert load_settings().embedders == ("service", "builtin")
    with pytest.raises(UsageError, match="embedders"):
        load_settings({"embedders": ["klip"]})


def test_no_secret_is_shown_with_the_settings() -> None:
    secrets = {"gemini_api_key": "geheim-1", "huggingface_token": "geheim-2", "service_token": "geheim-3"}
    settings = load_settings({**secrets, "redis_url": "redis://:geheim-4@h/0"})
    assert "geheim" not in repr(settings)
