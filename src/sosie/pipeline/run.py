"""`find_duplicates`: the order of the steps, and the quick way when nothing has changed."""

from __future__ import annotations

import hashlib
import os
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sosie import __version__
from sosie.config import Settings, load_settings
from sosie.pipeline.embedding_state import state_of_embedding
from sosie.pipeline.progress import Listener, Progress, ignore
from sosie.report import Report
from sosie.sources import FolderSource
from sosie.store.memo import apart_revision, note_scan, recall, scan_key
from sosie.types import ImageRef, Skipped

Confirm = Callable[[str], bool]
PathLike = str | os.PathLike[str]


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
        report = Report.from_json(zlib.decompress(remembered))
        return replace(report, timings={"total": time.perf_counter() - started})
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
) -> Report:
    # Imported here: a rescan that finds nothing new needs neither NumPy nor OpenCV nor SQLAlchemy.
    from sosie.pipeline.scan import scan
    from sosie.store.catalogue import Catalogue
    from sosie.store.scans import save_scan

    with Catalogue.of(settings) as catalogue:
        report, settled = scan(catalogue, refs, passed, settings, listen, confirm)
        total = time.perf_counter() - started
        report = replace(report, timings={**report.timings, "total": round(total, 3)})
        packed = zlib.compress(report.to_json().encode("ascii"), 1)
        save_scan(catalogue, scanned, key, packed, now=time.time())
        if settled:
            catalogue.save_memo(key, packed, now=time.time())
    return report


def _key(refs: Sequence[ImageRef], passed: Sequence[Skipped], settings: Settings, apart: str) -> str:
    """Return what a report depends on, as one digest: version, settings, pairs set apart, name and state of files."""
    parts = [__version__, apart, settings.method, repr(settings.max_megapixels), repr(settings.max_megabytes)]
    parts += [state_of_embedding(settings)]
    parts += [f"{ref.uri}\0{ref.brand}\0{ref.state}\0{ref.aliases}" for ref in refs]
    parts += [f"{skipped.uri}\0{skipped.reason}" for skipped in passed]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
