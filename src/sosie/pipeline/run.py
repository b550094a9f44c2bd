"""`find_duplicates`: the order of the steps, and the quick way when nothing has changed."""

from __future__ import annotations

import hashlib
import json
import os
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sosie import __version__
from sosie.config import Settings, load_settings
from sosie.pipeline.embedding_state import state_of_embedding
from sosie.pipeline.progress import Listener, Progress, ignore
from sosie.sources import FolderSource
from sosie.store.memo import apart_revision, note_scan, recall, scan_key
from sosie.types import FileState, ImageRef, Skipped

if TYPE_CHECKING:
    from sosie.report import Report
    from sosie.store.catalogue import Catalogue

Confirm = Callable[[str], bool]
PathLike = str | os.PathLike[str]


class Found:
    """What was found: `text`, the report as `Report.to_json` writes it, and `report`, taken from it when asked for."""

    def __init__(self, text: str, report: Report | None = None) -> None:
        self.text = text
        self._report = report

    @property
    def report(self) -> Report:
        """The report."""
        if self._report is None:
            from sosie.report import Report  # Imported here: a rescan whose report is only written needs none of it.

            self._report = Report.from_json(self.text)
        return self._report


def find_duplicates(
    paths: PathLike | Iterable[PathLike],
    *,
    settings: Settings | None = None,
    hidden: bool = False,
    brand: str = "",
    listen: Listener = ignore,
    confirm: Confirm | None = None,
) -> Report:
    """Return the duplicates among all images below some paths, with evidence, keepers and what was skipped.

    `settings` are those of the environment when not given. `hidden` enters folders whose name starts with a dot;
    `brand` is noted on every image. `listen` hears of the progress. `confirm` is asked, with a sentence, before
    more images than the setting `paid_images` are sent to a back end that costs money; without it that is not done.
    No file is changed. Everything read is remembered in the catalogue, and when no file has changed since an equal
    call, its report is given again.

    Raises `UsageError` when a path does not exist, and `CatalogueError` when the catalogue cannot be used.
    """
    return find_report(paths, settings=settings, hidden=hidden, brand=brand, listen=listen, confirm=confirm).report


def find_report(
    paths: PathLike | Iterable[PathLike],
    *,
    settings: Settings | None = None,
    hidden: bool = False,
    brand: str = "",
    listen: Listener = ignore,
    confirm: Confirm | None = None,
) -> Found:
    """Return what `find_duplicates` returns, as JSON: for callers that write it to a file and look no closer."""
    started = time.perf_counter()
    settings = settings or load_settings()
    given = [os.path.expanduser(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    listen(Progress("find"))
    found = list(FolderSource(given, brand=brand, hidden=hidden).refs())
    refs = [item for item in found if isinstance(item, ImageRef)]
    passed = [item for item in found if isinstance(item, Skipped)]
    listen(Progress("find", len(refs), len(refs), len(passed)))
    path = settings.catalogue_path
    shared = bool(settings.database_url)  # the quick way reads a file; a database elsewhere is opened as a whole
    key = _key(refs, passed, settings, "" if shared else apart_revision(path))
    remembered = None if shared else recall(path, key)
    scanned = [os.path.abspath(item) for item in given]
    if remembered is not None and note_scan(path, scan_key(scanned), key, remembered, time.time()):
        return Found(_timed(zlib.decompress(remembered).decode("ascii"), {"total": time.perf_counter() - started}))
    return _scan(scanned, refs, passed, settings, listen, confirm or _no, key, started)


def _no(_sentence: str) -> bool:
    return False


def _scan(
    scanned: Sequence[str],
    refs: Sequence[ImageRef],
    passed: Sequence[Skipped],
    settings: Settings,
    listen: Listener,
    confirm: Confirm,
    key: str,
    started: float,
) -> Found:
    from sosie.pipeline.beside import Beside

    with Beside(settings.method, settings.workers) as beside:
        if _is_first(settings):
            beside.widen(len(refs))  # they import what they need while this process does
        # Imported here: a rescan that finds nothing new needs neither NumPy nor OpenCV nor SQLAlchemy.
        from sosie.pipeline.scan import scan
        from sosie.store.catalogue import Catalogue

        with Catalogue.of(settings) as catalogue:
            report, settled = scan(catalogue, refs, passed, settings, listen, confirm, beside=beside)
            total = time.perf_counter() - started
            report = replace(report, timings={**report.timings, "total": round(total, 3)})
            return _remembered(catalogue, scanned, report, key, settled=settled)


def _is_first(settings: Settings) -> bool:
    """Tell whether this process is to read all that there is."""
    here = settings.engine == "local" and not settings.shards and not settings.database_url
    return here and not settings.catalogue_path.exists()


def _remembered(catalogue: Catalogue, scanned: Sequence[str], report: Report, key: str, *, settled: bool) -> Found:
    """Return the report as what was found, once the catalogue remembers it."""
    from sosie.store.scans import save_scan

    found = Found(report.to_json(), report)
    packed = zlib.compress(found.text.encode("ascii"), 1)
    save_scan(catalogue, scanned, key, packed, now=time.time())
    if settled:
        catalogue.save_memo(key, packed, now=time.time())
    return found


def _timed(text: str, timings: Mapping[str, float]) -> str:
    """Return the JSON of a report with other timings. In JSON the mark stands in no string: its quotes are bare."""
    mark = ', "timings": {'
    start = text.rindex(mark) + len(mark) - 1
    return text[:start] + json.dumps(timings) + text[text.index("}", start) + 1 :]


def _key(refs: Sequence[ImageRef], passed: Sequence[Skipped], settings: Settings, apart: str) -> str:
    """Return what a report depends on, as one digest: version, settings, pairs set apart, name and state of files."""
    parts = [__version__, apart, settings.method, repr(settings.max_megapixels), repr(settings.max_megabytes)]
    parts += [str(settings.exact_up_to), state_of_embedding(settings)]
    parts += [f"{ref.uri}\0{ref.brand}\0{_state(ref.state)}\0{ref.aliases or ''}" for ref in refs]
    parts += [f"{skipped.uri}\0{skipped.reason}" for skipped in passed]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _state(state: FileState | None) -> str:
    return f"{state.size} {state.mtime_ns} {state.inode} {state.device}" if state else ""
