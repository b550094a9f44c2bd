"""The interface's types are made from the API as it is."""

from __future__ import annotations

from pathlib import Path

from sosie.server.openapi import description

WRITTEN = Path(__file__).parents[2] / "web" / "openapi.json"


def test_the_interface_knows_the_api_as_it_is() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == description(), "run `make types`"
