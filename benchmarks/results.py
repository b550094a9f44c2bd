"""Results of benchmarks as JSON files, one a section and data set, each row with the run that it comes from."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.places import ROOT, Scale

PACKAGES = ("numpy", "opencv-python-headless", "pillow", "simplejpeg", "sqlalchemy")


def this_run(scale: Scale) -> dict[str, Any]:
    """When and where a run takes place: date, scale, revision, machine, versions, load before it."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "scale": scale.name,
        "revision": _revision(),
        "machine": machine(),
        "load": round(os.getloadavg()[0], 1),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
    }


def machine() -> str:
    """Processor, cores, memory and system in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{os.cpu_count()} cores of {_processor()}, {memory:.0f} GB, {platform.system()} {platform.machine()}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _revision() -> str:
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def load(folder: Path, name: str) -> dict[str, Any]:
    """The results of one file, empty where there are none yet."""
    path = folder / f"{name}.json"
    value: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return value


def merge(
    folder: Path, name: str, rows: Mapping[str, Any], *, run: Mapping[str, Any], about: Mapping[str, Any]
) -> None:
    """Put rows into a file of results, each with its run; rows of other names stay as they were."""
    known = load(folder, name)
    fresh = {key: {**row, "run": dict(run)} for key, row in rows.items()}
    value = {**known, **about, "rows": {**known.get("rows", {}), **fresh}}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(value, indent=1) + "\n")


def middle(values: Sequence[float]) -> float:
    """The median."""
    ranked = sorted(values)
    half = len(ranked) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def say(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)
