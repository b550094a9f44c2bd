"""Letting a server do the work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.pictures import picture, write
from tests.processes import sosie
from tests.server.servers import Server

PASSWORD = "correct horse battery"
Ask = Callable[..., str]


def test_a_server_takes_files_finds_their_duplicates_and_checks_an_image(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    write(pictures / "a.png", picture(1, longest=320))
    write(pictures / "inner" / "a-small.jpg", picture(1, longest=200))
    write(pictures / "b.png", picture(2, longest=320))
    (pictures / ".hidden.png").write_bytes(b"not to be brought")
    data = tmp_path / "data"
    token = sosie("token", "add", "ci", "--role", "reviewer", env={"SOSIE_DATA_DIR": str(data)}).stdout.strip()
    with Server(data, {"SOSIE_PASSWORD": PASSWORD}) as server:
        env = {"SOSIE_SERVER": server.url, "SOSIE_TOKEN": token}
        run = sosie("scan", str(pictures), "--brand", "acme", "--json", "--quiet", env=env)
        assert run.returncode == 0, run.stderr
        report = json.loads(run.stdout)
        assert len(report["images"]) == 3
        assert [len(group["members"]) for group in report["groups"]] == [2]
        assert sosie("check", str(pictures / "b.png"), env=env).returncode == 1
        assert "acme" in sosie("brand", "list", env=env).stdout
        assert "done" in sosie("jobs", env=env).stdout
        refused = sosie("brand", "remove", "acme", env=env)
        assert refused.returncode == 4
        assert "SOSIE_TOKEN" in refused.stderr
        stranger = sosie("brand", "list", env={**env, "SOSIE_TOKEN": "wrong"})
        assert stranger.returncode == 4
        assert "SOSIE_TOKEN" in stranger.stderr


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    pixels = picture(1, longest=320)
    write(folder / "a.png", pixels)
    write(folder / "a-small.jpg", picture(1, longest=200))
    write(folder / "b.png", picture(2, longest=320))
    return folder


@pytest.fixture(scope="module")
def remote(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks a server that has processed a folder, as its admin."""
    data = tmp_path_factory.mktemp("data")
    token = sosie("token", "add", "boss", "--role", "admin", env={"SOSIE_DATA_DIR": str(data)}).stdout.strip()
    env = {"SOSIE_PASSWORD": PASSWORD, "SOSIE_ALLOWED_ROOTS": str(shop), "SOSIE_EMBEDDERS": "builtin"}
    with Server(data, env) as server:

        def ask(*command: str, code: int = 0) -> str:
            run = sosie(*command, env={"SOSIE_SERVER": server.url, "SOSIE_TOKEN": token})
            assert run.returncode == code, run.stderr
            return run.stdout or run.stderr

        assert "1 source" in ask("brand", "add", "acme", "--folder", str(shop))
        ask("brand", "add", "acme", "--folder", str(shop), code=2)
        ask("brand", "add", "acme", "--name", "Acme", "--folder", str(shop), "--replace")
        ask("brand", "sync", "acme", "--quiet")
        yield ask


def test_a_server_explains_two_files_as_this_machine_does(remote: Ask, shop: Path, tmp_path: Path) -> None:
    a, b = str(shop / "a.png"), str(shop / "a-small.jpg")
    told = remote("explain", a, b, "--save", str(tmp_path / "proof.png"))
    here = sosie("explain", a, b).stdout
    assert told.splitlines()[2:] == here.splitlines()[2:]
    assert "are copies of one picture" in told
    with Image.open(tmp_path / "proof.png") as page:
        assert page.width > 400
    assert json.loads(remote("explain", a, str(shop / "b.png"), "--json"))["edge"] is None
    (tmp_path / "no.png").write_bytes(b"no picture")
    assert "no.png" in remote("explain", a, str(tmp_path / "no.png"), code=4)


def test_a_server_finds_what_is_like_an_image_and_says_what_words_need(remote: Ask, shop: Path) -> None:
    found = json.loads(remote("similar", str(shop / "a-small.jpg"), "--json"))
    assert found["hits"][0]["uris"] == [str(shop / "a.png")]
    assert "a.png" in remote("similar", str(shop / "a-small.jpg"), "--count", "1")
    assert "vectors" in remote("search", "a red shoe", code=2)


