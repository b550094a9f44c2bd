"""What a job of the server does with brands goes by the settings of the engine, and comes to the same."""

from __future__ import annotations

import json
from pathlib import Path

from sosie.config import Settings
from sosie.pipeline.jobs import fetch_brand, process_brands
from sosie.pipeline.progress import ignore
from sosie.store.brands import Brand, Brands, SourceSpec
from sosie.store.catalogue import Catalogue
from tests.server.service import draw_brands

BRANDS = ("acme", "zeta")


def processed(pictures: Path, settings: Settings) -> str:
    with Catalogue.of(settings) as catalogue:
        for key in BRANDS:
            spec = SourceSpec("folder", {"path": str(pictures / key)}, trusted=True)
            Brands(catalogue).save(Brand(key=key, sources=(spec,)))
            fetch_brand(key, settings, ignore)
        report = process_brands(catalogue, BRANDS, settings, ignore)
    assert len(report.groups) >= 2
    return json.dumps({**json.loads(report.to_json()), "timings": {}})


def test_brands_processed_by_tasks_give_the_same_report(tmp_path: Path) -> None:
    draw_brands(tmp_path / "pictures")
    plain = Settings(data_dir=tmp_path / "plain", embedders=("builtin",))
    tasks = Settings(
        data_dir=tmp_path / "tasks", embedders=("builtin",), shards=3, workers=1, run_dir=tmp_path / "runs"
    )
    assert processed(tmp_path / "pictures", plain) == processed(tmp_path / "pictures", tasks)
    assert [path.suffix for path in (tmp_path / "runs").iterdir()] == [".lock"]
