"""What people mistype: refused in one line that says what to do, and nothing is made by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sosie.cli.app import app
from sosie.config import load_settings
from sosie.errors import UsageError
from sosie.store.catalogue import Catalogue
from tests.pictures import picture, write


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOSIE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(*command: object, code: int = 2) -> str:
    result = CliRunner().invoke(app, [str(part) for part in command])
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    assert "Errno" not in result.stderr
    return result.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["plan"],
        ["apply", "plan.json"],
        ["export", "groups.csv"],
        ["rules", "test", "rules.toml"],
        ["rules", "use", "rules.toml"],
        ["rules", "show"],
        ["token", "add", "anna"],
        ["token", "list"],
        ["token", "remove", "anna"],
        ["brand", "remove", "acme"],
        ["brand", "sync", "acme"],
        ["decide", "keep", "0" * 64],
    ],
    ids=" ".join,
)
def test_a_mistyped_catalogue_is_refused_and_not_made(here: Path, command: list[str]) -> None:
    assert "There is no catalogue at nope.db. Check its spelling" in told(*command, "--catalog", "nope.db")
    assert not list(here.iterdir())


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["rules", "test", "nope.toml"], "The rules nope.toml cannot be read (No such file or directory)."),
        (["decide", "import", "nope.csv"], "nope.csv cannot be read (No such file or directory)."),
        (["apply", "nope.json"], "The plan nope.json cannot be read (No such file or directory)."),
        (
            ["explain", "a.png", "b.png", "--save", "no/proof.png"],
            "written to no/proof.png (No such file or directory)",
        ),
        (["plan", "--method", "webhook", "--target", "notaurl"], "notaurl is no address to call."),
        (["plan", "--method", "webhook", "--target", "https://"], "https:// is no address to call."),
        (["export", "groups"], "groups does not say by its suffix what to write. Choose --format from csv,"),
        (["export", "groups.txt"], "groups.txt has no known suffix."),
        (["token", "remove", "nobody"], "There is no such token."),
        (["snapshot", "0" * 22], "There is no job"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_told_in_one_line(here: Path, command: list[str], expected: str) -> None:
    for number, name in enumerate(("a.png", "b.png")):
        write(here / name, picture(number, longest=120))
    CliRunner().invoke(app, ["scan", ".", "--method", "hash", "--quiet"])
    before = sorted(here.iterdir())
    found = told(*command) if command[0] != "explain" else CliRunner().invoke(app, command).stderr
    assert expected in found
    assert found.count("\n") <= 2, found
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("workers", "abc", "a number is wanted"),
        ("workers", "2.5", "a whole number is wanted"),
        ("workers", "-1", "at least 0"),
        ("jobs_at_once", "0", "at least 1"),
        ("similarity_threshold", "high", "a number is wanted"),
        ("gemini_dims", "nan", "a whole number is wanted"),
    ],
)
def test_a_setting_that_cannot_be_says_what_is_wanted(name: str, value: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected) as refused:
        load_settings(environment={f"SOSIE_{name.upper()}": value})
    assert "literal" not in str(refused.value)


def test_a_port_that_is_none_is_refused() -> None:
    assert "99999 is not in the range" in told("embed", "serve", "--port", "99999")


def test_what_is_not_there_ends_the_program_as_wrong_use_does(here: Path) -> None:
    Catalogue(here / "data/catalogue.db").close()
    assert "There is no brand nope" in told("brand", "remove", "nope")
    assert "There is no run" in told("undo", "nope", "--yes")
