"""Jobs over the API, against the real program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pictures import folder_of, picture, write
from tests.server.servers import Client, Server


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with eight pictures, one of them twice, and one file that is no picture."""
    folder = tmp_path_factory.mktemp("shop")
    folder_of(folder, 8)
    write(folder / "again.png", picture(3, longest=120))
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def server(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    env = {"SOSIE_ALLOWED_ROOTS": str(shop)}
    with Server(tmp_path_factory.mktemp("data"), env) as running:
        running.client.brand("shop", ("folder", {"path": str(shop)}))
        yield running


@pytest.fixture
def client(server: Server) -> Client:
    return server.client


def test_a_job_fetches_reads_compares_and_ends(client: Client) -> None:
    job = client.ended(client.job("shop"))
    assert (job["state"], job["error"], job["failed_brands"]) == ("done", "", {})
    names = [stage["stage"] for stage in job["progress"]["stages"]]
    assert names == ["fetch", "read", "compare", "verify", "group", "similar"]
    assert job["created"] <= job["started"] <= job["finished"]
    brand = client.get("/api/brands/shop")
    assert (brand["state"], brand["images"], brand["result"], brand["job"]) == ("ready", 10, job["id"], None)


def test_a_job_is_followed_by_events_that_resume_and_end(client: Client) -> None:
    job = client.job("shop", method="hash")
    seen = list(client.events(job))
    assert [number for number, _ in seen] == sorted({number for number, _ in seen})
    assert [seen[0][1]["state"], seen[-1][1]["state"]] == ["queued", "done"]
    assert list(client.events(job, after=seen[1][0])) == seen[2:]
    assert list(client.events(job, after=seen[-1][0])) == []
