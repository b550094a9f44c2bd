"""`sosie brand` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sosie.config import load_settings
from sosie.errors import UsageError
from sosie.pipeline.declaring import declare_brands, declare_in_catalogue
from sosie.report import Report
from sosie.store.brands import Brands
from sosie.store.catalogue import Catalogue
from tests.pictures import encoded, folder_of, picture
from tests.processes import sosie
from tests.web import Site

ALLOW = {"SOSIE_ALLOWED_NETWORKS": "127.0.0.0/8"}


def test_a_brand_goes_from_its_declaration_to_its_duplicates(tmp_path: Path) -> None:
    folder_of(tmp_path / "nike", 3)
    (tmp_path / "nike" / "again.jpg").write_bytes((tmp_path / "nike" / "001.jpg").read_bytes())
    assert sosie("brand", "list").stdout.startswith("There is no brand yet")
    added = sosie("brand", "add", "nike", "--name", "Nike", "--folder", tmp_path / "nike")
    assert (added.returncode, added.stderr) == (0, "")
    assert "sosie brand sync nike" in added.stdout
    early = sosie("scan", "--brand", "nike")
    assert (early.returncode, early.stdout, early.stderr.count("\n")) == (2, "", 1)
    assert "Run sosie brand sync nike first." in early.stderr
    synced = sosie("brand", "sync")
    assert (synced.returncode, synced.stdout) == (0, "nike: 4 images, 0 fetched (0.0 MB)\n")
    (row,) = json.loads(sosie("brand", "list", "--json").stdout)["brands"]
    assert (row["key"], row["name"], row["images"], row["state"]) == ("nike", "Nike", 4, "ready")
    assert "nike" in sosie("brand", "list").stdout
    report = Report.from_json(sosie("scan", "--brand", "nike", "--method", "hash", "--json").stdout)
    assert len(report.groups) == 1
    assert {image.brand for image in report.images} == {"nike"}
    assert sosie("brand", "remove", "nike").returncode == 0
    assert json.loads(sosie("brand", "list", "--json").stdout) == {"brands": []}


def test_a_source_that_fails_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    with Site() as site:
        site.pages["/0.jpg"] = encoded(picture(0))
        site.pages["/list.csv"] = f"title,image_url\nShoe,{site.url}/0.jpg\n".encode()
        api = f"{site.url}/api?brand={{brand}}&token=s3cret"
        assert sosie("brand", "add", "nike", "--urls", f"{site.url}/list.csv", "--api", api).returncode == 0
        run = sosie("brand", "sync", "nike", "--json", env=ALLOW)
        assert run.returncode == 4
        (found,) = json.loads(run.stdout)["brands"]
        assert (found["images"], found["fetched"]) == (1, 1)
        assert "does not know the brand nike" in run.stderr
        assert "s3cret" not in run.stderr + run.stdout
        assert "allowed_networks" in sosie("brand", "sync", "nike").stderr


def test_any_kind_of_source_may_be_declared_by_its_settings(tmp_path: Path) -> None:
    run = sosie("brand", "add", "nike", "--source", "urls", "--set", "url=https://x.example/l", "--set", "format=txt")
    assert run.returncode == 0
    (row,) = json.loads(sosie("brand", "list", "--json").stdout)["brands"]
    assert row["sources"] == [{"kind": "urls", "settings": {"format": "txt", "url": "https://x.example/l"}}]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("add", "Nike Air"), "cannot be called"),
        (("add", "x", "--source", "magic"), "no kind of source"),
        (("add", "x", "--source", "urls", "--set", "colour=red"), "no setting colour"),
        (("sync", "none"), "no brand none"),
        (("add", "x", "--folder", ""), "no name"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(arguments: tuple[str, ...], expected: str) -> None:
    run = sosie("brand", *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert expected in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_a_brand_that_is_there_is_declared_anew_only_when_asked() -> None:
    assert sosie("brand", "add", "nike").returncode == 0
    assert "--replace" in sosie("brand", "add", "nike").stderr
    assert sosie("brand", "add", "nike", "--replace").returncode == 0


def test_brands_of_the_settings_file_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path / "pictures", 2)
    (tmp_path / "sosie.toml").write_text(
        'method = "hash"\n[[brand]]\nkey = "levis-1"\nname = "Levi\'s"\nevery_hours = 24\n'
        f'sources = [{{kind = "folder", path = "{(tmp_path / "pictures").as_posix()}"}}]\n'
    )
    monkeypatch.chdir(tmp_path)
    assert sosie("brand", "sync", "levis-1").stdout.startswith("levis-1: 2 images")
    (row,) = json.loads(sosie("brand", "list", "--json").stdout)["brands"]
    assert (row["name"], row["every_hours"]) == ("Levi's", 24)
    (tmp_path / "sosie.toml").write_text('[[brand]]\nkey = "puma"\n')
    settings = load_settings()
    declare_in_catalogue(settings)
    with Catalogue.of(settings) as catalogue:
        assert [brand.key for brand in Brands(catalogue).all()] == ["levis-1", "puma"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[brand]]\nname = 'x'", "no key"),
        ("[[brand]]\nkey = 'x'\ncolor = 'red'", "color"),
        ("[[brand]]\nkey = 'x'\nevery_hours = 'often'", "often"),
        ("[[brand]]\nkey = 'x'\nsources = 5", "sources"),
        ("[[brand]]\nkey = 'x'\nsources = [{kind = 'folder'}]", "path"),
        ("brand = 5", r"\[\[brand\]\]"),
    ],
)
def test_a_table_that_cannot_be_is_refused(text: str, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "sosie.toml"
    file.write_text(text)
    with Catalogue(tmp_path / "c.db") as catalogue, pytest.raises(UsageError, match=expected):
        declare_brands(Brands(catalogue), file)
