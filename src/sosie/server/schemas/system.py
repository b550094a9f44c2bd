"""Health, settings, sessions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

Role = Literal["viewer", "reviewer", "admin"]


class BackEnd(BaseModel):
    """One back end of the embedding chain: `state` and what to do about it."""

    name: str
    state: Literal["working", "unavailable", "not configured", "not tried"]
    model: str = ""
    detail: str = ""
    next_step: str = ""


class Health(BaseModel):
    """How the service is. `success` is the first outline's field."""

    success: bool
    status: Literal["ready", "starting", "degraded"]
    version: str
    uptime: float
    instance: str
    database: str
    cache: str
    embedders: list[BackEnd]
    jobs: dict[str, int]
    images: int
    brands: int


class Setting(BaseModel):
    """One setting, its value in force and where that comes from. Secrets are shown as "set" or ""."""

    name: str
    value: Any
    default: Any
    source: Literal["argument", "environment", "file", "server", "default"]
    description: str
    secret: bool = False
    editable: bool = False
    choices: list[str] = []


class Settings(BaseModel):
    """All settings."""

    settings: list[Setting]


class SettingsChange(BaseModel, extra="forbid"):
    """New values of editable settings; null takes a value back to what file and environment say."""

    values: dict[str, Any]


class Model(BaseModel):
    """A model of the registry and whether its file is here."""

    name: str
    title: str = ""
    licence: str = ""
    bytes: int | None = None
    present: bool
    dims: int | None = None
    threshold: float | None = None


class Models(BaseModel):
    """All models."""

    models: list[Model]


class CacheState(BaseModel):
    """What is stored: rows and bytes by part."""

    parts: list[dict[str, Any]]


class User(BaseModel):
    """Who is signed in."""

    name: str
    role: Role


class Session(BaseModel):
    """The session: whether signing in is needed, who is in, and the token that changing requests must carry
    in the header X-CSRF-Token."""

    required: bool
    user: User | None
    csrf: str = ""
    version: str = ""


class SignIn(BaseModel, extra="forbid"):
    """Name and password."""

    name: str = Field(default="admin", max_length=100)
    password: str = Field(max_length=1000)


class Token(BaseModel):
    """An API token; `secret` is shown once, when it is made."""

    id: str
    name: str
    role: Role
    created: float
    last_used: float | None = None
    secret: str | None = None


class TokenInput(BaseModel, extra="forbid"):
    """A token to make."""

    name: str = Field(min_length=1, max_length=100)
    role: Role = "viewer"


class Tokens(BaseModel):
    """All tokens, without their secrets."""

    tokens: list[Token]


class Problem(BaseModel):
    """An error as application/problem+json (RFC 9457), with what helps. `type` names the class of the error."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    next_step: str = ""
    errors: list[dict[str, Any]] = []


class Deed(BaseModel):
    """Who did what: a change or a sign-in. `target` is what the route's parameters named."""

    id: int
    at: float
    person: str
    role: str
    client: str
    method: str
    route: str
    target: dict[str, str]
    status: int
    request: str


class Audit(BaseModel):
    """A page of the audit log, newest first."""

    deeds: list[Deed]
    next: int | None = None
