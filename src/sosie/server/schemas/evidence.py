"""The story of an image, what was never compared, and what was probably missed."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class StoryPair(BaseModel):
    """What joined an image to its keeper, as it was measured: two URIs, and the evidence of the report."""

    a: str
    b: str
    relation: str
    score: float
    evidence: dict[str, Any]


class StoryEvent(BaseModel):
    """One thing that was decided on an image or done to it: when (seconds since 1970), what, by whom or which rule.

    `evidence` are the pairs that joined it to its keeper, in words, and `pairs` the same as measured; `now_at` is where
    its file lies.
    """

    at: float
    what: str
    by: str
    uri: str = ""
    keeper: str = ""
    why: str = ""
    relation: str = ""
    reason: str = ""
    run: str = ""
    now_at: list[str] = []
    evidence: list[str] = []
    pairs: list[StoryPair] = []


class Story(BaseModel):
    """All that happened to an image, oldest first. `sha256` is its content, where that is known."""

    uri: str
    sha256: str | None
    events: list[StoryEvent]


class Uncompared(BaseModel):
    """An image that was not compared in full, and why."""

    uri: str
    reason: str


class UncomparedPage(BaseModel):
    """Images that were not compared in full, a page at a time; `reasons` counts all of them by reason."""

    images: list[Uncompared]
    next: str | None = None
    total: int
    reasons: dict[str, int] = {}


class MissedPair(BaseModel):
    """A pair of copies that the scan has missed, as two URIs."""

    a: str
    b: str


class MissedEstimate(BaseModel):
    """How many pairs of copies were probably missed in all, with the bounds of a 95 % interval.

    `sampled` images of `population` were verified against all others, `verified` pairs in all; `found` are the missed
    pairs among them.
    """

    missed: float
    low: float
    high: float
    sampled: int
    population: int
    verified: int
    found: list[MissedPair]
