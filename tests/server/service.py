"""The service in this process, over a real catalogue of drawn pictures, with results of jobs stored in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from sosie.config import Settings
from sosie.pipeline.jobs import fetch_brand, process_brands
from sosie.pipeline.progress import ignore
from sosie.report import Report
from sosie.server.app import create_app
from sosie.server.state import State
from sosie.store.brands import Brand, Brands, SourceSpec
from sosie.store.catalogue import Catalogue
from sosie.store.jobs import Jobs
from sosie.store.results import save_result
from tests.pictures import picture, write


@dataclass
class Service:
    """A running service. `http` asks it, `folder` holds the pictures of its brands, a folder a brand."""

    http: TestClient
    state: State
    folder: Path
    result: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any, status: int = 200) -> Any:
        answer = self.http.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def groups(self, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/api/results/{self.result}/groups", **params)["groups"]
        return found

    def store(self, report: Report, brands: tuple[str, ...] = ()) -> str:
        """Store a report as the result of a job that is done."""
        return store(self.state.catalogue, report, brands)


def store(catalogue: Catalogue, report: Report, brands: tuple[str, ...] = ()) -> str:
    jobs, now = Jobs(catalogue), time.time()
    row, _ = jobs.submit(brands, {"made": now}, now=now)
    taken = jobs.take(row.id, "test", now=now)
    assert taken is not None
    assert save_result(catalogue, row.id, taken.claim, report, now=now)
    assert jobs.end(taken, "done", now=time.time()) is not None
    return row.id


@contextmanager
def running(data: Path, **more: Any) -> Iterator[Service]:
    """The service over a data folder."""
    settings = Settings(data_dir=data, embedders=("builtin",), **more)
    app = create_app(settings)
    with TestClient(app, client=("127.0.0.1", 50000), base_url="http://127.0.0.1") as http:
        yield Service(http, app.state.sosie, data / "pictures")


def draw_brands(folder: Path, pictures: int = 0) -> None:
    """Two brands: `acme` with two pictures and edits of them, `zeta` with a copy of one of these and one of its own.

    `pictures`: so many others beside, which look more or less alike.
    """
    acme, zeta = folder / "acme", folder / "zeta"
    for seed in (1, 2):
        pixels = picture(seed, longest=480)
        write(acme / f"{seed}.png", pixels)
        write(acme / f"{seed}-small.jpg", picture(seed, longest=240))
        write(acme / f"{seed}-mirrored.jpg", pixels[:, ::-1])
    height, width = picture(1, longest=480).shape[:2]
    write(zeta / "1-cropped.jpg", picture(1, longest=480)[height // 8 :, : width * 7 // 8])
    write(zeta / "other.jpg", picture(7, longest=300))
    (zeta / "again.jpg").write_bytes((acme / "1-small.jpg").read_bytes())
    (zeta / "broken.jpg").write_bytes(b"no image at all")
    for seed in range(pictures):
        write(acme / f"more-{seed}.jpg", picture(100 + seed, longest=120, look=seed % 3))


def processed(data: Path, pictures: int = 0, **more: Any) -> str:
    """Fetch and process drawn brands, and return the name of the result."""
    settings = Settings(data_dir=data, embedders=("builtin",), **more)
    draw_brands(data / "pictures", pictures)
    with Catalogue.of(settings) as catalogue:
        for key in ("acme", "zeta"):
            spec = SourceSpec("folder", {"path": str(data / "pictures" / key)}, trusted=True)
            Brands(catalogue).save(Brand(key=key, sources=(spec,)))
            fetch_brand(key, settings, ignore)
        return store(catalogue, process_brands(catalogue, ["acme", "zeta"], settings, ignore), ("acme", "zeta"))
