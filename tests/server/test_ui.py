"""The interface is served to every address that is its own, and nothing else is."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from sosie.server import ui

PAGE = '<!doctype html><div id="root"></div>'
CODE = "console.info('hello')" * 100


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    built = tmp_path / "_ui"
    (built / "assets").mkdir(parents=True)
    (built / ".vite").mkdir()
    (built / "index.html").write_text(PAGE, encoding="utf-8")
    (built / "assets" / "index-ab12.js").write_text(CODE, encoding="utf-8")
    (built / "assets" / "index-ab12.js.gz").write_bytes(gzip.compress(CODE.encode()))
    (built / ".vite" / "manifest.json").write_text("{}", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    app = FastAPI()

    @app.get("/api/brands")
    def brands() -> list[str]:
        return []

    ui.mount(app, built)
    return TestClient(app)


@pytest.mark.parametrize("path", ["/", "/jobs", "/results/latest", "/settings/models"])
def test_every_page_of_the_interface_is_its_one_document(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.text == PAGE
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_an_address_without_a_page_gets_the_document_that_says_so_and_is_told_apart_by_its_status(
    client: TestClient,
) -> None:
    for path in ("/nothing/here", "/jobs/1/2", "/result", "/results/latest/groups"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (404, PAGE), path


def test_the_server_knows_the_pages_of_the_interface() -> None:
    routes = (Path(__file__).parents[2] / "web" / "src" / "app" / "routes.tsx").read_text(encoding="utf-8")
    known = {""}
    for path in re.findall(r'path: "/?([^"*/][^"*]*)"', routes):
        parts = ["*" if part.startswith(":") else part for part in path.split("/")]
        known |= {"/".join(parts), "/".join(parts[:-1])} if path.endswith("?") else {"/".join(parts)}
    assert known == set(ui.PAGES)


def test_hashed_files_are_kept_for_good_and_sent_compressed(client: TestClient) -> None:
    plain = client.get("/assets/index-ab12.js", headers={"accept-encoding": "identity"})
    packed = client.get("/assets/index-ab12.js", headers={"accept-encoding": "gzip"})
    assert "immutable" in plain.headers["cache-control"]
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert packed.text == plain.text == CODE


@pytest.mark.parametrize(
    "path",
    [
        "/api/nothing",
        "/assets/old-build.js",
        "/robots.txt",
        "/.vite/manifest.json",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
    ],
)
def test_what_is_not_there_is_a_problem_and_no_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_routes_of_the_api_come_first(client: TestClient) -> None:
    assert client.get("/api/brands").json() == []


def test_a_missing_build_says_what_to_do(tmp_path: Path) -> None:
    app = FastAPI()
    ui.mount(app, tmp_path / "none")
    answer = TestClient(app).get("/")
    assert answer.status_code == 503
    assert "make ui" in answer.text
