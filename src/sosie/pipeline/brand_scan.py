"""The scan of brands on this machine, remembered like one of folders."""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from sosie.config import Settings
from sosie.errors import UsageError
from sosie.pipeline.alike import Confirm
from sosie.pipeline.jobs import process_brands
from sosie.pipeline.progress import Listener
from sosie.pipeline.run import Found
from sosie.store.brands import Brands
from sosie.store.catalogue import Catalogue
from sosie.store.scans import save_scan


def scan_brands(
    keys: Sequence[str],
    settings: Settings,
    listen: Listener,
    confirm: Confirm,
    *,
    chosen: Mapping[str, Any] | None = None,
) -> Found:
    """Return the duplicates among the images of some brands, as they were synced last; nothing is fetched.

    `chosen` as in `process_brands`.
    Raises `UsageError` when there is no such brand, and for one that has nothing yet because it was never synced.
    """
    with Catalogue.of(settings) as catalogue:
        _check_fetched(Brands(catalogue), keys)
        report = process_brands(catalogue, keys, settings, listen, confirm, chosen=chosen)
        text = report.to_json()
        packed = zlib.compress(text.encode("ascii"), 1)
        digest = hashlib.sha256(packed).hexdigest()
        save_scan(catalogue, [f"brand:{key}" for key in keys], digest, packed, now=time.time())
    return Found(text, report)


def _check_fetched(brands: Brands, keys: Sequence[str]) -> None:
    counts = brands.counts()
    fresh = [key for key in keys if brands.wanted(key).last_sync is None and key not in counts]
    if fresh:
        names = " ".join(dict.fromkeys(fresh))
        raise UsageError(f"Nothing was fetched yet of {names}.", next_step=f"Run sosie brand sync {names} first.")
