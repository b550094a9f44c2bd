"""What the pictures of a run are fingerprinted by."""

from __future__ import annotations

from functools import cache

from sosie.config import Method
from sosie.fingerprints.base import Fingerprinter, builtin_hashes
from sosie.fingerprints.tones import TonesFingerprinter


@cache
def fingerprinters_of(method: Method) -> tuple[Fingerprinter, ...]:
    """Return what pictures are fingerprinted by; a process makes them once."""
    found: list[Fingerprinter] = [builtin_hashes()["hash"], TonesFingerprinter()]
    if method == "auto":
        from sosie.fingerprints.local import LocalFingerprinter

        found.append(LocalFingerprinter())
    return tuple(found)
