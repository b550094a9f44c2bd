"""What is worth knowing of a job to somebody who looks for a bug: no image, no file name, no address, no secret."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sosie import __version__
from sosie.config import Settings
from sosie.report import Report
from sosie.store.jobs import JobRow

_PACKAGES = ("numpy", "opencv-python-headless", "pillow", "onnxruntime", "sqlalchemy", "fastapi", "dbos", "httpx")


def snapshot_of(row: JobRow, report: Report | None, settings: Settings, counts: Mapping[str, int]) -> dict[str, Any]:
    """Give a job's parameters, versions, settings, stages, counts and errors."""
    hidden = ("recent", "last_skipped", "steps")
    return {
        "job": {
            "id": row.id,
            "state": row.state,
            "brands": len(row.brands),
            "params": dict(row.params),
            "attempt": row.attempt,
            "claims": row.claim,
            "created": row.created,
            "started": row.started,
            "finished": row.finished,
            "progress": {name: value for name, value in row.progress.items() if name not in hidden},
            "steps": [{**step, "slowest": len(step["slowest"])} for step in row.progress.get("steps", [])],
            "failed_brands": len(row.failed_brands),
            "error": row.error if row.state == "failed" and not row.failed_brands else "",
        },
        "report": None if report is None else _counted(report),
        "versions": _versions(),
        "settings": _settings(settings),
        "tables": dict(counts),
    }


def _counted(report: Report) -> dict[str, Any]:
    return {
        "images": len(report.images),
        "formats": dict(Counter(image.format for image in report.images)),
        "edges": dict(Counter(edge.relation for edge in report.edges)),
        "groups": dict(Counter(group.relation for group in report.groups)),
        "largest_group": max((len(group.members) for group in report.groups), default=0),
        "skipped": dict(Counter(skipped.reason for skipped in report.skipped).most_common(20)),
        "params": dict(report.params),
        "spaces": list(report.spaces),
        "timings": dict(report.timings),
    }


def _versions() -> dict[str, str]:
    found = {"sosie": __version__, "python": platform.python_version(), "system": platform.platform()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _settings(settings: Settings) -> dict[str, Any]:
    """Give numbers and choices as they are; of what may name something private only that it is set."""
    shown: dict[str, Any] = {}
    for item in fields(Settings):
        value = getattr(settings, item.name)
        plain = isinstance(value, bool | int | float) or value is None
        chosen = item.name in ("method", "embedders", "similar_groups", "clip_model", "service_dialect")
        shown[item.name] = value if plain or chosen else "set" if value else ""
    return shown
