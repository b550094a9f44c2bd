"""The service in this process as callers of all kinds reach it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from sosie.config import Settings
from sosie.server.app import create_app

PASSWORD = "correct horse battery"


@contextmanager
def serving(data: Path, client: str = "127.0.0.1", host: str = "127.0.0.1", **more: Any) -> Iterator[TestClient]:
    app = create_app(Settings(data_dir=data, embedders=("builtin",), **more))
    with TestClient(app, client=(client, 50000), base_url=f"http://{host}") as http:
        yield http


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}
