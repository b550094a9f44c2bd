"""What a finished job found: summary, groups, evidence, histogram, map."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from sosie.server.schemas.images import Edge, Image, Member
from sosie.types import Relation


class BrandShare(BaseModel):
    """A brand's part of a result. `copies` are its images in groups of copies that are not the keeper."""

    brand: str
    images: int
    copies: int
    groups: int


class Summary(BaseModel):
    """The answers that people look for first. `gain` is bytes, times are seconds (since 1970 for `created`)."""

    id: str
    created: float
    brands: list[BrandShare]
    images: int
    contents: int
    unique: int
    """Images that are left when of every group of copies one stays."""
    copies: int
    groups: dict[Relation, int]
    edges: dict[Relation, int]
    cross_brand: int
    """Groups with images of more than one brand."""
    gain: int
    skipped: int
    method: str
    embedder: str
    threshold: float | None
    """Cosine from which images were called similar."""
    seconds: float
    timings: dict[str, float] = {}
    fallbacks: list[str] = []
    settled: int = 0
    """Groups in which nothing is left to ask."""
    total: int = 0


class GroupSummary(BaseModel):
    """A group in a list. `key` names its contents, so it is the same in every scan that finds them together."""

    key: str
    relation: Relation
    size: int
    keeper: Image
    preview: list[Image]
    """The first members, keeper first, at most 8."""
    brands: list[str]
    gain: int
    score: float
    """The weakest edge that holds it together."""
    average: float
    """Mean score of the edges inside it."""
    reason: str
    asked: int
    """Images that wait for a decision."""
    settled: bool


class Groups(BaseModel):
    """One page of groups; `next` is the cursor of the next one, `total` counts all that the filter lets through."""

    groups: list[GroupSummary]
    next: str | None = None
    total: int
    images: int
    gain: int


class GroupDetail(GroupSummary):
    """A group with all its members, and the edges among them and to images outside."""

    members: list[Member]
    edges: list[Edge]
    """Edges among members, at most 5,000, those of the keeper and those that hold the group together first."""
    weakest: Edge | None
    links: list[Link]
    """Images outside the group that stand in another relation to a member."""
    revision: int
    """To be given back as `seen` with a decision."""


class Link(BaseModel):
    """An image outside a group and how it relates to a member."""

    edge: Edge
    image: Image
    group: str | None
    """Key of the group that the image is in, if any."""


class Bin(BaseModel):
    """Pairs with a score in [low, high), by relation."""

    low: float
    high: float
    counts: dict[Relation, int]


class Histogram(BaseModel):
    """How scores are spread. `cosine` bins are those that a threshold for `similar` cuts."""

    scores: list[Bin]
    cosine: list[Bin]
    threshold: float | None
    lowest: float | None
    """The lowest threshold for which regrouping needs no new run."""


class Regrouped(BaseModel):
    """What another threshold for `similar` would give; nothing is stored."""

    threshold: float
    groups: int
    images: int
    largest: int
    milliseconds: float


class Map(BaseModel):
    """All images in a plane, near ones being alike: one column a property, all of the same length."""

    id: list[int]
    sha256: list[str]
    brand: list[str]
    x: list[float]
    """0 to 1."""
    y: list[float]
    group: list[int]
    """Number of the group in `groups`, -1 for none."""
    groups: list[str]
    """Keys."""
    relation: list[Relation]
    """Of each group."""


class SkippedPage(BaseModel):
    """Images that were given but could not be used."""

    skipped: list[dict[str, str]]
    next: str | None = None
    total: int


class Pair(BaseModel):
    """Two contents and what joins them; `edge` is None for strangers."""

    a: Image
    b: Image
    edge: Edge | None
    transform: list[list[float]] | None
    """Maps pixel coordinates of `a` to those of `b` at full size (homogeneous, 3 x 3)."""
    pdq_distance: int | None = None
    dhash_distance: int | None = None
    differences: dict[str, list[Any]] = {}
    """What their files and sources say differently: name to the two values."""


GroupDetail.model_rebuild()
