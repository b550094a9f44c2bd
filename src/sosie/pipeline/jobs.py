"""What a job does, in two steps: fetch a brand, and find the duplicates in what is stored of some brands."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sosie.config import Settings
from sosie.pipeline.alike import Confirm
from sosie.pipeline.brand_settings import for_comparing
from sosie.pipeline.collecting import SyncResult, brand_refs, sync_brand
from sosie.pipeline.progress import Listener
from sosie.pipeline.scan import scan
from sosie.report import Report
from sosie.store.brands import Brands
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals

_SLACK = 0.15
"""How far under the threshold of `similar` pairs are kept with a result, for groups at other thresholds."""


def fetch_brand(key: str, settings: Settings, listen: Listener) -> SyncResult:
    """Bring what is stored of a brand up to date with its sources; what is stored already is not fetched again.

    Raises `UsageError` for a brand that is not there. A source that cannot be read is told of in the result.
    """
    with Catalogue.of(settings) as catalogue:
        brand = Brands(catalogue).wanted(key)
        return sync_brand(catalogue, Originals.of(settings), brand, settings, listen)


def process_brands(
    catalogue: Catalogue,
    keys: Iterable[str],
    settings: Settings,
    listen: Listener,
    confirm: Confirm | None = None,
    *,
    chosen: Mapping[str, Any] | None = None,
) -> Report:
    """Return the duplicates among all that is stored of some brands. Nothing is fetched.

    `chosen` are settings that go before those of the brands' own (`brand_settings`), which go before `settings`.
    `confirm` is asked before money is spent, as for `find_duplicates`.
    """
    started, keys = time.perf_counter(), list(keys)
    known = Brands(catalogue)
    settings = for_comparing(settings, filter(None, map(known.get, keys)), chosen or {})
    refs, passed = brand_refs(catalogue, Originals.of(settings), keys)
    report, _settled = scan(catalogue, refs, passed, settings, listen, confirm or _no, _SLACK)
    total = round(time.perf_counter() - started, 3)
    return replace(report, timings={**report.timings, "total": total})


def _no(_sentence: str) -> bool:
    """Nobody is there to agree to costs; the setting `paid_images` says how many are agreed to."""
    return False
