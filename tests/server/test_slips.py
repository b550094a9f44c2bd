"""What is sent with a slip of the pen, and what was decided between a plan and its run, over the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.service import Service, processed, running

_LENIENT = {"/api/process"}
"""The first outline's clients may send more than was ever asked for."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("slips")
    result = processed(folder)
    with running(folder) as found:
        found.result = result
        yield found


def bodies(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Route and schema of each JSON that a request brings."""
    for path, routes in schema["paths"].items():
        for route in routes.values():
            content = route.get("requestBody", {}).get("content", {}).get("application/json")
            if content is not None and path not in _LENIENT:
                for part in content["schema"].get("anyOf", [content["schema"]]):
                    if part.get("type") != "null":
                        name = part.get("$ref", "").rpartition("/")[2]
                        yield path, schema["components"]["schemas"][name] if name else part


def test_every_request_is_refused_that_has_a_name_which_nobody_knows(service: Service) -> None:
    found = list(bodies(service.get("/openapi.json")))
    assert len(found) > 15
    assert [path for path, body in found if body.get("additionalProperties") is not False] == []


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/api/brands", {"key": "acme-2", "color": "#ffffff"}, "color"),
        ("/api/brands", {"key": "acme-2", "sources": [{"kind": "web", "setings": {}}]}, "setings"),
        ("/api/jobs", {"brand": ["acme"]}, "brand"),
        ("/api/plans", {"result": "latest", "metod": "trash"}, "metod"),
        ("/api/check", {"url": "https://shop.example/a.jpg", "ad": True}, "ad"),
    ],
)
def test_a_name_that_nobody_knows_is_named(service: Service, path: str, body: dict[str, Any], named: str) -> None:
    told = service.post(path, body, 422)
    assert named in told["detail"]
    assert service.http.get("/api/brands/acme-2").status_code == 404


def test_a_form_with_a_field_that_nobody_knows_is_refused(service: Service, tmp_path: Path) -> None:
    answer = service.http.post("/api/check", files={"file": ("a.jpg", b"x")}, data={"brnd": "acme"})
    assert answer.status_code == 422
    assert "brnd" in answer.json()["detail"]


def test_errors_name_their_class(service: Service) -> None:
    assert service.http.get("/api/brands/nope").json()["type"] == "urn:sosie:NotFound"
    answer = service.http.post("/api/check", files={"file": ("a.jpg", b"no picture")})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:sosie:NotAnImage")


def test_what_was_decided_since_a_plan_was_made_is_left_by_its_run(service: Service) -> None:
    plan = service.post("/api/plans", {"result": "latest"}, 201)
    drop = plan["drops"][0]
    rows = f"decision,image,other\napart,{drop['sha256']},{drop['keeper_sha256']}\n"
    sent = service.http.post("/api/decisions/import", files={"file": ("decisions.csv", rows.encode())})
    assert sent.status_code == 200, sent.text
    run = service.post(f"/api/plans/{plan['id']}/apply", {"confirm": plan["total_drops"]})
    assert run["done"] < plan["total_drops"]
    (left,) = [row for row in run["refused"] if row["uri"] == drop["uri"]]
    assert "said that it is no duplicate of its keeper" in left["reason"]
    assert "Plan again" in left["next_step"]
    assert Path(drop["uri"]).is_file()
    items = {item["uri"]: item for item in service.get(f"/api/runs/{run['id']}/items")["items"]}
    assert items[drop["uri"]]["step"] == "refused"
    assert service.post(f"/api/runs/{run['id']}/undo", None)["undone"] == run["done"]


def test_a_brand_has_settings_of_its_own_over_the_api(service: Service) -> None:
    own = {"method": "hash", "similarity_threshold": 0.94}
    made = service.post("/api/brands", {"key": "ties", "settings": own}, 201)["settings"]
    assert {name: value for name, value in made.items() if value is not None} == own
    kept = service.http.patch("/api/brands/ties", json={"name": "Ties"}).json()
    assert kept["settings"] == made
    changed = service.http.patch("/api/brands/ties", json={"settings": {"downloads": 2}}).json()["settings"]
    assert (changed["downloads"], changed["method"]) == (2, None)
    nothing = {"name": None, "colour": None, "sources": None, "settings": None, "every_hours": None}
    same = service.http.patch("/api/brands/ties", json=nothing)
    assert (same.status_code, same.json()["name"], same.json()["settings"]["downloads"]) == (200, "Ties", 2)
    assert "colour" in service.post("/api/brands", {"key": "shoes", "settings": {"colour": 1}}, 422)["detail"]
    assert "magic" in service.post("/api/brands", {"key": "shoes", "settings": {"embedders": ["magic"]}}, 400)["detail"]
    assert service.http.delete("/api/brands/ties").status_code == 204
