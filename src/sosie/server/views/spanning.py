"""What holds a group together: a maximum spanning forest, for all groups at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


def spanning(count: int, a: Ids, b: Ids, score: NDArray[np.float32]) -> Ids:
    """Give the rows of the edges of a maximum spanning forest, ascending; of equal scores the first row counts.

    `a`, `b`: nodes from 0 to `count` - 1. Borůvka's algorithm (1926): each tree takes its best edge to another one, all
    at once, so the work is a few passes over arrays whatever the number of groups.
    """
    order = np.lexsort((np.arange(len(a)), -score))
    rank = np.empty(len(a), np.int64)
    rank[order] = np.arange(len(a))
    tree, open_, chosen = np.arange(count), np.arange(len(a)), [np.empty(0, np.int64)]
    while True:
        open_ = open_[tree[a[open_]] != tree[b[open_]]]
        if not len(open_):
            return np.unique(np.concatenate(chosen))
        best = np.full(count, len(a), np.int64)
        for end in (a, b):
            np.minimum.at(best, tree[end[open_]], rank[open_])
        joining = np.flatnonzero(best < len(a))
        edge = order[best[joining]]
        tree = _joined(tree, joining, tree[a[edge]] + tree[b[edge]] - joining)
        chosen.append(edge)


def _joined(tree: Ids, joining: Ids, other: Ids) -> Ids:
    """Give every node its new tree, when each tree of `joining` is joined to one other."""
    parent = np.arange(len(tree))
    parent[joining] = other
    mutual = joining[(parent[parent[joining]] == joining) & (joining < parent[joining])]
    parent[mutual] = mutual
    while not np.array_equal(further := parent[parent], parent):
        parent = further
    return np.asarray(parent[tree], np.int64)
