"""The same pictures give the same groups and edges, whatever their names, order and the machine's mood."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from sosie.config import load_settings
from sosie.pipeline import find_duplicates
from sosie.report import Report
from tests.pictures import encoded, picture
from tests.processes import python

FILES = 18

_SCAN = """
import sys, sosie
report = sosie.find_duplicates(sys.argv[1], settings=sosie.load_settings({"workers": int(sys.argv[2])}))
print(report.to_json())
"""


@pytest.fixture(scope="module")
def files() -> list[bytes]:
    """Originals, copies of several kinds and twins, as bytes."""
    found = []
    for seed in range(4):
        pixels = picture(seed, longest=160)
        quarter = pixels.transpose(1, 0, 2)[::-1].copy()
        found += [
            encoded(pixels, "PNG"),
            encoded(pixels, "BMP"),
            encoded(pixels[:, ::-1]),
            encoded(quarter, quality=60),
        ]
    return [*found, encoded(picture(8, longest=160)), encoded(picture(9, longest=160))]


def place(files: list[bytes], folder: Path, seed: int) -> Path:
    """The files under names that another seed gives to others, in other folders."""
    order = list(range(len(files)))
    random.Random(seed).shuffle(order)
    for name, number in enumerate(order):
        path = folder / f"{seed}-{name % 3}" / f"{name:02}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[number])
    return folder


def by_content(report: Report) -> tuple[object, ...]:
    """All that a report says, with contents for images."""
    sha = [image.sha256 for image in report.images]
    groups = {(g.relation, frozenset(sha[m] for m in g.members), sha[g.keeper], g.gain) for g in report.groups}
    edges = {(frozenset((sha[e.a], sha[e.b])), e.relation, e.score, e.evidence.pdq_distance) for e in report.edges}
    return sorted(sha), groups, edges, {(image.sha256, image.compared) for image in report.images}


def test_shuffled_orders_renamed_folders_and_worker_counts_give_the_same(files: list[bytes], tmp_path: Path) -> None:
    results = []
    for seed in range(3):
        settings = load_settings({"catalog": tmp_path / f"{seed}.db", "workers": seed + 1, "method": "hash"})
        report = find_duplicates(place(files, tmp_path / str(seed), seed), settings=settings)
        assert len(report.images) == FILES
        results.append(by_content(report))
    assert results[0] == results[1] == results[2]
    assert len(results[0][1]) == 4  # type: ignore[arg-type]


def test_hash_seeds_and_threads_give_the_same_proofs(files: list[bytes], tmp_path: Path) -> None:
    folder = place(files, tmp_path / "shop", 0)
    reports = []
    for number, workers in ((1, 1), (2, 3)):
        env = {"PYTHONHASHSEED": str(number), "SOSIE_CATALOG": str(tmp_path / f"{number}.db")}
        reports.append(json.loads(python(_SCAN, folder, str(workers), env=env)))
    for part in ("images", "edges", "groups", "skipped", "spaces"):
        assert reports[0][part] == reports[1][part], part


def test_the_order_of_paths_and_earlier_scans_do_not_matter(files: list[bytes], tmp_path: Path) -> None:
    folder = place(files, tmp_path / "shop", 1)
    paths = sorted(folder.iterdir())
    first = find_duplicates(paths, settings=load_settings({"catalog": tmp_path / "a.db", "method": "hash"}))
    piecewise = load_settings({"catalog": tmp_path / "b.db", "method": "hash"})
    for path in paths[::-1]:
        find_duplicates(path, settings=piecewise)
    second = find_duplicates(paths[::-1], settings=piecewise)
    assert (second.images, second.edges, second.groups) == (first.images, first.edges, first.groups)
