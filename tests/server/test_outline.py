"""The first outline's addresses, with their fields, and what people bring themselves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from tests.pictures import encoded, picture
from tests.server.servers import Client, Server
from tests.server.shops import Shop, open_shop, stock


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with open_shop(stock(16)) as shop:
        yield shop


@pytest.fixture(scope="module")
def server(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("data"), {"SOSIE_JOBS_WAITING": "2"}) as running:
        running.client.brand("shop", shop.source)
        running.client.brand("gone", ("urls", {"url": "http://127.0.0.1:9/list.txt"}))
        yield running


@pytest.fixture
def client(server: Server) -> Client:
    return server.client


def test_a_brands_images_are_fetched_and_listed_and_unknown_brands_named(client: Client) -> None:
    answer = client.get("/api/images", brands="shop,gone,nix")
    assert (answer["success"], answer["totalImages"]) == (True, 16)
    assert answer["brandCounts"] == {"shop": 16, "gone": 0}
    assert {row["brand"] for row in answer["failedBrands"]} == {"gone", "nix"}
    assert len({image["id"] for image in answer["images"]}) == 16
    assert set(answer["images"][0]) == {"id", "brand", "url"}


def test_images_are_listed_in_pages(client: Client) -> None:
    whole = client.get("/api/images", brands="shop")["images"]
    pages, cursor = [], ""
    while cursor is not None:
        page = client.get("/api/images", brands="shop", limit=4, cursor=cursor)
        pages += page["images"]
        cursor = page["next"]
    assert pages == whole
    assert client.http.get("/api/images", params={"cursor": "zz"}).status_code == 400


def test_what_changed_is_listed_after_a_refresh(client: Client, shop: Shop) -> None:
    shop.pictures["/new.jpg"] = encoded(picture(77, longest=120))
    assert client.get("/api/images", brands="shop")["totalImages"] == 16
    assert client.get("/api/images", brands="shop", refresh=True)["totalImages"] == 17
    del shop.pictures["/new.jpg"]
    assert client.get("/api/images", brands="shop", refresh=True)["totalImages"] == 16


def test_brands_are_processed_and_the_answer_waited_for(client: Client) -> None:
    answer = client.post("/api/process", {"brands": ["shop", "nix"], "similarityThreshold": 0.95}, wait=True)
    assert (answer["success"], answer["state"], answer["similarityThreshold"]) == (True, "done", 0.95)
    assert {"brand": "nix", "error": "There is no such brand."} in answer["failedBrands"]
    clusters = answer["results"]["clusters"]
    assert answer["duplicateClusters"] == len(clusters) >= 5
    assert answer["totalDuplicateImages"] >= 10
    for cluster in clusters:
        assert cluster["size"] == len(cluster["images"]) >= 2
        assert 0 < cluster["avgSimilarity"] <= 1
        assert cluster["keeper"] in {image["id"] for image in cluster["images"]}
    assert answer["results"]["stats"]["totalImages"] == answer["totalImages"]
    assert answer["processingTime"] > 0


def test_images_given_by_address_keep_the_ids_and_brands_they_came_with(client: Client, shop: Shop) -> None:
    paths = ["/0.jpg", "/0-small.jpg", "/1.jpg", "/missing.jpg"]
    images = [{"id": f"my-{n}", "brand": f"b{n}", "url": shop.url + path} for n, path in enumerate(paths)]
    answer = client.post("/api/process", {"images": images, "algorithm": "hash"}, wait=True)
    assert (answer["state"], answer["totalImages"]) == ("done", 3)
    (cluster,) = answer["results"]["clusters"]
    assert {(image["id"], image["brand"]) for image in cluster["images"]} == {("my-0", "b0"), ("my-1", "b1")}
    assert [brand["key"] for brand in client.get("/api/brands")["brands"]] == ["gone", "shop"]


def test_without_waiting_the_job_is_named(client: Client) -> None:
    answer = client.post("/api/process", {"brands": ["shop"], "algorithm": "hash"})
    assert answer["results"] is None
    assert client.ended(answer["job"])["state"] == "done"


@pytest.mark.parametrize(
    "body",
    [
        {"brands": ["nix"]},
        {"images": [{"id": "1", "brand": "b", "url": "file:///etc/passwd"}]},
        {"similarityThreshold": 7},
        {"images": [{"url": "http://x/"}]},
    ],
)
def test_what_cannot_be_processed_is_refused(client: Client, body: dict[str, object]) -> None:
    answer = client.http.post("/api/process", json=body)
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


def test_more_jobs_than_may_wait_are_turned_away(client: Client, shop: Shop) -> None:
    shop.pause = 0.3
    jobs = [client.job("shop", threshold=0.5)]
    client.until(jobs[0], lambda job: job["state"] == "running")
    jobs += [client.job("shop", threshold=value) for value in (0.51, 0.52)]
    answer = client.http.post("/api/jobs", json={"brands": ["shop"], "threshold": 0.53})
    assert (answer.status_code, answer.headers["retry-after"].isdigit()) == (429, True)
    assert answer.json()["next_step"]
    shop.pause = 0.0
    for job in reversed(jobs):
        client.post(f"/api/jobs/{job}/cancel")
    assert {client.ended(job)["state"] for job in jobs} == {"cancelled"}


def test_a_snapshot_of_a_job_names_no_file_address_or_secret(client: Client, shop: Shop) -> None:
    job = client.ended(client.job("shop", method="hash"))["id"]
    answer = client.http.get(f"/api/jobs/{job}/snapshot")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.json()["report"]["images"] == 15
    assert answer.json()["versions"]["sosie"]
    assert not any(word in answer.text for word in (shop.url, ".jpg", "127.0.0.1", "/tmp"))


def test_files_and_archives_are_uploaded_to_a_brand_that_is_made_for_them(client: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("deep/one.jpg", encoded(picture(1)))
        archive.writestr("notes.txt", "no picture")
    files = [
        ("files", ("holiday/two.jpg", encoded(picture(1), quality=60), "image/jpeg")),
        ("files", ("all.zip", packed.getvalue(), "application/zip")),
        ("files", ("evil.html", b"<script>", "text/html")),
    ]
    answer = client.http.post("/api/brands/mine/uploads", files=files)
    assert (answer.status_code, answer.json()["accepted"]) == (201, 2)
    assert len(answer.json()["skipped"]) == 2
    result = client.post("/api/process", {"brands": ["mine"]}, wait=True)
    (cluster,) = result["results"]["clusters"]
    assert {image["url"] for image in cluster["images"]} == {
        "upload:mine/all/deep/one.jpg",
        "upload:mine/holiday/two.jpg",
    }
    assert client.http.delete("/api/brands/mine").status_code == 204


def test_a_source_is_looked_at_before_it_is_saved(client: Client, shop: Shop) -> None:
    kind, settings = shop.source
    look = client.post("/api/sources/test", {"source": {"kind": kind, "settings": settings}})
    assert (look["ok"], look["complete"], look["found"]) == (True, True, 16)
    assert look["images"][0]["data"].startswith("data:image/webp;base64,")
    gone = {"kind": "urls", "settings": {"url": "http://127.0.0.1:9/list.txt"}}
    look = client.post("/api/sources/test", {"source": gone})
    assert (look["ok"], look["images"]) == (False, [])
    assert look["error"]
    forbidden = {"kind": "folder", "settings": {"path": "/etc"}}
    answer = client.http.post("/api/sources/test", json={"source": forbidden})
    assert answer.status_code == 400 or not answer.json()["ok"]
