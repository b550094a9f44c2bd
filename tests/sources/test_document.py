"""docs/sources.md says what the program does."""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import MISSING, fields
from importlib import import_module
from pathlib import Path

import pytest

from sosie.errors import UsageError
from sosie.pipeline.declaring import declare_brands
from sosie.server.schemas.brands import SourceSpec
from sosie.sources.base import Source, Web
from sosie.sources.specs import KINDS, Handed, check_settings, kinds, make_source, settings_of
from sosie.store.brands import Brands
from sosie.store.catalogue import Catalogue
from sosie.types import ImageRef, Skipped
from tests.contract.loopback import Loopback, Reply
from tests.processes import sosie

PAGE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## `(\w+)`\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL))
PYTHON = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def default_of(kind: str, name: str) -> str:
    module, _, made = KINDS[kind].partition(":")
    (found,) = (item.default for item in fields(getattr(import_module(module), made)) if item.name == name)
    return "" if found in (MISSING, "", ()) else f"`{str(found).lower() if isinstance(found, bool) else found}`"


def test_every_kind_has_a_section() -> None:
    assert list(SECTIONS) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_section_has_every_setting_with_its_default_and_no_other(kind: str) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*?) ?\|", SECTIONS[kind], re.MULTILINE))
    assert rows == {name: default_of(kind, name) for name in settings_of(kind)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_settings_file_of_a_section_declares_a_brand_with_that_kind(kind: str, tmp_path: Path) -> None:
    (text,) = re.findall(r"^```toml\n(.*?)^```", SECTIONS[kind], re.MULTILINE | re.DOTALL)
    (tmp_path / "sosie.toml").write_text(text)
    with Catalogue(tmp_path / "c.db") as catalogue:
        declare_brands(Brands(catalogue), tmp_path / "sosie.toml")
        (brand,) = Brands(catalogue).all()
    assert [spec.kind for spec in brand.sources] == [kind]
    for spec in brand.sources:
        check_settings(spec.kind, spec.settings)


def test_the_command_line_of_a_section_is_taken() -> None:
    for number, (kind, section) in enumerate(SECTIONS.items()):
        (line,) = re.findall(r"^    sosie (brand add .*)$", section, re.MULTILINE)
        arguments = shlex.split(line.replace("acme ", f"acme-{number} ", 1))
        run = sosie(*arguments)
        assert run.returncode == 0, f"{kind}: {run.stderr}"


def test_the_source_that_anybody_could_write_works_once_its_package_is_installed(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (text,) = PYTHON
    assert len(text.splitlines()) <= 35
    (tmp_path / "sosie_museum.py").write_text(text)
    info = tmp_path / "sosie_museum-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sosie-museum\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[sosie.sources]\nmuseum = sosie_museum:MuseumSource\nlost = nowhere:Lost\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    works = {"works": [{"id": 1, "picture": "https://h/1.jpg", "name": "One", "artist": "A"}, {"id": 2}]}
    with Loopback(lambda _: Reply.of(works)) as server:
        handed = Handed(brand="prints", web=web, uploads=tmp_path)
        source: Source = make_source("museum", {"url": server.url}, handed)
        found = list(source.refs())
    assert found == [
        ImageRef("https://h/1.jpg", "prints", "One", {"artist": "A"}),
        Skipped(f"{server.url}#2", "has no picture"),
    ]
    assert list(kinds()) == [*KINDS, "museum", "lost"]
    with pytest.raises(UsageError, match="cannot be loaded"):
        settings_of("lost")
    sys.modules.pop("sosie_museum")


def test_the_api_takes_and_shows_kinds_of_other_packages() -> None:
    assert SourceSpec(kind="museum").kind == "museum"
    with pytest.raises(ValueError, match="kind"):
        SourceSpec(kind="../museum")
