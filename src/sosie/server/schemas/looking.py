"""Two images compared, and images that are like another one or like some words."""

from __future__ import annotations

from pydantic import BaseModel

from sosie.server.schemas.images import Edge, Image


class Explained(BaseModel):
    """Why two images are, or are not, called the same. In `edge`, 0 is `a` and 1 is `b`; None when nothing joins them.

    The distances are those of the hashes in the closest orientation, of which `orientation` says how `a` is turned.
    """

    a: Image
    b: Image
    edge: Edge | None
    pdq_distance: int
    dhash_distance: int
    orientation: str
    picture: str = ""
    """Both aligned, with what differs marked, as a data URL (PNG), when it was asked for."""


class Like(BaseModel):
    """A content of the catalogue: where it is, and its cosine with what was asked for."""

    uris: list[str]
    sha256: str
    cosine: float


class Likes(BaseModel):
    """What was found, best first, and by which embedder; from `threshold` on its space calls images alike.

    `left` says which back ends could not be used and why.
    """

    hits: list[Like]
    embedder: str
    space: str
    threshold: float
    left: list[str] = []
