"""The fields of the product's first outline, kept with their names and meaning."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class OutlineImage(BaseModel):
    """An image of a brand."""

    id: str
    brand: str
    url: str


class OutlineImages(BaseModel):
    """Answer of GET /api/images."""

    success: bool
    totalImages: int
    brandCounts: dict[str, int]
    failedBrands: list[dict[str, str]]
    images: list[OutlineImage]
    next: str | None = None


class OutlineProcessInput(BaseModel):
    """What POST /api/process takes: brands, or images with their addresses, or both."""

    model_config = ConfigDict(extra="ignore")

    brands: list[str] = Field(default=[], max_length=1000)
    images: list[OutlineImage] = Field(default=[], max_length=100_000)
    similarityThreshold: float | None = Field(default=None, gt=0, le=1)
    algorithm: Literal["auto", "hash"] | None = None


class OutlineCluster(BaseModel):
    """A cluster of images that are one picture, or look alike."""

    id: int
    size: int
    avgSimilarity: float
    images: list[dict[str, Any]]
    relation: str
    keeper: str


class OutlineResults(BaseModel):
    """Clusters and their statistics."""

    clusters: list[OutlineCluster]
    stats: dict[str, Any]


class OutlineProcess(BaseModel):
    """Answer of POST /api/process: the job, and with ?wait=true the result."""

    success: bool
    job: str
    state: str
    processingTime: float | None = None
    totalImages: int | None = None
    duplicateClusters: int | None = None
    totalDuplicateImages: int | None = None
    similarityThreshold: float | None = None
    algorithm: str | None = None
    performance: dict[str, Any] = {}
    failedBrands: list[dict[str, str]] = []
    results: OutlineResults | None = None
