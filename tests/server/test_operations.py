"""What operators see of the service: health, settings, numbers, logs, who did what."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from structlog.contextvars import bound_contextvars

from sosie.config import Settings
from sosie.server.logs import formatter
from sosie.server.security.secrecy import discreet
from sosie.server.state import State
from sosie.server.views.settings import in_force, shown_settings
from sosie.store.access import AccessStore
from tests.processes import sosie
from tests.server.gates import serving
from tests.server.servers import Server

SECRET = "s3cr3t-v4lue"


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(tmp_path_factory.mktemp("operations"), service_token=SECRET) as found:
        yield found


def state_of(http: TestClient) -> State:
    found: State = http.app.state.sosie  # type: ignore[attr-defined]
    return found


def test_health_tells_of_each_back_end_of_the_chain_and_asks_nothing_paid(http: TestClient, tmp_path: Path) -> None:
    found = http.get("/api/health").json()
    assert (found["success"], found["status"], found["database"]) == (True, "ready", "SQLite")
    assert [row["name"] for row in found["embedders"]] == ["builtin"]
    assert http.get("/api/health/live").json() == {"status": "live"}
    assert http.get("/api/health/ready").json() == {"status": "ready"}
    http.patch("/api/settings", json={"values": {"embedders": ["clip", "service", "gemini", "builtin"]}})
    rows = {row["name"]: row for row in http.get("/api/health").json()["embedders"]}
    assert list(rows) == ["clip", "service", "gemini", "builtin"]
    assert rows["service"]["state"] == "not configured"
    assert rows["service"]["next_step"]
    assert rows["builtin"]["state"] == "working"
    http.patch("/api/settings", json={"values": {"embedders": None}})


def test_settings_tell_where_each_value_comes_from_and_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "sosie.toml"
    file.write_text("workers = 3\n")
    settings = Settings(workers=3, jobs_waiting=7, downloads=9, service_token=SECRET)
    environment = {"SOSIE_JOBS_WAITING": "7", "SOSIE_METHOD": "auto"}
    rows = {row.name: row for row in shown_settings(settings, {"similar_groups": "complete"}, environment, file)}
    assert rows["workers"].source == "file"
    assert rows["jobs_waiting"].source == "environment"
    assert rows["method"].source == "environment"
    assert rows["downloads"].source == "argument"
    assert rows["max_megabytes"].source == "default"
    assert (rows["similar_groups"].source, rows["similar_groups"].value) == ("server", "complete")
    assert (rows["service_token"].value, rows["service_token"].secret) == ("set", True)
    assert all(row.description for row in rows.values())
    assert SECRET not in str(rows)


def test_settings_are_changed_for_all_servers_of_the_database_and_taken_back(http: TestClient) -> None:
    state = state_of(http)
    answer = http.patch("/api/settings", json={"values": {"similarity_threshold": 0.8, "method": "hash"}})
    rows = {row["name"]: row for row in answer.json()["settings"]}
    assert (rows["similarity_threshold"]["value"], rows["similarity_threshold"]["source"]) == (0.8, "server")
    found = in_force(state.settings, AccessStore(state.catalogue))
    assert (found.similarity_threshold, found.method) == (0.8, "hash")
    back = http.patch("/api/settings", json={"values": {"similarity_threshold": None, "method": None}}).json()
    assert {row["name"]: row["source"] for row in back["settings"]}["method"] == "default"


@pytest.mark.parametrize(
    "values",
    [
        {"password": "new password"},
        {"unknown": 1},
        {"method": "magic"},
        {"method": []},
        {"similarity_threshold": 2},
        {"similarity_threshold": "a lot"},
        {"similarity_threshold": True},
        {"similarity_threshold": {}},
        {"embedders": [1]},
        {"embedders": {}},
        {"embedders": []},
        {"embedders": "clip,unknown"},
    ],
)
def test_a_setting_that_cannot_be_so_is_refused_with_a_next_step(http: TestClient, values: dict[str, Any]) -> None:
    answer = http.patch("/api/settings", json={"values": values})
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_models_and_storage_are_listed_and_pruned(http: TestClient) -> None:
    models = http.get("/api/models").json()["models"]
    assert "clip-vit-b32" in {model["name"] for model in models}
    assert {part["name"] for part in http.get("/api/cache").json()["parts"]} >= {"catalogue", "originals", "thumbnails"}
    assert http.post("/api/cache/prune", params={"max_bytes": 0}).status_code == 200
    assert http.post("/api/cache/prune", params={"max_bytes": -1}).status_code == 422


def test_numbers_are_counted_by_route_and_never_by_address(http: TestClient) -> None:
    http.get("/api/brands/no-such-brand")
    answer = http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'sosie_requests_total{method="GET",route="/api/brands/{key}",status="404"}' in answer.text
    assert "no-such-brand" not in answer.text
    for name in ("sosie_request_seconds_bucket", "sosie_jobs{", "sosie_images", "sosie_job_images_per_second"):
        assert name in answer.text


def test_who_changed_what_is_in_the_audit_log_and_who_looked_is_not(http: TestClient) -> None:
    http.post("/api/brands", json={"key": "audited"}, headers={"x-request-id": "my-request-1"})
    http.get("/api/brands/audited")
    http.delete("/api/brands/audited")
    http.delete("/api/brands/audited")
    found = http.get("/api/audit", params={"limit": 2}).json()
    assert [(row["method"], row["route"], row["status"]) for row in found["deeds"]] == [
        ("DELETE", "/api/brands/{key}", 204),
        ("POST", "/api/brands", 201),
    ]
    assert found["deeds"][0]["target"] == {"key": "audited"}
    assert found["deeds"][1]["request"] == "my-request-1"
    assert http.get("/api/audit", params={"cursor": found["next"]}).status_code == 200


def test_a_sane_request_id_is_kept_and_others_are_replaced(http: TestClient) -> None:
    assert http.get("/api/health/live", headers={"x-request-id": "abcdef-123"}).headers["x-request-id"] == "abcdef-123"
    for odd in ("", "x", "a b c d e f g h", "x" * 100):
        assert http.get("/api/health/live", headers={"x-request-id": odd}).headers["x-request-id"] != odd


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET https://user:pw@host.example/a?key=abc failed", "GET https://host.example/a?… failed"),
        ("Authorization: Bearer abcdefghij", "Authorization: … …"),
        ("api_key=abcdef, next", "api_key=…, next"),
        ("the file /srv/pictures/private/a.png is gone", "the file …/a.png is gone"),
        ("sosie_0123456789ab_secret-part", "…"),
        (r"of C:\Users\anna\a.png", "of …\\a.png"),
        ("See /openapi.json and /api/brands/x.", "See /openapi.json and /api/brands/x."),
        (f"value {SECRET} here", "value … here"),
    ],
)
def test_texts_lose_secrets_and_places(text: str, shown: str) -> None:
    found = discreet(text, (SECRET,))
    assert found == shown


def test_log_lines_carry_the_request_and_no_secret_path_or_query() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(Settings(log_format="json", service_token=SECRET)))
    log = logging.Logger("sosie.test")
    log.addHandler(handler)
    with bound_contextvars(request="r-1", job="j-1"):
        try:
            raise OSError(f"/srv/pictures/a.png of https://u:p@h.example/x?token=zzz with {SECRET}")
        except OSError:
            log.exception("reading failed: %s", "/srv/pictures/a.png")
    line = json.loads(stream.getvalue())
    assert (line["request"], line["job"], line["level"]) == ("r-1", "j-1", "error")
    assert line["error"].startswith("OSError: …/a.png of https://h.example/x?…")
    for hidden in ("/srv", "zzz", "u:p", SECRET, "/site-packages"):
        assert hidden not in stream.getvalue()


def test_a_running_server_logs_requests_as_json_and_nothing_of_what_they_hold(tmp_path: Path) -> None:
    env = {"SOSIE_LOG_FORMAT": "json", "SOSIE_SERVICE_TOKEN": SECRET}
    with Server(tmp_path, env) as server:
        http = server.client.http
        assert http.get("/api/brands/private-name?key=abcdef").status_code == 404
        assert http.post("/api/brands", json={"key": "acme"}).status_code == 201
    lines = [json.loads(line) for line in server.log if line.startswith("{")]
    answered = [line for line in lines if line["event"] == "answered"]
    assert {(line["route"], line["status"]) for line in answered} >= {("/api/brands/{key}", 404), ("/api/brands", 201)}
    assert all(line["request"] for line in answered)
    whole = "\n".join(server.log)
    for hidden in (SECRET, "private-name", "abcdef", str(tmp_path)):
        assert hidden not in whole


def test_the_command_shows_settings_and_snapshots_refuse_jobs_that_are_not_there(tmp_path: Path) -> None:
    env = {"SOSIE_DATA_DIR": str(tmp_path), "SOSIE_WORKERS": "2", "SOSIE_SERVICE_TOKEN": SECRET}
    run = sosie("config", "show", env=env)
    assert "workers = 2  (environment)" in run.stdout
    assert SECRET not in run.stdout
    assert not (tmp_path / "catalogue.db").exists()
    assert sosie("snapshot", "none", env=env).returncode == 2
