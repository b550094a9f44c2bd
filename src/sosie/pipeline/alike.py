"""The step of a scan that finds what looks alike, from settings to the parts of a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sosie.config import Settings
from sosie.pipeline.assemble import Ids
from sosie.pipeline.contents import Contents
from sosie.pipeline.progress import Listener, ignore
from sosie.pipeline.reading import ReadParams
from sosie.pipeline.threads import usable_cores
from sosie.store.catalogue import Catalogue
from sosie.types import Edge, Group, Pairs

if TYPE_CHECKING:
    from sosie.matching.similar.join import Joins
    from sosie.pipeline.embedding import Spread

Confirm = Callable[[str], bool]
"""Asked before money is spent, with a sentence that says how much."""


@dataclass(frozen=True)
class Grouped:
    """What was found before: edges between contents, groups of images that are one picture, and ids of images.

    `compared` says of each content how it takes part; all but "yes" are compared for equality only, here too.
    """

    contents: Contents
    edges: Sequence[Edge]
    groups: Sequence[Group]
    ids: Ids
    compared: Sequence[str]


@dataclass(frozen=True)
class AlikeParts:
    """What the step adds to a report. `settled`: an equal call may be answered with the same report."""

    edges: list[Edge]
    groups: list[Group] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    spaces: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    settled: bool = True
    looser: Pairs | None = None


def find_alike(
    before: Grouped,
    catalogue: Catalogue,
    settings: Settings,
    params: ReadParams,
    listen: Listener,
    confirm: Confirm,
    slack: float = 0.0,
    joins: Joins | None = None,
    spread: Spread | None = None,
) -> AlikeParts:
    """Embed what has no vector yet, join, and group. Nothing for `method = "hash"` and for `embedders = ["none"]`.

    With `slack`, pairs of images whose cosine is up to that much under the threshold are given beside.
    """
    if settings.method == "hash" or settings.embedders == ("none",) or not len(before.contents):
        return AlikeParts(list(before.edges))
    # Imported here: a scan that compares hashes only needs neither OpenCV nor any back end.
    from sosie.fingerprints.embedders.chain import backends
    from sosie.matching.similar import SimilarParams
    from sosie.pipeline.embedding import EmbedParams, embed_contents
    from sosie.pipeline.similar import look_alikes
    from sosie.store.cache import open_cache

    chain = backends(settings, quiet=listen is ignore)
    embed_params = EmbedParams(reading=params, free_images=settings.paid_images, confirm=confirm)
    cache = open_cache(catalogue, settings.redis_url)
    try:
        embedding = embed_contents(before.contents, chain, cache, embed_params, listen, spread)
        problems = list(cache.notes)
    finally:
        cache.close()
    threshold = settings.similarity_threshold or embedding.threshold
    joining = SimilarParams(threshold=threshold, threads=settings.workers or usable_cores())
    complete = settings.similar_groups == "complete"
    alike = look_alikes(before, embedding, joining, complete=complete, listen=listen, slack=slack, joins=joins)
    return AlikeParts(
        edges=alike.edges,
        groups=alike.groups,
        notes=[*embedding.notes(), *problems, *alike.notes],
        spaces=(embedding.space.key,),
        params={
            "embedder": embedding.name,
            "similarity_threshold": threshold,
            "similar_groups": settings.similar_groups,
            "similar_recall": round(alike.recall, 4),
            **({} if alike.looser is None else {"similar_lowest": alike.lowest}),
        },
        settled=embedding.lasting and not problems,
        looser=alike.looser,
    )
