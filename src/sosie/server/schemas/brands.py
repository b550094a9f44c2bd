"""Brands and their sources."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

BrandState = Literal["never", "syncing", "ready", "failed"]


class SourceSpec(BaseModel, extra="forbid"):
    """One source: its kind and the settings of that kind (docs/sources.md)."""

    kind: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", examples=["shopify"])
    settings: dict[str, Any] = {}


class BrandSettings(BaseModel, extra="forbid"):
    """Settings that a brand has of its own (docs/service.md); for all others the server's hold."""

    method: Literal["auto", "hash"] | None = None
    embedders: list[str] | None = Field(default=None, max_length=10)
    similarity_threshold: float | None = Field(default=None, gt=0, le=1)
    similar_groups: Literal["star", "complete"] | None = None
    downloads: int | None = Field(default=None, ge=1, le=256)
    downloads_per_host: int | None = Field(default=None, ge=1, le=256)
    download_megabytes: float | None = Field(default=None, ge=0.001, le=100_000)
    download_seconds: float | None = Field(default=None, ge=0.001, le=86_400)


class BrandInput(BaseModel, extra="forbid"):
    """A brand as somebody declares it."""

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", examples=["levis-1"])
    name: str = Field(default="", max_length=200)
    colour: str = Field(default="", pattern=r"^(#[0-9a-fA-F]{6})?$")
    sources: list[SourceSpec] = Field(default=[], max_length=50)
    every_hours: float | None = Field(default=None, gt=0, le=8760)
    """Hours between two syncs; none leaves it to people."""
    settings: BrandSettings | None = None


class BrandChange(BaseModel, extra="forbid"):
    """What is to change of a brand; what is left out stays."""

    name: str | None = Field(default=None, max_length=200)
    colour: str | None = Field(default=None, pattern=r"^(#[0-9a-fA-F]{6})?$")
    sources: list[SourceSpec] | None = Field(default=None, max_length=50)
    every_hours: float | None = Field(default=None, gt=0, le=8760)
    settings: BrandSettings | None = None
    """All settings of its own: those that are left out are the server's again."""


class Brand(BaseModel):
    """A named collection of images. `mosaic` are contents to show it by; times are seconds since 1970."""

    key: str
    name: str
    colour: str = ""
    sources: list[SourceSpec] = []
    every_hours: float | None = None
    settings: BrandSettings = BrandSettings()
    state: BrandState = "never"
    error: str = ""
    images: int = 0
    skipped: int = 0
    last_sync: float | None = None
    mosaic: list[str] = []
    job: str | None = None
    """The job that works on it now."""
    result: str | None = None
    """The newest finished job that this brand took part in."""
    groups: int = 0
    """Groups of that result in which the brand has an image."""


class Brands(BaseModel):
    """All brands, by name."""

    brands: list[Brand]


class SourceTest(BaseModel):
    """What a look at a source found: the first images, or why it cannot be read."""

    ok: bool
    found: int = 0
    complete: bool = False
    """Whether `found` are all; a test stops after the first few."""
    images: list[dict[str, str]] = []
    """The first images: `uri` and `title`; `data`, a small picture as a data URL, where it could be read."""
    error: str = ""
    next_step: str = ""


class SourceTestInput(BaseModel, extra="forbid"):
    """A source to look at before it is saved."""

    brand: str = ""
    source: SourceSpec


class UploadResult(BaseModel):
    """What became of files that were sent."""

    brand: str
    accepted: int
    skipped: list[dict[str, str]] = []
    """`name` and `reason` of each file that was not taken."""
