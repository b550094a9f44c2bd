"""From edges to groups, and which member of each to keep."""

from sosie.grouping.components import connected
from sosie.grouping.consistency import lone_copies, outvoted_copies, standing_variants
from sosie.grouping.keeper import Facts, choose_keeper

__all__ = [
    "Facts",
    "choose_keeper",
    "connected",
    "lone_copies",
    "outvoted_copies",
    "standing_variants",
]
