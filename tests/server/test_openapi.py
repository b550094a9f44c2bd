"""The interface's types are made from the API as it is."""

from __future__ import annotations

import json
from pathlib import Path

from sosie.server.openapi import description

WRITTEN = Path(__file__).parents[2] / "web" / "openapi.json"


def test_the_interface_knows_every_route_as_it_is() -> None:
    now, written = json.loads(description()), json.loads(WRITTEN.read_text(encoding="utf-8"))
    stale = [path for path, routes in now["paths"].items() if written["paths"].get(path) != routes]
    schemas = written["components"]["schemas"]
    stale += [name for name, schema in now["components"]["schemas"].items() if schemas.get(name) != schema]
    assert stale == [], "run `make types`"
