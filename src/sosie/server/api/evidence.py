"""Why something happened to an image, what was never compared, and how much was probably missed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query

from sosie.errors import UsageError
from sosie.review.audit import Event, evidence_in_words, not_compared, story
from sosie.review.missed import estimate_missed, sampled_pairs
from sosie.server.schemas.evidence import (
    MissedEstimate,
    MissedPair,
    Story,
    StoryEvent,
    StoryPair,
    Uncompared,
    UncomparedPage,
)
from sosie.server.security.roles import reviewer, viewer
from sosie.server.state import Shared
from sosie.server.views.cursors import read_cursor, write_cursor
from sosie.server.views.desk import runs_of
from sosie.server.views.showing import printable
from sosie.store.decisions import Decisions

router = APIRouter(prefix="/api", tags=["decisions"])

_MOST_PAIRS = 10_000
"""Pairs that are verified while somebody waits: about a minute."""


@router.get("/story", dependencies=[viewer])
def get_story(
    state: Shared,
    uri: Annotated[str, Query(max_length=4096)] = "",
    content: Annotated[str, Query(pattern="^([0-9a-f]{64})?$")] = "",
) -> Story:
    """Tell what was decided on an image and done to it, by its URI or its content: when, by whom or which rule, why."""
    if not uri and not content:
        raise UsageError("Which image?", next_step="Give its `uri` or its `content` (SHA-256).")
    if not content and uri:
        known = state.catalogue.locations([os.fsencode(uri)]).get(os.fsencode(uri))
        content = known.sha256.hex() if known is not None and known.sha256 is not None else ""
    key = bytes.fromhex(content) if content else None
    events = story(runs_of(state.settings), Decisions(state.catalogue), uri=uri, content=key)
    return Story(uri=printable(uri), sha256=content or None, events=[_event(event) for event in events])


def _event(event: Event) -> StoryEvent:
    details = event.details
    texts = {
        name: printable(str(details.get(name, ""))) for name in ("uri", "keeper", "why", "relation", "reason", "run")
    }
    return StoryEvent(
        at=event.at,
        what=event.what,
        by=printable(event.by),
        now_at=[printable(path) for path in details.get("now_at", ())],
        evidence=[printable(evidence_in_words(edge)) for edge in details.get("evidence", ())],
        pairs=[_pair(edge) for edge in details.get("evidence", ())],
        **texts,
    )


def _pair(edge: Mapping[str, Any]) -> StoryPair:
    names = {name: printable(edge[name]) for name in ("a", "b", "relation")}
    return StoryPair(**names, score=edge["score"], evidence=edge["evidence"])


@router.get("/results/{result}/uncompared", dependencies=[viewer])
def list_uncompared(
    state: Shared, result: str, cursor: str = "", limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> UncomparedPage:
    """List the images that were not compared in full, each with its reason: skipped ones, flat ones, tiny ones."""
    found = state.results.get(result)
    every, name = not_compared(found.report), f"uncompared/{found.id}"
    begin = read_cursor(cursor, name)
    end = begin + limit
    return UncomparedPage(
        images=[Uncompared(uri=printable(uri), reason=printable(reason)) for uri, reason in every[begin:end]],
        next=write_cursor(end, name) if end < len(every) else None,
        total=len(every),
        reasons=dict(Counter(printable(reason) for _, reason in every).most_common(100)),
    )


@router.get("/results/{result}/missed", dependencies=[reviewer])
def estimate(state: Shared, result: str, sample: Annotated[int, Query(ge=1, le=10_000)] = 10) -> MissedEstimate:
    """Estimate how many pairs of copies were missed: images drawn at random are verified against all others."""
    report = state.results.get(result).report
    pairs = sampled_pairs(report, sample=sample)
    if pairs > _MOST_PAIRS:
        raise UsageError(
            f"That is {pairs:,} pairs to verify, and more than {_MOST_PAIRS:,} take too long to wait for.",
            next_step="Draw fewer images, or run `sosie audit --missed` on the machine.",
        )
    found = estimate_missed(report, state.catalogue, sample=sample)
    return MissedEstimate(
        missed=found.missed,
        low=found.low,
        high=found.high,
        sampled=found.sampled,
        population=found.population,
        verified=found.verified,
        found=[MissedPair(a=printable(a), b=printable(b)) for a, b in found.found],
    )
