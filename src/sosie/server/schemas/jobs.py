"""Jobs: what runs, how far it is, how it ended."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
Stage = Literal["fetch", "read", "compare", "verify", "group", "embed", "similar"]


class JobInput(BaseModel, extra="forbid"):
    """What to work on: brands, all of them when none is named."""

    brands: list[str] = Field(default=[], max_length=1000)
    method: Literal["auto", "hash"] | None = None
    embedders: list[str] | None = Field(default=None, max_length=10)
    threshold: float | None = Field(default=None, gt=0, le=1)
    sync: bool = True
    """Fetch the sources anew first; otherwise what is stored is processed."""
    confirm_cost: bool = False
    """Agree that more images than the setting `paid_images` go to a back end that costs money."""


class StageProgress(BaseModel):
    """One stage: how much of it is done. `rate` is images a second, `left` the seconds that remain, when known."""

    stage: Stage
    done: int = 0
    total: int = 0
    seconds: float = 0
    rate: float | None = None
    left: float | None = None


class Straggler(BaseModel):
    """A task that took far longer than most of its step: its file, seconds, and the process that did it."""

    task: str
    seconds: float
    worker: str


class StepCost(BaseModel):
    """What the tasks of one step have cost so far, where the work is cut into tasks (`shards`, `engine`).

    `tasks` of `total` are done, `kept` of them by an earlier run. All else is of the others: `rows`, images or (in
    `verify`) pairs; `rate`, rows a second; `seconds` by the clock, `busy` of all tasks together, `cpu` of processor;
    bytes `read` and `written`; tasks that were `lost` with a process or machine and begun again; `median` seconds of a
    task; and `stragglers`, which took over three times that.
    """

    step: str
    tasks: int
    total: int
    kept: int
    rows: int
    rate: float | None
    seconds: float
    busy: float
    cpu: float
    read: int
    written: int
    lost: int
    median: float
    stragglers: int
    slowest: list[Straggler] = Field(max_length=3)


class Progress(BaseModel):
    """How far a job is: all stages so far, in order, the last one being under way."""

    stages: list[StageProgress] = []
    skipped: int = 0
    last_skipped: list[dict[str, str]] = []
    """The newest of what was passed over: `uri` and `reason`, at most 20."""
    recent: list[str] = []
    """Contents (SHA-256) that were read last, at most 12, to show passing by."""
    fallbacks: list[str] = []
    """Plain sentences: which back end was left for another, and why."""
    steps: list[StepCost] = []
    """What tasks have cost, by step."""


class Job(BaseModel):
    """A run over brands. Times are seconds since 1970. When it is `done`, its result has the same id."""

    id: str
    state: JobState
    brands: list[str]
    params: dict[str, Any] = {}
    created: float
    started: float | None = None
    finished: float | None = None
    progress: Progress = Progress()
    failed_brands: dict[str, str] = {}
    """Brands that could not be fetched, with the reason; the others went on."""
    error: str = ""
    next_step: str = ""
    person: str = ""


class Jobs(BaseModel):
    """Jobs, newest first."""

    jobs: list[Job]
    next: str | None = None
