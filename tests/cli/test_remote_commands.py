"""Letting a server do the work."""

from __future__ import annotations

import json
from pathlib import Path

from tests.pictures import picture, write
from tests.processes import sosie
from tests.server.servers import Server

PASSWORD = "correct horse battery"


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


def test_what_a_server_cannot_do_is_said(tmp_path: Path) -> None:
    for command in (("plan",), ("explain", "a", "b"), ("decide",)):
        run = sosie("--server", "http://127.0.0.1:9", *command)
        assert run.returncode == 2
        assert "this machine only" in run.stderr
    gone = sosie("--server", "http://127.0.0.1:9", "brand", "list")
    assert gone.returncode == 4
    assert "cannot be reached" in gone.stderr
    assert sosie("--server", "ftp://host", "brand", "list").returncode == 2
