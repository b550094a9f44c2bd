"""The measurements: quality and speed side by side with peers, rescans, growth of memory."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.contenders import Contender, NotRunError, environment
from benchmarks.data_sets import DataSet
from benchmarks.places import Places, Scale
from benchmarks.process import Cost, RunFailedError, run
from benchmarks.results import middle, say
from benchmarks.scoring import report_of_groups, score
from benchmarks.strangers import write_strangers

Rows = dict[str, dict[str, Any]]
_LISTED = 1000


def compare(data: DataSet, contenders: Sequence[Contender], places: Places, *, repeat: int) -> Rows:
    """Run every contender on one data set, round after round, and score its last report.

    The rows hold wall and processor seconds of every round, peak memory and the score; or `not_run` with the reason.
    """
    versions, rows = _present(contenders)
    warm(data.images)
    costs: dict[str, list[Cost]] = {name: [] for name in versions}
    for turn in range(repeat):
        for contender in contenders:
            if contender.name in versions:
                cost = _attempt(contender, data, places, rows)
                if cost is None:
                    del versions[contender.name]
                    continue
                costs[contender.name].append(cost)
                say(f"{data.name} {turn + 1}/{repeat} {contender.name}: {cost.wall:.1f} s, {cost.cpu:.1f} CPU s")
    for name, number in versions.items():
        scored = score(_report(places, data, name), data, places, listed=_LISTED if name.startswith("sosie") else 0)
        rows[name] = {"version": number, "images": data.count, **_summary(costs[name]), "score": scored}
    return rows


def _present(contenders: Sequence[Contender]) -> tuple[dict[str, str], Rows]:
    """Versions of the contenders that are there, and rows for those that are not."""
    versions: dict[str, str] = {}
    missing: Rows = {}
    for contender in contenders:
        try:
            versions[contender.name] = contender.version()
        except NotRunError as error:
            missing[contender.name] = {"not_run": str(error)}
            say(str(error))
    return versions, missing


def _attempt(contender: Contender, data: DataSet, places: Places, rows: Rows) -> Cost | None:
    """One scan; its report is kept. A contender that fails gets a row that says so."""
    try:
        return scan(contender, data.images, _report(places, data, contender.name), places)
    except RunFailedError as error:
        rows[contender.name] = {"not_run": f"{contender.name}: failed with {error}"}
        say(rows[contender.name]["not_run"])
        return None


def scan(contender: Contender, folder: Path, report: Path, places: Places, catalog: Path | None = None) -> Cost:
    """One scan of a folder with a fresh catalogue (or the one given); its report is written in Sosie's format."""
    report.parent.mkdir(parents=True, exist_ok=True)
    with _scratch(places) as scratch:
        output = scratch / "out.json"
        line = contender.line(folder, catalog or scratch / "catalogue.db", report)
        cost = run(line, output=output, env=environment(scratch))
        if not contender.writes_report:
            report.write_text(json.dumps(report_of_groups(json.loads(output.read_text()))))
    return cost


def rescan(data: DataSet, contenders: Sequence[Contender], places: Places, *, repeat: int) -> Rows:
    """First and further scans of one unchanged folder into one catalogue, for each contender that keeps one."""
    rows: Rows = {}
    warm(data.images)
    for contender in _remembering(contenders):
        with _scratch(places) as folder:
            catalog, report = folder / "catalogue.db", folder / "report.json"
            costs = [scan(contender, data.images, report, places, catalog) for _ in range(repeat + 1)]
            size = sum(path.stat().st_size for path in folder.glob("catalogue.db*"))
        first, later = costs[0], costs[1:]
        rows[contender.name] = {
            "images": data.count,
            "first": _summary([first]),
            "again": _summary(later),
            "ratio": middle([cost.wall for cost in later]) / first.wall,
            "catalogue_bytes_per_image": size / data.count,
        }
        say(f"rescan {contender.name}: {rows[contender.name]['ratio']:.3f} of the first scan")
    return rows


def memory(scale: Scale, contenders: Sequence[Contender], places: Places) -> Rows:
    """Peak memory over two numbers of pictures that have nothing in common, and its growth per image."""
    few, many = scale.memory_images
    folder = places.work / "data" / "strangers"
    small, large = folder / f"{few}", folder / f"{few}-to-{many}"
    say(f"drawing {many} pictures ...")
    write_strangers(small, range(few))
    write_strangers(large / "first", range(few))
    write_strangers(large / "more", range(few, many))
    rows: Rows = {}
    for contender in _remembering(contenders):
        with _scratch(places) as scratch:
            first, second = (scan(contender, part, scratch / "r.json", places) for part in (small, large))
        growth = (second.peak_mb - first.peak_mb) * 1e6 / (many - few)
        rows[contender.name] = {
            "images": [few, many],
            "first": _summary([first]),
            "second": _summary([second]),
            "growth_bytes": growth,
        }
        say(
            f"memory {contender.name}: {first.peak_mb:.0f} MB, {second.peak_mb:.0f} MB, {growth / 1000:.1f} KB an image"
        )
    return rows


def _remembering(contenders: Sequence[Contender]) -> list[Contender]:
    """The contenders with a catalogue: Sosie's."""
    return [contender for contender in contenders if contender.writes_report]


def warm(folder: Path) -> None:
    """Read every file once, so that the first contender does not pay for the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.read_bytes()


def _summary(costs: Sequence[Cost]) -> Mapping[str, Any]:
    return {
        "wall": [round(cost.wall, 3) for cost in costs],
        "cpu": [round(cost.cpu, 3) for cost in costs],
        "peak_mb": round(max(cost.peak_mb for cost in costs), 1),
    }


def _report(places: Places, data: DataSet, name: str) -> Path:
    return places.work / "reports" / data.images.name / f"{name.replace(' ', '-').replace(',', '')}.json"


@contextmanager
def _scratch(places: Places) -> Iterator[Path]:
    """A folder for catalogues and output that is gone afterwards."""
    places.work.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=places.work))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