def test_a_server_tells_as_what_it_has_an_image_and_where(remote: Ask, shop: Path, tmp_path: Path) -> None:
    edit = write(tmp_path / "edit.jpg", picture(1, longest=240), quality=60)
    told = remote("check", str(edit), code=1).splitlines()
    assert any(line.startswith("  copy ") and str(shop / "a.png") in line for line in told), told


def test_files_are_decided_on_planned_dropped_and_brought_back_on_a_server(remote: Ask, shop: Path) -> None:
    small = shop / "a-small.jpg"
    remote("decide", "keep", str(shop / "a.png"), "--reason", "the master")
    remote("decide", "drop", str(small), "--keeper", str(shop / "a.png"))
    assert remote("decide", "list").count("\n") == 3
    assert "the master" in remote("audit", str(shop / "a.png"))
    assert "drop" in remote("plan")
    plan = json.loads(remote("plan", "--json"))
    assert (plan["total_drops"], plan["drops"][0]["uri"]) == (1, str(small))
    assert "1 file" in remote("apply", plan["id"])
    assert json.loads(remote("apply", plan["id"], "--json")) == plan
    assert "`plan` makes one" in remote("apply", "../../x", code=2)
    assert small.exists()
    remote("apply", plan["id"], "--yes")
    assert not small.exists()
    assert "1 done" in remote("audit", "--runs")
    assert "1 file" in remote("undo", "--last")
    assert json.loads(remote("undo", "--last", "--json"))["done"] == 1
    remote("undo", "--last", "--yes")
    assert small.exists()
    remote("undo", "--last", "--yes", code=2)
    remote("decide", "open", str(small), str(shop / "a.png"))


def test_rules_exports_tokens_settings_and_storage_of_a_server_are_reached(remote: Ask, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(remote("rules", "show"))
    remote("rules", "test", str(rules))
    remote("rules", "use", str(rules))
    remote("export", str(tmp_path / "groups.csv"))
    assert "a-small.jpg" in (tmp_path / "groups.csv").read_text(encoding="utf-8-sig")
    secret = remote("token", "add", "ci").strip()
    assert secret.startswith("sosie_")
    assert "viewer" in remote("token", "list")
    remote("token", "remove", "ci")
    remote("token", "remove", "ci", code=2)
    assert "allowed_roots" in remote("config", "show")
    assert "catalogue" in remote("cache", "stats")
    assert "Nothing was touched" in remote("cache", "prune")
    remote("cache", "prune", "--yes")
    assert "/api/tokens" in remote("audit", "--deeds")
    remote("audit")


def test_a_list_of_addresses_in_a_file_is_sent_to_the_server(remote: Ask, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("# shoes\nhttps://shop.example/a.jpg\n\nhttps://shop.example/b.jpg\n")
    remote("brand", "add", "listed", "--urls", str(tmp_path / "list.txt"))
    rows = {row["key"]: row for row in json.loads(remote("brand", "list", "--json"))["brands"]}
    assert len(rows["listed"]["sources"][0]["settings"]["urls"]) == 2
    (tmp_path / "table.csv").write_text("url,title\nhttps://shop.example/a.jpg,A\n")
    remote("brand", "add", "other", "--urls", str(tmp_path / "table.csv"), code=2)
    remote("brand", "remove", "listed")


def test_what_a_server_cannot_do_is_said(tmp_path: Path) -> None:
    run = sosie("--server", "http://127.0.0.1:9", "calibrate")
    assert run.returncode == 2
    assert "this machine only" in run.stderr
    gone = sosie("--server", "http://127.0.0.1:9", "brand", "list")
    assert gone.returncode == 4
    assert "cannot be reached" in gone.stderr
    assert sosie("--server", "ftp://host", "brand", "list").returncode == 2
    here = sosie("--server", "http://127.0.0.1:9", "models", "list")
    assert here.returncode == 0
    assert here.stderr == "`sosie models` works on this machine; the server is not asked.\n"
