"""The interface's types are made from the API as it is."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from sosie.server.openapi import description

WRITTEN = Path(__file__).parents[2] / "web" / "openapi.json"


def test_the_interface_knows_the_api_as_it_is() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == description(), "run `make types`"


def test_every_request_with_a_body_has_an_example_and_all_examples_fit_their_schemas() -> None:
    schema = json.loads(WRITTEN.read_text(encoding="utf-8"))
    without = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for number, body in enumerate(bodies):
                media = body.get("content", {}).get("application/json", {})
                if "example" in media:
                    whole = {**media["schema"], "components": schema["components"]}
                    jsonschema.validate(media["example"], whole)
                elif media and number == 0:
                    without.append((method, path))
    assert not without
