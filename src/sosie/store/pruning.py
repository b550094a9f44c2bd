"""Forgetting what no image needs any more."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sosie.store.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Gone:
    """How many rows went, or would go."""

    locations: int
    contents: int
    fingerprints: int


def prune_catalogue(catalogue: Catalogue, spaces: Sequence[str], *, dry: bool) -> Gone:
    """Forget places whose file is gone, contents that are nowhere, their fingerprints, and the given spaces.

    A place on a disk that is not mounted counts as gone only when its folder is there. With `dry` nothing changes.
    """
    missing = [uri for uri in catalogue.all_uris() if _is_gone(os.fsdecode(uri))]
    return Gone(*catalogue.forget(missing, list(spaces), dry=dry))


def _is_gone(path: str) -> bool:
    if "://" in path or not Path(path).is_absolute():
        return False
    place = Path(path)
    return not os.path.lexists(path) and place.parent.is_dir()
