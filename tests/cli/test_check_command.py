"""`sosie check`: is this picture in the catalogue already?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sosie.cli.app import app
from tests.pictures import folder_of, picture, write
from tests.processes import sosie


def test_an_edit_is_found_a_stranger_is_not_and_the_same_bytes_are_known(tmp_path: Path) -> None:
    files = folder_of(tmp_path / "shots", 3, longest=300)
    assert sosie("scan", str(tmp_path / "shots"), "--quiet").returncode == 0
    edit = write(tmp_path / "edit.jpg", picture(1, longest=300)[::-1], quality=60)
    run = sosie("check", str(edit), "--json")
    assert run.returncode == 1, run.stderr
    found = json.loads(run.stdout)
    assert [Path(uri).name for uri in found["matches"][0]["uris"]] == ["001.jpg"]
    assert (found["known"], found["matches"][0]["relation"]) == (False, "copy")
    stranger = write(tmp_path / "stranger.jpg", picture(77, longest=300))
    run = sosie("check", str(stranger))
    assert (run.returncode, run.stdout) == (0, "The catalogue has nothing that is this picture.\n")
    twin = tmp_path / "twin.jpg"
    twin.write_bytes(files[2].read_bytes())
    run = sosie("check", str(twin))
    assert run.returncode == 1
    assert run.stdout.startswith("This very file is in the catalogue.\n  identical 1.000  ")
    assert sosie("check", str(tmp_path / "nothing.jpg")).returncode == 2
    (tmp_path / "notes.png").write_bytes(b"no picture")
    assert sosie("check", str(tmp_path / "notes.png")).stderr.startswith(f"sosie: {tmp_path / 'notes.png'} is not an")


@pytest.mark.parametrize(
    "command",
    [("check", "a.jpg"), ("similar", "a.jpg"), ("decide", "list"), ("cache", "stats"), ("audit",), ("brand", "list")],
)
def test_a_catalogue_that_is_read_and_not_there_is_refused_not_made(command: tuple[str, ...], tmp_path: Path) -> None:
    wrong = tmp_path / "catalgoue.db"
    answer = CliRunner().invoke(app, [*command, "--catalog", str(wrong)])
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert f"There is no catalogue at {wrong}." in answer.stderr
    assert not wrong.exists()
