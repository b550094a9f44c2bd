"""What is stored, by part, and what can go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sosie.server.state import State
from sosie.store.pruning import prune_catalogue, prune_originals


def parts(state: State) -> list[dict[str, Any]]:
    """Return rows and bytes of each part."""
    catalogue = state.catalogue
    rows: list[dict[str, Any]] = [
        {"name": space, "rows": count, "bytes": size} for space, (count, size) in catalogue.spaces().items()
    ]
    rows.append({"name": "catalogue", "rows": catalogue.counts()["content"], "bytes": catalogue.size()})
    for name in ("originals", "uploads", "thumbnails"):
        sizes = list(_sizes(state.settings.data_path / name))
        rows.append({"name": name, "rows": len(sizes), "bytes": sum(sizes)})
    return rows


def prune(state: State, max_bytes: int | None) -> None:
    """Forget what no image needs any more, and thumbnails and originals beyond their limits."""
    prune_catalogue(state.catalogue, [], dry=False)
    prune_originals(state.catalogue, state.originals, dry=False, max_bytes=max_bytes)
    state.thumbnails.prune()


def _sizes(folder: Path) -> Iterator[int]:
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                yield (Path(place) / name).stat().st_size
            except OSError:  # gone between the listing and the look
                continue
