"""What is decided of the images of a result, kept up with as decisions come in."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from sosie.report import Report
from sosie.review.groups import review_groups
from sosie.server.views.columns import Ids, Images
from sosie.server.views.grouping import Grouping
from sosie.store.decisions import Decision, Decisions, stand

_KEPT = 4


class Standings:
    """Which images somebody decided on, and which contents somebody set apart.

    Asking costs one small query; only decisions that are newer than the last answer are read.
    """

    def __init__(self, report: Report, images: Images, decisions: Decisions) -> None:
        self._report, self._images, self._decisions = report, images, decisions
        self._lock = threading.Lock()
        self._revision = 0
        self._decided = np.zeros(len(images), np.bool_)
        self._apart = np.zeros(len(images), np.bool_)
        self._known: OrderedDict[int, tuple[int, Grouping, Ids]] = OrderedDict()

    def asked(self, grouping: Grouping) -> Ids:
        """How many contents of each group wait for a decision."""
        with self._lock:
            self._keep_up()
            known = self._known.get(id(grouping))
            if known is not None and known[0] == self._revision:
                return known[2]
            found = self._counted(grouping)
            self._known[id(grouping)] = (self._revision, grouping, found)
            self._known.move_to_end(id(grouping))
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
            return found

    def _counted(self, grouping: Grouping) -> Ids:
        wide = max(len(self._images.contents), 1)
        pairs, at = np.unique(grouping.owner * wide + self._images.content[grouping.members], return_inverse=True)
        decided = np.zeros(len(pairs), np.bool_)
        decided[at[self._decided[grouping.members]]] = True
        counts = np.bincount(pairs[~decided] // wide, minlength=len(grouping)).astype(np.int64)
        special = np.flatnonzero(grouping.having(self._apart) & (counts > 0)).tolist()
        if special:
            groups = tuple(grouping.groups[number] for number in special)
            reviewed = review_groups(replace(self._report, groups=groups), self._decisions)
            counts[special] = [len(group.asked) for group in reviewed]
        return counts

    def _keep_up(self) -> None:
        if self._decisions.revision() <= self._revision:
            return
        fresh = self._decisions.since(self._revision, most=sys.maxsize)
        touched = {key for made in fresh for key in made.verdict.contents if key in self._images.by_content}
        history = fresh if self._revision == 0 else self._decisions.history(touched)
        self._take(touched, history)
        self._revision = fresh[-1].id

    def _take(self, touched: set[bytes], history: Iterable[Decision]) -> None:
        # Pairs that were set apart are looked at where they are asked for: those of a large group are very many.
        kinds = ("keep", "drop", "open")
        told = list(history)
        standing = stand([made for made in told if made.verdict.kind in kinds], touched)
        pairs = {key for made in told if made.verdict.kind not in kinds for key in made.verdict.contents}
        for key in touched:
            for image in self._images.by_content[key]:
                place = (key, self._images.records[image].uri)
                self._decided[image] = key in standing.choices or place in standing.places
                self._apart[image] = key in pairs
