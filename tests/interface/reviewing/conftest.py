"""A server over two brands that were processed: a group of five copies in both, and one of three in `acme` alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.servers import Server
from tests.server.service import processed


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the server; its `pictures` are those of the brands."""
    folder = tmp_path_factory.mktemp("reviewed")
    processed(folder)
    return folder


@pytest.fixture(scope="module")
def server(_needs: None, data: Path) -> Iterator[Server]:
    with Server(data, {"SOSIE_ALLOWED_ROOTS": str(data / "pictures")}) as running:
        yield running


@pytest.fixture
def undecided(server: Server) -> None:
    """Nothing is decided of the newest result."""
    server.client.post("/api/results/latest/decisions", {"filter": {}, "action": "open", "preview": False})
