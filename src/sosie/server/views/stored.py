"""Results as the database holds them."""

from __future__ import annotations

from functools import partial

from sosie.server.views.loaded import Results, StoredResult
from sosie.store.catalogue import Catalogue
from sosie.store.decisions import Decisions
from sosie.store.results import load_part, newest_result, packed_result


def results_of(catalogue: Catalogue) -> Results:
    """Give the results of a catalogue's jobs."""

    def fetch(name: str) -> StoredResult | None:
        found = packed_result(catalogue, name)
        return None if found is None else StoredResult(name, *found, partial(load_part, catalogue, name))

    return Results(fetch, lambda: newest_result(catalogue), Decisions(catalogue))
