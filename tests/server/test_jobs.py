"""Jobs over the API, against the real program."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.pictures import folder_of, picture, write
from tests.server.servers import Client, Server, stage
from tests.server.shops import Shop, open_shop, stock


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


@pytest.fixture
def slow(client: Client) -> Iterator[Shop]:
    """A brand whose shop takes its time."""
    with open_shop(stock(60)) as shop:
        shop.pause = 0.3
        client.brand("slow", shop.source)
        yield shop
        shop.pause = 0.0
        for job in client.get("/api/jobs", brand="slow")["jobs"]:
            client.post(f"/api/jobs/{job['id']}/cancel")
            client.ended(job["id"])
        client.http.delete("/api/brands/slow")


def test_a_job_fetches_reads_compares_and_ends(client: Client) -> None:
    job = client.ended(client.job("shop"))
    assert (job["state"], job["error"], job["failed_brands"]) == ("done", "", {})
    names = [stage["stage"] for stage in job["progress"]["stages"]]
    assert names == ["fetch", "read", "compare", "verify", "group", "similar"]
    assert all(stage["done"] == stage["total"] for stage in job["progress"]["stages"])
    assert job["created"] <= job["started"] <= job["finished"]
    brand = client.get("/api/brands/shop")
    assert (brand["state"], brand["images"], brand["result"], brand["job"]) == ("ready", 10, job["id"], None)
    assert brand["groups"] == client.get(f"/api/results/{job['id']}")["brands"][0]["groups"] > 0


def test_the_map_of_a_job_is_there_before_anybody_asks_for_it(client: Client, server: Server) -> None:
    job = client.ended(client.job("shop"))["id"]
    deadline = time.monotonic() + 60
    parts: list[str] = []
    while not any(part.startswith("map ") for part in parts) and time.monotonic() < deadline:
        time.sleep(0.1)
        with closing(sqlite3.connect(server.data / "catalogue.db")) as database:
            parts = [name for (name,) in database.execute("SELECT name FROM result_part WHERE job = ?", (job,))]
    assert any(part.startswith("map ") for part in parts)
    assert len(client.get(f"/api/results/{job}/map")["x"]) == 9
    again = client.ended(client.job("shop", threshold=0.5))["id"]
    assert client.get(f"/api/results/{again}/map")["x"] == client.get(f"/api/results/{job}/map")["x"]


def test_a_job_is_followed_by_events_that_resume_and_end(client: Client) -> None:
    job = client.job("shop", method="hash")
    seen = list(client.events(job))
    assert [number for number, _ in seen] == sorted({number for number, _ in seen})
    assert [seen[0][1]["state"], seen[-1][1]["state"]] == ["queued", "done"]
    assert list(client.events(job, after=seen[1][0])) == seen[2:]
    assert list(client.events(job, after=seen[-1][0])) == []


def test_equal_jobs_are_one_and_different_ones_wait_their_turn(client: Client, slow: Shop) -> None:
    first = client.job("slow")
    assert client.job("slow") == first
    second = client.job("slow", threshold=0.5)
    assert second != first
    client.until(first, lambda job: stage(job) == "fetch")
    assert client.get(f"/api/jobs/{second}")["state"] == "queued"
    listed = [job["id"] for job in client.get("/api/jobs", brand="slow")["jobs"]]
    assert listed == [second, first]
    for job in (second, first):
        client.post(f"/api/jobs/{job}/cancel")
        assert client.ended(job)["state"] == "cancelled"


def test_a_cancelled_job_stops_within_a_moment_and_a_retry_goes_on_from_what_it_had(client: Client, slow: Shop) -> None:
    job = client.job("slow")
    client.until(job, lambda found: stage(found) == "fetch" and found["progress"]["stages"][0]["done"] >= 10)
    client.post(f"/api/jobs/{job}/cancel")
    assert client.ended(job, timeout=10)["state"] == "cancelled"
    asked = len(slow.asked)
    slow.pause = 0.0
    assert client.post(f"/api/jobs/{job}/retry")["state"] == "queued"
    assert client.ended(job)["state"] == "done"
    assert len(slow.asked) - asked < len(slow.pictures)


def test_a_job_that_has_not_ended_cannot_be_deleted_and_one_that_has_is_gone_with_all_its_parts(
    client: Client, slow: Shop
) -> None:
    job = client.job("slow", threshold=0.7)
    assert client.http.delete(f"/api/jobs/{job}").status_code == 400
    client.post(f"/api/jobs/{job}/cancel")
    client.ended(job)
    assert client.http.delete(f"/api/jobs/{job}").status_code == 204
    assert client.http.get(f"/api/jobs/{job}").status_code == 404
    assert client.http.get(f"/api/jobs/{job}/events").status_code == 404


def test_jobs_are_listed_in_pages_that_do_not_overlap(client: Client) -> None:
    for threshold in (0.91, 0.92, 0.93):
        client.ended(client.job("shop", threshold=threshold, sync=False))
    seen: list[str] = []
    cursor = ""
    while True:
        page = client.get("/api/jobs", limit=2, cursor=cursor)
        seen += [job["id"] for job in page["jobs"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) >= 3
    assert client.http.get("/api/jobs", params={"cursor": "zz"}).status_code == 400


def test_a_brand_that_cannot_be_fetched_is_named_and_the_others_go_on(client: Client) -> None:
    client.brand("gone", ("urls", {"url": "http://127.0.0.1:9/list.txt"}))
    job = client.ended(client.job("gone", "shop", method="hash"))
    assert job["state"] == "done"
    assert list(job["failed_brands"]) == ["gone"]
    alone = client.ended(client.job("gone"))
    assert alone["state"] == "failed"
    assert "gone" in alone["error"]
    assert alone["next_step"]


def test_what_was_skipped_and_read_last_is_told(client: Client) -> None:
    progress = client.ended(client.job("shop", threshold=0.5))["progress"]
    assert progress["skipped"] == 1
    first = client.get("/api/jobs", brand="shop", state="done", limit=200)["jobs"][-1]
    assert [row["uri"].rsplit("/")[-1] for row in first["progress"]["last_skipped"]] == ["broken.jpg"]
    assert len(first["progress"]["recent"]) == 9


@pytest.mark.parametrize("path", ["/api/jobs/nix", "/api/jobs/0123456789abcdef012345", "/api/brands/nix", "/api/nix"])
def test_what_is_not_there_is_a_problem_with_a_sentence(client: Client, path: str) -> None:
    answer = client.http.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"brands": ["nix"]}, 404),
        ({"threshold": 2}, 422),
        ({"method": "magic"}, 422),
        ({"embedders": ["nix"]}, 400),
        ({"brands": ["shop"] * 1001}, 422),
    ],
)
def test_a_job_that_cannot_be_is_refused(client: Client, body: dict[str, object], status: int) -> None:
    answer = client.http.post("/api/jobs", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/jobs", b'{"brands": ["\\ud800"]}'),
        ("/api/process", b'{"images": [{"id": "1", "brand": "b", "url": "http://x/\\ud800"}]}'),
        ("/api/brands", b"{"),
        ("/api/brands", b'{"key": "../x"}'),
        ("/api/brands", b'{"key": "passing-images-1"}'),
        ("/api/brands", b'{"key": "x", "sources": [{"kind": "folder", "settings": {"nix": 1}}]}'),
    ],
)
def test_odd_requests_are_refused_as_problems(client: Client, path: str, body: bytes) -> None:
    answer = client.http.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 404, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
