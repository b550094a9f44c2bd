"""Servers that start, or not, and what their operators allow."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sosie.config import Settings
from sosie.errors import UsageError
from sosie.server.security.access import check_access
from sosie.server.security.rates import Rates
from sosie.server.security.tokens import make_token
from sosie.store.access import AccessStore
from sosie.store.catalogue import Catalogue
from sosie.store.tries import Tries
from tests import redis_server
from tests.processes import sosie
from tests.server.gates import PASSWORD, bearer, serving


def test_whoever_fails_to_sign_in_often_has_to_wait_and_is_told_how_long(tmp_path: Path) -> None:
    with serving(tmp_path, password=PASSWORD) as http:
        statuses = [http.post("/api/session", json={"password": "wrong"}).status_code for _ in range(6)]
        assert statuses == [401] * 5 + [429]
        late = http.post("/api/session", json={"password": PASSWORD})
        assert late.status_code == 429
        assert int(late.headers["retry-after"]) >= 1


def test_a_client_that_asks_too_often_has_to_wait(tmp_path: Path) -> None:
    with serving(tmp_path, password=PASSWORD, requests_per_second=1.0) as http:
        answers = [http.get("/api/session") for _ in range(15)]
    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].headers["content-type"] == "application/problem+json"


def test_names_that_the_operator_lists_are_known(tmp_path: Path) -> None:
    hosts = ("sosie.example", "*.corp.example")
    with serving(tmp_path, allowed_hosts=hosts) as http:
        for host, status in (("sosie.example", 200), ("a.corp.example:80", 200), ("corp.example", 421), ("x", 421)):
            assert http.get("/api/brands", headers={"host": host}).status_code == status


def test_sites_that_the_operator_lists_may_ask(tmp_path: Path) -> None:
    site = {"origin": "https://tools.example", "sec-fetch-site": "cross-site"}
    with serving(tmp_path, allowed_origins=("https://tools.example",)) as http:
        asked = http.options("/api/brands", headers={**site, "access-control-request-method": "POST"})
        assert asked.headers["access-control-allow-origin"] == "https://tools.example"
        assert "access-control-allow-credentials" not in asked.headers
        answer = http.post("/api/brands", json={"key": "acme"}, headers=site)
        assert answer.status_code == 201
        assert answer.headers["access-control-allow-origin"] == "https://tools.example"
        assert "Origin" in answer.headers["vary"]


def test_for_other_machines_the_server_starts_only_when_somebody_could_sign_in(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="SOSIE_PASSWORD"):
        check_access(Settings(data_dir=tmp_path), everywhere=True)
    check_access(Settings(data_dir=tmp_path, password=PASSWORD), everywhere=True)
    with pytest.raises(UsageError, match="too short"):
        check_access(Settings(data_dir=tmp_path, password="short"), everywhere=True)
    with pytest.raises(UsageError, match="damaged"):
        check_access(Settings(data_dir=tmp_path, password="$argon2id$broken"), everywhere=True)
    with pytest.raises(UsageError, match="cannot be read"):
        check_access(Settings(data_dir=tmp_path, password_file=tmp_path / "none"), everywhere=True)
    (tmp_path / "password").write_text(PASSWORD + "\n")
    check_access(Settings(data_dir=tmp_path, password_file=tmp_path / "password"), everywhere=True)
    with Catalogue.of(Settings(data_dir=tmp_path)) as catalogue:
        AccessStore(catalogue).add_token(make_token("ci", "viewer")[0])
    check_access(Settings(data_dir=tmp_path), everywhere=True)
    assert (tmp_path / "session.key").stat().st_mode & 0o077 == 0


def test_the_command_refuses_to_serve_other_machines_unasked(tmp_path: Path) -> None:
    run = sosie("serve", "--host", "0.0.0.0", "--port", "0", env={"SOSIE_DATA_DIR": str(tmp_path)})
    assert run.returncode == 2
    assert "sosie token add" in run.stderr


def test_tokens_are_made_listed_and_removed_on_the_command_line(tmp_path: Path) -> None:
    env = {"SOSIE_DATA_DIR": str(tmp_path)}
    secret = sosie("token", "add", "ci", "--role", "reviewer", env=env).stdout.strip()
    assert secret.startswith("sosie_")
    assert "reviewer" in sosie("token", "list", env=env).stdout
    assert sosie("token", "add", "ci", env=env).returncode == 2
    with serving(tmp_path) as http:
        assert http.post("/api/brands", json={"key": "a"}, headers=bearer(secret)).status_code == 403
        assert http.get("/api/brands", headers=bearer(secret)).status_code == 200
    assert sosie("token", "remove", "ci", env=env).returncode == 0
    assert secret not in sosie("token", "list", "--json", env=env).stdout


def test_sign_ins_that_fail_count_for_all_servers_of_a_database(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "catalogue.db") as one, Catalogue(tmp_path / "catalogue.db") as other:
        first, second = Tries(one), Tries(other)
        assert [(first, second)[turn % 2].begin("client", 100.0) for turn in range(5)] == [0.0] * 5
        assert (first.begin("client", 101.0), second.begin("client", 101.0)) == (9.0, 9.0)
        assert second.begin("another", 101.0) == 0.0
        assert second.begin("client", 110.0) == 0.0
        assert first.begin("client", 111.0) == 19.0, "each time twice as long"
        first.succeed("client")
        assert second.begin("client", 111.0) == 0.0
        assert first.begin("client", 5000.0) == 0.0


def waited(rates: Rates, client: str) -> float:
    """Seconds that a client has to wait; asked in a thread, since this one may have a loop of a browser's."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, rates.wait(client)).result()


def test_requests_are_counted_over_all_servers_that_share_a_redis(tmp_path: Path) -> None:
    with redis_server.running(tmp_path) as url:
        one, other = Rates(1.0, url), Rates(1.0, url)
        try:
            waits = [waited((one, other)[turn % 2], "client") for turn in range(14)]
            assert waits[:10] == [0.0] * 10
            assert 0 < waits[-1] <= 1
            assert waited(other, "another") == 0.0
        finally:
            one.close()
            other.close()
    alone = Rates(1.0, url)
    try:
        assert [waited(alone, "client") for _ in range(10)] == [0.0] * 10
        assert waited(alone, "client") > 0, "without Redis each server counts for itself"
    finally:
        alone.close()
    with pytest.raises(UsageError, match="redis_url"):
        Rates(1.0, "nonsense://x")
