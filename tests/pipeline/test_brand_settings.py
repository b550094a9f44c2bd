"""Settings that a brand has of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sosie.config import Settings
from sosie.errors import UsageError
from sosie.pipeline.brand_settings import checked_settings, for_comparing, for_fetching
from sosie.pipeline.declaring import brand_of
from sosie.report import Report
from sosie.store.brands import Brand, Brands
from sosie.store.catalogue import Catalogue
from tests.pictures import encoded, folder_of, picture
from tests.processes import sosie
from tests.web import Site

ALLOW = {"SOSIE_ALLOWED_NETWORKS": "127.0.0.0/8"}


def brand(key: str, **own: Any) -> Brand:
    return Brand(key=key, settings=checked_settings(own))


def test_what_brands_agree_on_goes_before_the_server_and_what_was_chosen_before_both() -> None:
    server = Settings(method="auto", similarity_threshold=0.9)
    ties = brand("ties", method="hash", similarity_threshold="0.94", embedders="clip,builtin")
    shoes = brand("shoes", method="hash", similarity_threshold=0.8)
    alone = for_comparing(server, [ties], {})
    assert (alone.method, alone.similarity_threshold, alone.embedders) == ("hash", 0.94, ("clip", "builtin"))
    together = for_comparing(server, [ties, shoes], {})
    assert (together.method, together.similarity_threshold) == ("hash", 0.9)
    assert for_comparing(server, [ties, brand("plain")], {}) == server
    assert for_comparing(server, [ties], {"method": "auto"}).method == "auto"
    assert for_comparing(server, [], {}) == server


def test_a_brand_is_fetched_its_own_way() -> None:
    server = Settings(downloads=16, download_megabytes=100)
    found = for_fetching(server, brand("ties", downloads=2, download_megabytes="0.5", method="hash"))
    assert (found.downloads, found.download_megabytes, found.method) == (2, 0.5, server.method)


@pytest.mark.parametrize(
    ("own", "expected"),
    [({"colour": "red"}, "no setting 'colour'"), ({"method": "magic"}, "cannot be 'magic'"), ({"downloads": 0}, "1")],
)
def test_a_setting_that_cannot_be_is_refused(own: dict[str, Any], expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        brand_of({"key": "ties", "settings": own})


def test_settings_are_kept_changed_and_forgotten_with_their_brand(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "c.db") as catalogue:
        brands = Brands(catalogue)
        brands.save(brand("ties", embedders=["clip"], downloads=3))
        brands.save(brand("shoes"))
        assert [dict(row.settings) for row in brands.all()] == [{}, {"embedders": ["clip"], "downloads": 3}]
        brands.save(brand("ties", downloads=4))
        assert brands.wanted("ties").settings == {"downloads": 4}
        brands.remove("ties")
        assert brands.save(brand("ties")).settings == {}


def test_a_scan_of_a_brand_goes_by_its_settings_and_arguments_before_them(tmp_path: Path) -> None:
    folder_of(tmp_path / "ties", 2)
    table = '[[brand]]\nkey = "ties"\nsettings = { method = "hash" }\n'
    (tmp_path / "sosie.toml").write_text(f'{table}sources = [{{ kind = "folder", path = "{tmp_path / "ties"}" }}]\n')
    assert sosie("brand", "sync", "ties", cwd=tmp_path).returncode == 0
    methods = []
    for more in ((), ("--method", "auto")):
        run = sosie("scan", "--brand", "ties", "--json", *more, cwd=tmp_path, env={"SOSIE_EMBEDDERS": "none"})
        methods.append(Report.from_json(run.stdout).params["method"])
    assert methods == ["hash", "auto"]


def test_a_limit_of_its_own_holds_for_the_downloads_of_a_brand_alone() -> None:
    with Site() as site:
        site.pages["/0.png"] = encoded(picture(0, longest=400), "PNG")
        site.pages["/list.txt"] = f"{site.url}/0.png\n".encode()
        for key, own in (("small", ("--setting", "download_megabytes=0.002")), ("large", ())):
            assert sosie("brand", "add", key, "--urls", f"{site.url}/list.txt", *own).returncode == 0
        run = sosie("brand", "sync", "--json", env=ALLOW)
        found = {row["brand"]: row for row in json.loads(run.stdout)["brands"]}
    assert (found["small"]["images"], found["large"]["images"]) == (0, 1)
    assert "larger than" in found["small"]["skipped"][0]["reason"]
    listed = {row["key"]: row["settings"] for row in json.loads(sosie("brand", "list", "--json").stdout)["brands"]}
    assert listed == {"small": {"download_megabytes": 0.002}, "large": {}}
