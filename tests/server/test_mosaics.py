"""The pictures by which a brand is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pictures import folder_of
from tests.server.servers import Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder_of(tmp_path / "shop", 12)
    with Server(tmp_path / "data", {"SOSIE_ALLOWED_ROOTS": str(tmp_path)}) as running:
        yield running


def test_a_brand_shows_different_pictures_once_they_were_read(server: Server, tmp_path: Path) -> None:
    client = server.client
    client.brand("shop", ("folder", {"path": str(tmp_path / "shop")}))
    assert client.get("/api/brands/shop")["mosaic"] == []
    client.ended(client.job("shop"))
    shown = client.get("/api/brands/shop")["mosaic"]
    assert len(shown) == len(set(shown)) == 5
    for content in shown:
        assert client.http.get(f"/api/contents/{content}/thumbnail").status_code == 200
