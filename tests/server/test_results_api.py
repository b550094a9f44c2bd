"""Results, groups and contents over the API, on drawn pictures that were really processed."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from PIL import Image

from sosie.report import Report
from tests.pictures import picture, write
from tests.server.service import Service, processed, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data = tmp_path_factory.mktemp("service")
    result = processed(data)
    with running(data) as found:
        found.result = result
        yield found


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    return found


def by_name(images: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {f"{image['brand']}/{Path(image['uri']).name}": image for image in images}


def test_the_summary_says_what_is_there(service: Service) -> None:
    found = service.get("/api/results/latest")
    assert found["id"] == service.result
    assert (found["images"], found["contents"], found["unique"], found["copies"]) == (9, 8, 3, 6)
    assert found["groups"] == {"copy": 2}
    assert found["cross_brand"] == 1
    assert found["skipped"] == 1
    assert [share["brand"] for share in found["brands"]] == ["acme", "zeta"]


def test_groups_are_listed_filtered_and_paged(service: Service) -> None:
    every = service.groups(sort="size")
    assert [group["size"] for group in every] == [5, 3]
    assert [group["size"] for group in service.groups(brand="zeta")] == [5]
    assert [group["size"] for group in service.groups(cross_brand=True)] == [5]
    assert service.groups(relation="similar") == []
    path = f"/api/results/{service.result}/groups"
    first = service.get(path, limit=1, sort="size")
    assert (first["total"], first["images"], len(first["groups"])) == (2, 8, 1)
    second = service.get(path, limit=1, sort="size", cursor=first["next"])
    assert [first["groups"][0]["key"], second["groups"][0]["key"]] == [group["key"] for group in every]
    assert second["next"] is None
    found = problem(service.http.get(path, params={"sort": "gain", "cursor": first["next"]}), 400)
    assert found["next_step"] == "Begin with the first page, without a cursor."


def test_a_group_is_shown_with_members_edges_and_what_sources_say(service: Service) -> None:
    (group,) = service.groups(brand="zeta")
    found = service.get(f"/api/results/latest/groups/{group['key']}")
    members = by_name(found["members"])
    assert next(iter(members)) == "acme/1.png"
    assert members["acme/1-mirrored.jpg"]["reason"] == "mirrored"
    assert members["zeta/again.jpg"]["score"] == members["acme/1-small.jpg"]["score"]
    assert all(edge["words"] and edge["evidence"] for edge in found["edges"])
    assert found["weakest"]["score"] == found["score"]
    assert found["revision"] == 0
    problem(service.http.get("/api/results/latest/groups/0000000000000000"), 404)
    problem(service.http.get("/api/results/nothing/groups/0000000000000000"), 404)


def test_what_was_skipped_is_told_with_the_reason(service: Service) -> None:
    found = service.get("/api/results/latest/skipped")
    assert found["total"] == 1
    assert found["skipped"][0]["uri"].endswith("zeta/broken.jpg")
    assert "not an image" in found["skipped"][0]["reason"]


def test_the_report_is_that_of_the_job(service: Service) -> None:
    answer = service.http.get("/api/results/latest/report")
    assert Report.from_json(answer.content).groups == service.state.results.get("latest").report.groups


def test_a_content_is_told_with_all_its_places(service: Service) -> None:
    (group,) = service.groups(brand="zeta")
    members = by_name(service.get(f"/api/results/latest/groups/{group['key']}")["members"])
    found = service.get(f"/api/contents/{members['zeta/again.jpg']['sha256']}")
    assert [(place["brand"], Path(place["uri"]).name) for place in found["places"]] == [
        ("acme", "1-small.jpg"),
        ("zeta", "again.jpg"),
    ]
    assert (found["format"], found["width"]) == ("JPEG", 240)
    problem(service.http.get(f"/api/contents/{'0' * 64}"), 404)
    problem(service.http.get("/api/contents/..%2f..%2fetc%2fpasswd"), 404)
    problem(service.http.get("/api/contents/zzz"), 422)


def test_bytes_come_whole_or_in_part_and_are_never_run(service: Service) -> None:
    path = service.folder / "acme" / "1.png"
    data = path.read_bytes()
    url = f"/api/contents/{hashlib.sha256(data).hexdigest()}/bytes"
    answer = service.http.get(url)
    assert answer.content == data
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith("inline; filename=")
    assert "immutable" in answer.headers["cache-control"]
    etag = answer.headers["etag"]
    assert service.http.get(url, headers={"if-none-match": etag}).status_code == 304
    assert service.http.get(url, headers={"if-none-match": f'W/{etag}, "x"'}).status_code == 304
    assert service.http.get(url, headers={"if-none-match": '"x"'}).status_code == 200
    for wanted, expected in (
        ("bytes=0-9", data[:10]),
        ("bytes=10-", data[10:]),
        ("bytes=-7", data[-7:]),
        ("bytes=5-99999999", data[5:]),
    ):
        part = service.http.get(url, headers={"range": wanted})
        assert (part.status_code, part.content) == (206, expected)
    assert service.http.get(url, headers={"range": f"bytes={len(data)}-"}).status_code == 416
    assert service.http.get(url, headers={"range": "bytes=7-3"}).status_code == 416
    for odd in ("bytes=-", "bytes=0-1,3-4", "pages=1-2", "bytes=x-"):
        assert service.http.get(url, headers={"range": odd}).content == data


@pytest.mark.parametrize(("accept", "kind"), [("image/avif,image/webp,*/*", "AVIF"), ("*/*", "WEBP"), (None, "WEBP")])
def test_thumbnails_are_small_kept_and_of_the_kind_that_is_accepted(
    service: Service, accept: str | None, kind: str
) -> None:
    data = (service.folder / "acme" / "1.png").read_bytes()
    url = f"/api/contents/{hashlib.sha256(data).hexdigest()}/thumbnail"
    headers = {"accept": accept} if accept else {}
    answer = service.http.get(url, params={"side": "160"}, headers=headers)
    assert answer.status_code == 200
    image = Image.open(io.BytesIO(answer.content))
    assert (image.format, max(image.size)) == (kind, 160)
    assert answer.headers["content-type"] == f"image/{kind.lower()}"
    assert answer.headers["vary"] == "Accept"
    again = service.http.get(url, params={"side": "160"}, headers={**headers, "if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    kept = list((service.state.settings.data_path / "thumbnails").glob(f"??/*-160.{kind.lower()}"))
    assert [path.read_bytes() for path in kept] == [answer.content]
    problem(service.http.get(url, params={"side": "77"}), 422)


def test_a_file_that_was_changed_is_not_shown_as_what_it_was(tmp_path: Path) -> None:
    processed(tmp_path)
    path = tmp_path / "pictures" / "zeta" / "other.jpg"
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    write(path, picture(99))
    with running(tmp_path) as service:
        for url in (f"/api/contents/{sha256}/bytes", f"/api/contents/{sha256}/thumbnail"):
            found = problem(service.http.get(url), 410)
            assert "was changed since" in found["detail"]
            assert found["next_step"]
        path.unlink()
        assert "kept nowhere" in problem(service.http.get(f"/api/contents/{sha256}/bytes"), 410)["detail"]
        path.symlink_to(path)
        problem(service.http.get(f"/api/contents/{sha256}/bytes"), 410)


def test_thumbnails_stay_within_their_limit(tmp_path: Path) -> None:
    processed(tmp_path)
    with running(tmp_path, thumbnail_megabytes=0.03) as service:
        shelf = service.state.thumbnails
        for number, image in enumerate(service.state.results.get("latest").images.records):
            for side in (160, 320):
                service.http.get(f"/api/contents/{image.sha256}/thumbnail", params={"side": str(side)})
            for path in shelf.folder.glob(f"??/{image.sha256}*"):
                os.utime(path, (number, number))
        assert shelf.prune() >= 0
        left = [path for path in shelf.folder.glob("??/*") if path.is_file()]
        assert 0 < sum(path.stat().st_size for path in left) <= 30_000


def test_a_name_that_is_no_utf8_is_shown_and_decided_on(tmp_path: Path) -> None:
    folder = tmp_path / "pictures" / "acme"
    write(folder / "a.png", picture(3))
    odd = os.fsencode(folder) + b"/\xff.jpg"
    try:
        with open(odd, "wb") as file:
            file.write(write(tmp_path / "b.jpg", picture(3)).read_bytes())
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    processed(tmp_path)
    with running(tmp_path) as service:
        service.result = "latest"
        found = next(group for group in service.groups() if group["size"] == 2)
        assert found["preview"][1]["uri"].endswith("\\xff.jpg")
        body = {"action": "settle", "keep": [found["preview"][1]["uri"]]}
        made = service.post(f"/api/results/latest/groups/{found['key']}/decisions", body)
        assert made["group"]["settled"]


def test_results_are_exported_in_every_format_and_by_brand(service: Service) -> None:
    def export(**params: str) -> Any:
        answer = service.http.get("/api/results/latest/export", params=params)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-disposition"].startswith("attachment")
        return answer

    rows = list(csv.DictReader(io.StringIO(export().text)))
    assert len(rows) == 8
    assert {row["role"] for row in rows} == {"keeper", "drop"}
    assert len(export(format="json", brand="zeta").json()["images"]) == 5
    page = export(format="html").text
    assert page.count("data:image/webp;base64,") == 8
    assert pyarrow.parquet.read_table(io.BytesIO(export(format="parquet").content)).num_rows == 8
    with zipfile.ZipFile(io.BytesIO(export(format="urls", brand="zeta").content)) as archive:
        assert archive.namelist() == ["zeta.txt"]
        assert len(archive.read("zeta.txt").splitlines()) == 2
    assert service.http.get("/api/results/latest/export", params={"format": "exe"}).status_code == 422
    assert list(csv.DictReader(io.StringIO(export(brand="nobody").text))) == []


def test_the_map_has_every_image_and_of_a_brand_its_own(service: Service) -> None:
    found = service.get("/api/results/latest/map")
    assert len(found["id"]) == len(found["x"]) == len(found["y"]) == len(found["sha256"]) == 9
    assert all(0 <= value <= 1 for value in [*found["x"], *found["y"]])
    keys = {group["key"] for group in service.groups()}
    assert set(found["groups"]) == keys
    assert len(found["relation"]) == 2
    assert sorted(set(found["group"])) == [-1, 0, 1]
    assert service.get("/api/results/latest/map") == found
    only = service.get("/api/results/latest/map", brand="zeta")
    assert (len(only["id"]), set(only["brand"]), len(only["groups"])) == (3, {"zeta"}, 1)
    assert service.get("/api/results/latest/map", brand="nobody")["id"] == []
