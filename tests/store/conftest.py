"""The same tests over every database that a catalogue can be in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sosie.store.catalogue import Catalogue
from tests.postgres import Postgres

Opener = Callable[[], Catalogue]


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens one and the same catalogue as often as it is called: in a file, and in PostgreSQL."""
    path = tmp_path / "catalogue.db"
    if request.param == "sqlite":
        return lambda: Catalogue(path)
    server: Postgres = request.getfixturevalue("postgres_server")
    url = server.fresh()
    return lambda: Catalogue(path, url=url)
