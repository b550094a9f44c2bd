"""Images as the API shows them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from sosie.types import Relation

Choice = Literal["keep", "drop", "open"]


class Image(BaseModel):
    """One image of a result. Its picture is at /api/contents/{sha256}/thumbnail and /api/contents/{sha256}/bytes."""

    id: int
    """Position in the result's report."""
    sha256: str
    uri: str
    brand: str
    title: str = ""
    width: int
    height: int
    bytes: int
    format: str
    compared: str = "yes"


class Member(Image):
    """An image of a group, and what is decided of it. `by` is who or which rule chose; `reason` is why."""

    choice: Choice = "open"
    apart: bool = False
    """Somebody called it no duplicate of any other image of the group."""
    decision: int | None = None
    by: str = ""
    reason: str = ""
    metadata: dict[str, str] = {}
    """What its source says of it."""
    score: float | None = None
    """Score of its edge to the keeper, None where no edge joins the two directly."""


class Edge(BaseModel):
    """Why two images are called what they are called; `evidence` is that of the report."""

    a: int
    b: int
    relation: Relation
    score: float
    inner: int | None = None
    evidence: dict[str, Any]
    words: str = ""
    """The evidence in a sentence: "mirrored, cropped to 72 %, overlay added"."""


class Place(BaseModel):
    """One place where a content was found."""

    uri: str
    brand: str
    title: str = ""
    metadata: dict[str, str] = {}


class ContentInfo(BaseModel):
    """One content: what it is and where it was found."""

    sha256: str
    format: str
    width: int
    height: int
    bytes: int
    frames: int = 1
    quality: int | None = None
    places: list[Place]
