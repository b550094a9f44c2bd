"""Results that were never computed, for pages with more groups than anybody draws."""

from __future__ import annotations

from pathlib import Path

from sosie.config import Settings
from sosie.report import Report
from sosie.store.catalogue import Catalogue
from tests.server.service import store

NOT_DRAWN = ("404", "410")
"""What the console says of pictures of such results."""

WATCH = """
window.__long = [];
new PerformanceObserver(list => window.__long.push(...list.getEntries().map(entry => entry.duration)))
  .observe({type: "longtask", buffered: true});
"""


def store_results(data: Path, *reports: Report) -> list[str]:
    """Store reports as results of jobs that are done, and return their names."""
    with Catalogue.of(Settings(data_dir=data, embedders=("builtin",))) as catalogue:
        return [store(catalogue, report) for report in reports]
