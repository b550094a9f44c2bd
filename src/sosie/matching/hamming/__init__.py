"""Hamming joins: all pairs of hash codes within a radius, exact, in less than quadratic time and linear memory.

`pairs_within` finds them (`pairs_of_rows` a part of them, `merged` puts parts together), `best_orientations` says which
variant made a pair, `representatives` leaves out equal codes first, and `pairs_within_reference` is the definition
that the fast join is held to.
"""

from sosie.matching.hamming.join import merged, pairs_of_rows, pairs_within
from sosie.matching.hamming.orientation import best_orientations
from sosie.matching.hamming.reference import pairs_within_reference
from sosie.matching.hamming.unique import representatives

__all__ = [
    "best_orientations",
    "merged",
    "pairs_of_rows",
    "pairs_within",
    "pairs_within_reference",
    "representatives",
]
