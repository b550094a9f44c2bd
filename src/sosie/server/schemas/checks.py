"""Is this image in the catalogue already?"""

from __future__ import annotations

from pydantic import BaseModel, Field

from sosie.server.schemas.images import Edge, Image


class CheckInput(BaseModel, extra="forbid"):
    """An image by its address; the other form is a multipart upload with the field `file`."""

    url: str = Field(max_length=8192)
    brand: str = ""
    add: bool = False


class Match(BaseModel):
    """An image of the catalogue that the checked one relates to; in `edge`, `a` is the checked image (0)."""

    image: Image
    edge: Edge
    group: str | None = None


class Check(BaseModel):
    """The answer, the closest first. `verdict` is a sentence; `known` says that these very bytes are there."""

    sha256: str
    width: int
    height: int
    known: bool
    matches: list[Match]
    verdict: str
    added: bool = False
    milliseconds: float
