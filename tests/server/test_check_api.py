"""Checking images over the API: known bytes, edits, strangers, addresses, adding."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sosie.pipeline.jobs import fetch_brand, process_brands
from sosie.pipeline.progress import ignore
from sosie.server.views.checks import Checks
from tests.pictures import encoded, picture
from tests.server.service import Service, processed, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data = tmp_path_factory.mktemp("service")
    result = processed(data)
    with running(data) as found:
        found.result = result
        yield found


def check(service: Service, data: bytes, status: int = 200, **fields: Any) -> dict[str, Any]:
    answer = service.http.post("/api/check", files={"file": ("shot.jpg", data)}, data=fields)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [f"{match['image']['brand']}/{Path(match['image']['uri']).name}" for match in found["matches"]]


def test_bytes_that_are_there_are_known_with_all_that_relates_to_them(service: Service) -> None:
    found = check(service, (service.folder / "acme" / "1-small.jpg").read_bytes())
    assert found["known"]
    assert found["verdict"] == "This very file is in the catalogue 2 times."
    assert set(names(found)[:2]) == {"acme/1-small.jpg", "zeta/again.jpg"}
    assert {"acme/1.png"} <= set(names(found)[2:])
    assert {match["edge"]["relation"] for match in found["matches"]} == {"identical", "copy"}
    (group,) = service.groups(min_size=5)
    assert {match["group"] for match in found["matches"]} == {group["key"]}
    assert (found["width"], found["height"]) == (240, 180)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda pixels: pixels[::-1], ""),
        (lambda pixels: pixels[::2, ::2], ""),
        (lambda pixels: pixels[40:-30, 50:-20], "cropped"),
        (lambda pixels: 255 - pixels, ""),
    ],
)
def test_an_edit_is_found_as_a_copy_with_the_evidence(service: Service, edit: Any, words: str) -> None:
    found = check(service, encoded(edit(picture(2, longest=480)), quality=70))
    assert not found["known"]
    first = found["matches"][0]
    assert first["edge"]["relation"] in ("copy", "identical")
    assert Path(first["image"]["uri"]).name.startswith("2")
    assert first["edge"]["a"] == 0
    assert first["group"] is not None
    assert words in first["edge"]["words"]
    assert found["verdict"].startswith("The catalogue has this picture already")


def test_a_stranger_is_in_the_catalogue_as_nothing(service: Service) -> None:
    found = check(service, encoded(picture(77, longest=300)))
    assert (found["known"], found["matches"], found["added"]) == (False, [], False)
    assert found["verdict"] == "The catalogue has nothing that is this picture."


def test_a_flat_image_is_answered_too(service: Service) -> None:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, "PNG")
    assert check(service, file.getvalue())["matches"] == []


def test_what_is_no_image_is_told_so(service: Service) -> None:
    assert check(service, b"<html>", 422)["next_step"] is not None
    assert check(service, b"", 422)
    assert service.http.post("/api/check", data={"brand": "x"}, files={"other": b"x"}).status_code == 400
    assert service.http.post("/api/check", json={"nonsense": 1}).status_code == 422
    assert service.http.post("/api/check", content=b"{").status_code == 422
    assert check(service, encoded(picture(77)), 400, add="true")["detail"] == "To be added, an image needs a brand."
    assert check(service, encoded(picture(77)), 404, add="true", brand="nobody")
    assert check(service, encoded(picture(77)), 422, add="perhaps")


@pytest.mark.parametrize("url", ["http://169.254.169.254/x", "http://127.0.0.1:1/a.jpg", "file:///etc/passwd", "x"])
def test_an_address_inside_is_not_asked(service: Service, url: str) -> None:
    answer = service.http.post("/api/check", json={"url": url})
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_checks_at_the_same_time_answer_as_one_by_one(service: Service) -> None:
    images = [encoded(picture(seed, longest=260)[:, ::-1]) for seed in (1, 2, 7, 50, 51, 52)] * 3
    expected = [check(service, data) for data in images]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda data: check(service, data), images))
    assert [names(one) for one in found] == [names(one) for one in expected]
    assert [one["verdict"] for one in found] == [one["verdict"] for one in expected]


def test_an_image_is_added_once_and_found_by_the_next_check_and_the_next_job(tmp_path: Path) -> None:
    processed(tmp_path)
    with running(tmp_path) as service:
        data = encoded(picture(31, longest=400))
        first = check(service, data, add="true", brand="acme")
        assert (first["known"], first["added"]) == (False, True)
        again = check(service, data, add="true", brand="acme")
        assert (again["known"], again["added"]) == (True, False)
        assert again["matches"][0]["image"]["uri"].startswith("upload:acme/")
        edited = check(service, encoded(picture(31, longest=400)[:, ::-1]))
        assert edited["matches"][0]["edge"]["relation"] == "copy"
        assert check(service, data, add="true", brand="zeta")["added"]
        state = service.state
        fetched = fetch_brand("acme", state.settings, ignore)
        assert not fetched.failures
        report = process_brands(state.catalogue, ["acme", "zeta"], state.settings, ignore)
        (group,) = [group for group in report.groups if len(group.members) == 2]
        assert {report.images[member].brand for member in group.members} == {"acme", "zeta"}
        service.store(report, ("acme", "zeta"))
        for _ in range(100):
            found = check(service, data)
            if found["matches"][0]["group"]:
                break
        assert found["verdict"] == "This very file is in the catalogue 2 times."


def test_an_image_that_another_server_added_is_found_in_its_edits_too(tmp_path: Path) -> None:
    processed(tmp_path)
    with running(tmp_path) as service:
        checks, state = service.state.checks, service.state
        edit = encoded(picture(31, longest=400)[:, ::-1])
        other = Checks(state.settings, state.catalogue, state.originals, state.results)
        try:
            assert not checks.check(edit).matches
            assert other.check(encoded(picture(31, longest=400)), brand="acme", add=True).added
            for _ in range(100):
                found = checks.check(edit).matches
                if found:
                    break
                time.sleep(0.05)
            assert [match.edge.relation for match in found] == ["copy"]
        finally:
            other.close()


def test_a_catalogue_without_any_result_answers(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        assert check(service, encoded(picture(3)))["matches"] == []


def test_a_check_made_before_the_first_result_does_not_hide_what_the_result_has(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        picture_bytes = encoded(picture(1, longest=480), "PNG")
        assert not check(service, picture_bytes)["known"]
        processed(tmp_path)
        found = check(service, (tmp_path / "pictures" / "acme" / "1.png").read_bytes())
        assert found["known"]
        assert found["matches"]
