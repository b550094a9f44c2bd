"""What is turned away before it is read, where nobody has to sign in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.server.gates import bearer, serving


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(tmp_path_factory.mktemp("near")) as http:
        yield http


def test_without_a_password_this_machine_may_do_all_and_others_nothing(near: TestClient) -> None:
    session = near.get("/api/session").json()
    assert (session["required"], session["csrf"]) == (False, "")
    assert near.get("/api/brands").status_code == 200
    assert near.post("/api/brands", json={"key": "open"}).status_code == 201
    assert near.get("/api/brands", headers=bearer("sosie_0_0")).status_code == 401
    for address in ("192.0.2.7", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1", "testclient"):
        far = TestClient(near.app, client=(address, 9), base_url="http://localhost")
        assert far.get("/api/brands").status_code == 401
        assert far.post("/api/brands", json={"key": "far"}).status_code == 401


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost", True),
        ("localhost:8000", True),
        ("LOCALHOST", True),
        ("sosie.localhost:1", True),
        ("127.0.0.1:8000", True),
        ("127.9.9.9", True),
        ("[::1]:8000", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("evil.example:8000", False),
        ("[::1].evil.example", True),
        ("", False),
    ],
)
def test_a_name_that_was_turned_to_this_machine_is_refused(near: TestClient, host: str, known: bool) -> None:
    for path in ("/api/brands", "/", "/openapi.json"):
        assert (near.get(path, headers={"host": host}).status_code == 421) != known


def test_pages_of_other_sites_change_nothing_and_read_nothing(near: TestClient) -> None:
    body, own = {"key": "forged"}, "http://127.0.0.1"
    for headers, status in (
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:3000"}, 403),
        ({"origin": own, "sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 403),
        ({"origin": own}, 201),
        ({"origin": "http://127.0.0.1:5173", "sec-fetch-site": "same-origin"}, 400),
    ):
        assert near.post("/api/brands", json=body, headers=headers).status_code == status
    assert (
        near.get("/api/brands", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}).status_code
        == 403
    )
    opened = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert near.get("/api/brands", headers=opened).status_code == 200
    answer = near.options(
        "/api/brands", headers={"origin": "https://evil.example", "access-control-request-method": "GET"}
    )
    assert "access-control-allow-origin" not in answer.headers


def test_every_answer_has_the_headers_that_keep_browsers_from_running_it(near: TestClient) -> None:
    for path in ("/api/brands", "/api/nothing", "/", "/openapi.json", "/api/brands/none"):
        headers = near.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        if path.startswith("/api"):
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["cache-control"] == "no-store"


def test_a_body_that_is_too_large_is_refused_before_it_is_read_and_while_it_is(near: TestClient) -> None:
    claimed = near.post("/api/brands", content=b"{}", headers={"content-length": "99999999999"})
    assert claimed.status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 1_000_000

    assert near.post("/api/brands", content=endless()).status_code == 413
