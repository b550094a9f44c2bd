"""The step of a scan that finds what looks alike, from settings to the parts of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sosie.config import Settings
from sosie.fingerprints.embedders.chain import backends
from sosie.matching.similar import SimilarParams
from sosie.pipeline.embedding import EmbedParams, embed_contents
from sosie.pipeline.progress import Listener, ignore
from sosie.pipeline.similar import Grouped, look_alikes
from sosie.pipeline.threads import usable_cores
from sosie.store.cache import open_cache
from sosie.store.catalogue import Catalogue
from sosie.types import Edge, Group


@dataclass(frozen=True)
class AlikeParts:
    """What the step adds to a report. `settled`: an equal call may be answered with the same report."""

    edges: list[Edge]
    groups: list[Group] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    spaces: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    settled: bool = True


def find_alike(
    before: Grouped, catalogue: Catalogue, settings: Settings, params: EmbedParams, listen: Listener
) -> AlikeParts:
    """Embed what has no vector yet, join, and group. Nothing for `method = "hash"` and for `embedders = ["none"]`."""
    chain = backends(settings, quiet=listen is ignore) if settings.method != "hash" else []
    if not chain or not len(before.contents):
        return AlikeParts(list(before.edges))
    cache = open_cache(catalogue, settings.redis_url)
    try:
        embedding = embed_contents(before.contents, chain, cache, params, listen)
        problems = list(cache.notes)
    finally:
        cache.close()
    threshold = settings.similarity_threshold or embedding.threshold
    joining = SimilarParams(threshold=threshold, threads=settings.workers or usable_cores())
    complete = settings.similar_groups == "complete"
    alike = look_alikes(before, embedding, joining, complete=complete, listen=listen)
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
        },
        settled=embedding.lasting and not problems,
    )
