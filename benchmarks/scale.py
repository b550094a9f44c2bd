"""Whole scans of very many small pictures: how time and memory grow, and what adding one percent costs.

    python -m benchmarks.scale                          # 10,000 and 100,000 pictures: about an hour on two cores
    python -m benchmarks.scale --sizes 1000 4000        # minutes
    python -m benchmarks.scale --add 10000              # 10,000 pictures, then 1 % more, then all in one go
    python -m benchmarks.scale --output scale.json      # the numbers as JSON

Every scan is one command, `sosie scan`, with a catalogue of its own. Pictures are drawn (144 x 72 pixels), and of
every ten, two are copies of another. Memory is the largest sum over all processes of a scan. The time that counts is
that of the processor: it does not depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.process import Cost, run
from benchmarks.small_pictures import draw_pictures, shown
from benchmarks.vector_joins import exponent

SIZES = (10_000, 100_000)
_RUN_FACTS = ("timings",)


@dataclass(frozen=True, slots=True)
class Scanned:
    """One scan: pictures, seconds by the clock and of processor, MB of all processes, and what was found.

    `precision`, `recall`: of pairs of pictures in one group, by what the pictures show. `catalogue`: its MB.
    """

    size: int
    wall: float
    cpu: float
    peak_mb: float
    catalogue_mb: float
    precision: float
    recall: float
    seconds: dict[str, float]
    notes: list[str]

    @property
    def each(self) -> float:
        """Milliseconds of processor for a picture."""
        return 1000 * self.cpu / self.size


def scan(folders: list[Path], catalogue: Path, extra: list[str]) -> tuple[Cost, dict[str, Any]]:
    """Scan folders with one command; return what it cost and its report."""
    report = catalogue.with_suffix(".json")
    line = [sys.executable, "-m", "sosie", "scan", *map(str, folders), "--catalog", str(catalogue)]
    cost = run(
        [*line, "--report", str(report), "--quiet", *extra],
        output=catalogue.with_suffix(".out"),
        env={**os.environ, "SOSIE_DATA_DIR": str(catalogue.parent)},
    )
    return cost, json.loads(report.read_text())


def measured(cost: Cost, report: dict[str, Any], catalogue: Path) -> Scanned:
    """Put together what one scan gave."""
    precision, recall = quality(report)
    size = sum(path.stat().st_size for path in catalogue.parent.glob(f"{catalogue.name}*"))
    return Scanned(
        size=len(report["images"]),
        wall=round(cost.wall, 1),
        cpu=round(cost.cpu, 1),
        peak_mb=round(cost.peak_mb, 1),
        catalogue_mb=round(size / 1e6, 1),
        precision=precision,
        recall=recall,
        seconds=report["timings"],
        notes=report["fallbacks"],
    )


def quality(report: dict[str, Any]) -> tuple[float, float]:
    """Return precision and recall of the pairs of pictures that are in one group of copies."""
    names = [shown(image["uri"]) for image in report["images"]]
    wanted = sum(_pairs(many) for many in Counter(names).values())
    said = right = 0
    for group in report["groups"]:
        if group["relation"] in ("identical", "copy"):
            said += _pairs(len(group["members"]))
            right += sum(_pairs(many) for many in Counter(names[member] for member in group["members"]).values())
    return round(right / said, 5) if said else 1.0, round(right / wanted, 5) if wanted else 1.0


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def grow(sizes: list[int], place: Path, extra: list[str]) -> list[Scanned]:
    """Scan so many pictures each."""
    found = []
    for size in sorted(sizes):
        folder = place / f"pictures-{size}"
        draw_pictures(folder, size)
        with tempfile.TemporaryDirectory(dir=place) as data:
            catalogue = Path(data) / "catalogue.db"
            found.append(measured(*scan([folder], catalogue, extra), catalogue))
        _say(found[-1])
    return found


def add(size: int, place: Path, extra: list[str]) -> dict[str, Any]:
    """Scan pictures, then with 1 % more beside them, and all anew in another catalogue; compare what came out."""
    first, more = place / f"pictures-{size}", place / f"more-{size}"
    draw_pictures(first, size)
    draw_pictures(more, size + size // 100, size)
    with tempfile.TemporaryDirectory(dir=place) as data:
        known, fresh = Path(data) / "known.db", Path(data) / "fresh.db"
        before = measured(*scan([first], known, extra), known)
        _say(before)
        cost, report = scan([first, more], known, extra)
        again = measured(cost, report, known)
        _say(again)
        cost, whole = scan([first, more], fresh, extra)
        anew = measured(cost, whole, fresh)
        _say(anew)
    equal = all(report[name] == whole[name] for name in report.keys() - set(_RUN_FACTS))
    print(f"Adding {again.size - size:,}: {again.cpu / anew.cpu:.1%} of the processor time of a full scan.")
    print("The reports are equal." if equal else "The reports differ.")
    return {"before": asdict(before), "added": asdict(again), "anew": asdict(anew), "equal": equal}


def _say(found: Scanned) -> None:
    print(
        f"{found.size:,} pictures: {found.cpu:.0f} s of processor, {found.each:.2f} ms each, {found.wall:.0f} s by the "
        f"clock, {found.peak_mb:.0f} MB, precision {found.precision:.4f}, recall {found.recall:.4f}",
        flush=True,
    )
    print(f"  {found.seconds} {found.notes}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of pictures to scan")
    parser.add_argument("--add", type=int, help="scan so many, then 1 %% more")
    parser.add_argument("--place", type=Path, help="folder for pictures and catalogues, kept")
    parser.add_argument("--output", type=Path, help="file to write the numbers to")
    parser.add_argument("extra", nargs="*", help="options of sosie scan, after --")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = options.place or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        if options.add:
            result: object = add(options.add, place, options.extra)
        else:
            found = grow(options.sizes, place, options.extra)
            result = [asdict(each) for each in found]
            sizes = [each.size for each in found]
            time_grows, memory_grows = (
                exponent(sizes, values) for values in ([e.cpu for e in found], [e.peak_mb for e in found])
            )
            print(f"Growth exponents: time {time_grows:.2f}, memory {memory_grows:.2f}.")
            print(f"Time for a picture: {found[-1].each / found[0].each:.2f} of that in the smallest scan.")
    if options.output:
        options.output.write_text(json.dumps(result, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
