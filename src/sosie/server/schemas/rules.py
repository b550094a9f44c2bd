"""Keep rules, as a file and as a form."""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import BaseModel, Field

_Texts = list[str]


class ConditionForm(BaseModel, extra="forbid"):
    """What an image must be like; every part that is given must hold, and of a list one entry."""

    path: _Texts = Field(default=[], max_length=1000)
    brand: _Texts = Field(default=[], max_length=1000)
    format: _Texts = Field(default=[], max_length=100)
    metadata: bool | None = None
    min_pixels: int | None = Field(default=None, ge=0, le=2**53)
    max_pixels: int | None = Field(default=None, ge=0, le=2**53)
    modified_before: datetime.date | None = None
    modified_after: datetime.date | None = None


class RuleForm(ConditionForm):
    """A condition under a name, which is given as the reason."""

    name: str = Field(default="", max_length=200)


class OnlyWhenForm(RuleForm):
    """Images that are dropped only when an image `kept` stays in the same group."""

    kept: ConditionForm


class RulesForm(BaseModel, extra="forbid"):
    """All keep rules. `order` are the criteria of the keeper, `formats` image formats, from the first to the last."""

    automatic: _Texts = []
    order: _Texts = []
    formats: _Texts = Field(default=[], max_length=100)
    protect: list[RuleForm] = Field(default=[], max_length=1000)
    only_when: list[OnlyWhenForm] = Field(default=[], max_length=1000)
    prefer: list[RuleForm] = Field(default=[], max_length=1000)


class RulesText(BaseModel, extra="forbid"):
    """The keep rules as TOML."""

    text: str = Field(max_length=200_000)


class RulesView(RulesText):
    """The keep rules as TOML and as a form."""

    rules: RulesForm


class RulesDraft(BaseModel, extra="forbid"):
    """Rules that somebody is writing: as TOML, or as a form."""

    text: str | None = Field(default=None, max_length=200_000)
    rules: RulesForm | None = None


class RulesEffect(BaseModel):
    """What a change of rules would change, before it does."""

    changed: int
    rows: list[dict[str, Any]] = []
