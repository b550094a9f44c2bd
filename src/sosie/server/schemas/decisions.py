"""Decisions on groups, plans and what was done."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from sosie.server.schemas.images import Choice
from sosie.server.schemas.results import GroupSummary
from sosie.types import Relation


class GroupDecision(BaseModel, extra="forbid"):
    """What to do with one group.

    `settle` keeps the images at `keep` (URIs) and drops the others, `apart` says that no two are duplicates, or with
    `images` (URIs) that these are no duplicates of any other; `together` takes that back. `choose` sets single images
    (`choices`: URI to keep, drop or open), `open` takes everything back.
    """

    action: Literal["settle", "apart", "together", "choose", "open"]
    keep: list[str] = []
    images: list[str] = []
    choices: dict[str, Choice] = {}
    seen: int | None = None
    reason: str = Field(default="", max_length=2000)


class Decided(BaseModel):
    """The numbers of the decisions that were recorded; give them to /api/decisions/undo to take them back."""

    decisions: list[int]
    group: GroupSummary | None = None
    """The group as it is now; None when it no longer exists in this form."""
    revision: int = 0


class GroupFilter(BaseModel, extra="forbid"):
    """Which groups: the same as the query of the list."""

    relation: list[Relation] = []
    brand: list[str] = []
    cross_brand: bool = False
    min_size: int | None = None
    max_size: int | None = None
    min_score: float | None = None
    max_score: float | None = None
    source: str = ""
    text: str = ""
    state: Literal["any", "open", "settled"] = "any"


class BulkDecision(BaseModel, extra="forbid"):
    """A decision for all groups that a filter shows; `preview` only counts. `suggested` keeps each group's keeper."""

    filter: GroupFilter = GroupFilter()
    action: Literal["suggested", "apart", "open"]
    preview: bool = True
    reason: str = Field(default="", max_length=2000)
    expected: int | None = None
    """The count that the preview showed: when it is another by now, nothing is recorded (409)."""


class BulkDecided(BaseModel):
    """What a bulk decision comes to."""

    groups: int
    images: int
    dropped: int
    gain: int
    sample: list[GroupSummary] = []
    left_out: dict[str, int] = {}
    """Groups that were left out, by the reason: relations that are never settled automatically."""
    decisions: list[int] = []


class UndoInput(BaseModel, extra="forbid"):
    """Decisions to take back, all or none."""

    decisions: list[Annotated[int, Field(ge=1, le=2**53)]] = Field(min_length=1, max_length=100_000)


class DecisionRow(BaseModel):
    """One decision, as the audit shows it. `at` is seconds since 1970."""

    id: int
    kind: str
    contents: list[str]
    keeper: str | None
    place: str | None
    person: str
    at: float
    reason: str


class DecisionPage(BaseModel):
    """Decisions, oldest first. `revision` is the number of the newest one of all."""

    decisions: list[DecisionRow]
    next: int | None = None
    revision: int = 0


class PlanInput(BaseModel, extra="forbid"):
    """What a plan is to do with dropped files."""

    result: str
    method: Literal["quarantine", "trash", "hardlink", "reflink", "list", "webhook"] = "quarantine"
    target: str | None = None


class PlanView(BaseModel):
    """A plan: nothing has happened yet. `drops` and `left` are its first rows."""

    id: str
    created: float
    method: str
    drops: list[dict[str, Any]]
    left: list[dict[str, Any]]
    total_drops: int
    total_left: int
    gain: int
    applied: str | None = None
    """The run that carried it out."""


class ApplyInput(BaseModel, extra="forbid"):
    """`confirm` must say how many files the reader saw in the plan."""

    confirm: int


class UndoRunInput(BaseModel, extra="forbid"):
    """Which files of a run come back: those at these URIs and those that match one of the patterns `only`; all of them
    when nothing is named.
    """

    uris: list[str] = Field(default=[], max_length=100_000)
    only: list[Annotated[str, Field(max_length=2000)]] = Field(default=[], max_length=1000)


class RunView(BaseModel):
    """A run of actions: what was done, refused and undone."""

    id: str
    at: float
    state: str
    done: int
    refused: list[dict[str, str]] = []
    undone: int = 0
    method: str = ""


class RunItem(BaseModel):
    """One file of a run: `step` is where it stands, `now_at` where it lies now, `reason` why it was left."""

    uri: str
    keeper: str
    by: str
    step: Literal["begin", "done", "refused", "undoing", "undone"]
    now_at: list[str] = []
    reason: str = ""


class RunItems(BaseModel):
    """The files of a run in the order of its plan, a page at a time."""

    items: list[RunItem]
    next: str | None = None
    total: int


class Runs(BaseModel):
    """Runs, newest first."""

    runs: list[RunView]
