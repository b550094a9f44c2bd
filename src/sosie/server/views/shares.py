"""In how many groups of which result each brand has an image."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set

from sosie.errors import NotFound
from sosie.server.views.loaded import Results
from sosie.store.catalogue import Catalogue
from sosie.store.results import SHARES, groups_by_brand, load_shares, save_part


def groups_by_result(catalogue: Catalogue, results: Results, names: Set[str]) -> dict[str, Mapping[str, int]]:
    """Give the groups of each brand by result; those of results of an older version are counted once, then kept."""
    found = load_shares(catalogue, names)
    for name in sorted(names - found.keys()):
        try:
            found[name] = groups_by_brand(results.get(name).report)
        except NotFound:  # it was deleted meanwhile
            continue
        save_part(catalogue, name, SHARES, json.dumps(found[name]).encode("ascii"))
    return found
