"""Forgetting what no image needs any more."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sosie.store.brands import Brands
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals

_FRESH = 3600.0
"""Seconds for which a new original stays whatever is known of it: a sync that runs has not noted it yet."""


@dataclass(frozen=True, slots=True)
class Gone:
    """How many rows went, or would go."""

    locations: int
    contents: int
    fingerprints: int


def prune_catalogue(catalogue: Catalogue, spaces: Sequence[str], *, dry: bool) -> Gone:
    """Forget places whose file is gone, contents that are nowhere, their fingerprints, and the given spaces.

    A place on a disk that is not mounted counts as gone only when its folder is there, an address when no brand has it
    as an image any more. With `dry` nothing changes.
    """
    listed = Brands(catalogue).all_uris()
    missing = [uri for uri in catalogue.all_uris() if _is_gone(os.fsdecode(uri), uri in listed)]
    return Gone(*catalogue.forget(missing, list(spaces), dry=dry))


@dataclass(frozen=True, slots=True)
class GoneOriginals:
    """How many originals went, or would go, their bytes, and the bytes of those that stay.

    `needed` is how many of those that went are images of a brand, to be fetched again when it is synced.
    """

    files: int
    bytes: int
    needed: int
    left: int


def prune_originals(
    catalogue: Catalogue, originals: Originals, *, dry: bool, max_bytes: int | None = None, now: float | None = None
) -> GoneOriginals:
    """Remove the originals that no brand has as an image any more, and with `max_bytes` more of them until it holds.

    Beyond those that nobody needs only such go as can be fetched again, those asked for longest ago first: uploads
    never do. What goes is fetched again when its brand is synced. With `dry` nothing changes.
    """
    moment = time.time() if now is None else now
    here = {sha256: (size, stored) for sha256, size, stored in originals.all()}
    needs = Brands(catalogue).originals()
    left = sum(size for size, _ in here.values())
    files, freed, needed = 0, 0, 0
    loose = [sha256 for sha256, (_, stored) in here.items() if sha256 not in needs and stored < moment - _FRESH]
    again = sorted((need.fetched, sha256) for sha256, need in needs.items() if sha256 in here and need.again)
    for sha256 in [*loose, *(sha256 for _, sha256 in again)]:
        if sha256 in needs and (max_bytes is None or left <= max_bytes):
            break
        files, needed = files + 1, needed + (sha256 in needs)
        freed, left = freed + here[sha256][0], left - here[sha256][0]
        if not dry:
            originals.remove(sha256)
    if not dry:
        originals.sweep(moment - 24 * _FRESH)
        originals.drop_copies(moment - _FRESH)
    return GoneOriginals(files, freed, needed, left)


def _is_gone(path: str, listed: bool) -> bool:
    if listed:
        return False
    if not Path(path).is_absolute():
        return True
    place = Path(path)
    return not os.path.lexists(path) and place.parent.is_dir()
