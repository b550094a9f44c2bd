"""The scan of brands on this machine, remembered like one of folders."""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Sequence

from sosie.config import Settings
from sosie.pipeline.alike import Confirm
from sosie.pipeline.jobs import process_brands
from sosie.pipeline.progress import Listener
from sosie.pipeline.run import Found
from sosie.store.brands import Brands
from sosie.store.catalogue import Catalogue
from sosie.store.scans import save_scan


def scan_brands(keys: Sequence[str], settings: Settings, listen: Listener, confirm: Confirm) -> Found:
    """Return the duplicates among the images of some brands, as they were synced last; nothing is fetched.

    Raises `UsageError` when there is no such brand.
    """
    with Catalogue.of(settings) as catalogue:
        for key in keys:
            Brands(catalogue).wanted(key)
        report = process_brands(catalogue, keys, settings, listen, confirm)
        text = report.to_json()
        packed = zlib.compress(text.encode("ascii"), 1)
        digest = hashlib.sha256(packed).hexdigest()
        save_scan(catalogue, [f"brand:{key}" for key in keys], digest, packed, now=time.time())
    return Found(text, report)
