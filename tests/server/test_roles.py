"""Who is let in where everybody has to sign in, and which routes are whose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from sosie.server.app import ROUTERS
from sosie.server.security.roles import Needs
from sosie.server.security.tokens import make_token
from sosie.store.access import AccessStore, Role
from tests.pictures import encoded, picture
from tests.server.gates import PASSWORD, bearer, serving

PUBLIC = {
    ("GET", "/api/session"),
    ("POST", "/api/session"),
    ("DELETE", "/api/session"),
    ("GET", "/api/health/live"),
    ("GET", "/api/health/ready"),
}
ROLES: tuple[Role, ...] = ("viewer", "reviewer", "admin")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(tmp_path_factory.mktemp("guarded"), password=PASSWORD, requests_per_second=0) as http:
        yield http


@pytest.fixture(scope="module")
def secrets(guarded: TestClient) -> dict[Role, str]:
    store: AccessStore = guarded.app.state.sosie.access.store  # type: ignore[attr-defined]
    found: dict[Role, str] = {}
    for role in ROLES:
        row, found[role] = make_token(f"a {role}", role)
        store.add_token(row)
    return found


def routes(http: TestClient) -> list[tuple[str, str, Role | None]]:
    found = []
    known = [*http.app.routes, *(route for router in ROUTERS for route in router.routes)]  # type: ignore[attr-defined]
    for route in known:
        if not isinstance(route, APIRoute):
            continue
        needs = [each.dependency for each in route.dependencies if isinstance(each.dependency, Needs)]
        assert len(needs) == 1, f"{route.path} does not say who may ask it"
        found += [(method, route.path, needs[0].role) for method in sorted(route.methods or ())]
    return found


def test_every_route_says_who_may_ask_it_and_few_are_for_strangers(guarded: TestClient) -> None:
    found = routes(guarded)
    described = set(guarded.get("/openapi.json").json()["paths"])
    assert described == {path for _, path, _ in found if path.startswith(("/api", "/metrics"))}
    public = {(method, path) for method, path, role in found if role is None and path.startswith("/api")}
    assert public <= PUBLIC
    writing = [(method, path) for method, path, role in found if method not in ("GET", "HEAD") and role == "viewer"]
    questions = ("/rules/test", "/rules/draft", "/api/check", "/api/explain", "/api/similar")
    assert not [pair for pair in writing if not pair[1].endswith(questions)]


def test_every_route_turns_away_strangers_and_lower_roles_and_lets_the_others_in(
    guarded: TestClient, secrets: dict[Role, str]
) -> None:
    for method, path, role in routes(guarded):
        if role is None or not path.startswith(("/api", "/metrics")) or path.endswith("/events"):
            continue
        address = path.replace("{sha256}", "0" * 64).replace("{", "").replace("}", "")
        for own in ROLES:
            if ROLES.index(own) >= ROLES.index(role) and method not in ("GET", "HEAD"):
                continue  # what a change does when it is allowed is told by the tests of its own topic
            status = guarded.request(method, address, headers=bearer(secrets[own])).status_code
            allowed = ROLES.index(own) >= ROLES.index(role)
            assert (status != 403) == allowed, (method, path, own, status)
            assert status != 401
        assert guarded.request(method, address).status_code == 401, (method, path)


def test_a_person_signs_in_with_the_password_changes_things_with_the_sessions_token_and_signs_out(
    guarded: TestClient,
) -> None:
    http = TestClient(guarded.app, client=("127.0.0.1", 1), base_url="http://127.0.0.1")
    before = http.get("/api/session").json()
    assert (before["required"], before["user"], before["version"]) == (True, None, "")
    assert http.post("/api/session", json={"name": "admin", "password": "wrong"}).status_code == 401
    answer = http.post("/api/session", json={"name": "admin", "password": PASSWORD})
    assert answer.json()["user"] == {"name": "admin", "role": "admin"}
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Max-Age=43200"))
    assert "Secure" not in cookie
    csrf = answer.json()["csrf"]
    body = {"key": "acme"}
    assert http.post("/api/brands", json=body).status_code == 403
    assert http.post("/api/brands", json=body, headers={"x-csrf-token": "0" * 64}).status_code == 403
    assert http.post("/api/brands", json=body, headers={"x-csrf-token": csrf}).status_code == 201
    kept = http.cookies["sosie_session"]
    assert http.delete("/api/session", headers={"x-csrf-token": csrf}).json()["user"] is None
    assert http.get("/api/brands").status_code == 401
    http.cookies.set("sosie_session", kept)
    assert http.get("/api/brands").status_code == 401, "a stolen cookie must end with its session"


def test_people_sign_in_by_the_name_and_secret_of_a_token_and_are_out_when_it_is_removed(
    guarded: TestClient, secrets: dict[Role, str]
) -> None:
    boss = bearer(secrets["admin"])
    made = guarded.post("/api/tokens", json={"name": "anna", "role": "reviewer"}, headers=boss).json()
    assert "secret" in made
    assert guarded.post("/api/tokens", json={"name": "anna"}, headers=boss).status_code == 400
    listed = guarded.get("/api/tokens", headers=boss).json()["tokens"]
    assert not any(row["secret"] for row in listed)
    http = TestClient(guarded.app, client=("127.0.0.1", 2), base_url="https://127.0.0.1")
    as_other = {"name": "admin", "password": made["secret"]}
    assert http.post("/api/session", json=as_other).status_code == 401
    answer = http.post("/api/session", json={"name": "anna", "password": made["secret"]})
    assert answer.json()["user"] == {"name": "anna", "role": "reviewer"}
    assert "Secure" in answer.headers["set-cookie"]
    assert http.get("/api/brands").status_code == 200
    assert guarded.delete(f"/api/tokens/{made['id']}", headers=boss).status_code == 204
    assert http.get("/api/brands").status_code == 401
    assert guarded.get("/api/brands", headers=bearer(made["secret"])).status_code == 401


def test_a_forged_cookie_and_wrong_tokens_are_nobody(guarded: TestClient, secrets: dict[Role, str]) -> None:
    good = secrets["admin"]
    for secret in ("", "x", good[:-1], good + "x", "sosie__", "sosie_x_y", good.replace("sosie", "other")):
        assert guarded.get("/api/brands", headers=bearer(secret)).status_code == 401
    assert guarded.get("/api/brands", headers={"authorization": f"Basic {good}"}).status_code == 401
    for cookie in ("x", "WyJhIl0.x", "a.b.c"):
        assert guarded.get("/api/brands", headers={"cookie": f"sosie_session={cookie}"}).status_code == 401


def test_a_file_of_somebody_who_may_only_look_is_refused_before_it_is_read(
    guarded: TestClient, secrets: dict[Role, str]
) -> None:
    files = {"files": ("a.png", b"x")}
    for headers, status in ((bearer(secrets["viewer"]), 403), ({}, 401)):
        assert guarded.post("/api/brands/acme/uploads", files=files, headers=headers).status_code == status


def test_whoever_may_look_may_ask_for_an_image_but_not_add_it(guarded: TestClient, secrets: dict[Role, str]) -> None:
    files = {"file": ("a.png", encoded(picture(5, longest=80)))}
    looking = bearer(secrets["viewer"])
    assert guarded.post("/api/check", files=files, headers=looking).json()["known"] is False
    asked = {"brand": "acme", "add": "true"}
    assert guarded.post("/api/check", files=files, data=asked, headers=looking).status_code == 403
    body = {"url": "https://shop.example/a.png", "brand": "acme", "add": True}
    assert guarded.post("/api/check", json=body, headers=looking).status_code == 403
    assert guarded.post("/api/check", files=files).status_code == 401


def test_keys_in_the_addresses_of_sources_are_shown_to_admins_alone(
    guarded: TestClient, secrets: dict[Role, str]
) -> None:
    url = "https://user:pw@shop.example/feed.xml?key=s3cr3t"
    body = {"key": "keyed", "sources": [{"kind": "feed", "settings": {"url": url}}]}
    assert guarded.post("/api/brands", json=body, headers=bearer(secrets["admin"])).status_code == 201
    for path in ("/api/brands", "/api/brands/keyed"):
        assert "s3cr3t" in guarded.get(path, headers=bearer(secrets["admin"])).text
        for role in ("viewer", "reviewer"):
            answer = guarded.get(path, headers=bearer(secrets[role])).text
            assert "shop.example/feed.xml" in answer
            assert "s3cr3t" not in answer
            assert "user:pw" not in answer


def test_a_job_carries_the_name_of_whoever_started_it_by_any_address(
    guarded: TestClient, secrets: dict[Role, str]
) -> None:
    body = {"images": [{"id": "1", "brand": "x", "url": "http://127.0.0.1:9/a.jpg"}]}
    started = guarded.post("/api/process", json=body, headers=bearer(secrets["reviewer"])).json()
    job = guarded.get(f"/api/jobs/{started['job']}", headers=bearer(secrets["viewer"])).json()
    assert job["person"] == "a reviewer"
    guarded.post(f"/api/jobs/{started['job']}/cancel", headers=bearer(secrets["reviewer"]))
