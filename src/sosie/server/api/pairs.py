"""Pairs: what joins two contents, and the picture of what differs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from sosie.imaging.thumbnails import encode_webp
from sosie.pipeline.content_bytes import known_content, read_content
from sosie.pipeline.drawing import drawn
from sosie.server.answers import picture
from sosie.server.api.contents import PICTURE, IfNoneMatch
from sosie.server.schemas.results import Pair
from sosie.server.security.roles import viewer
from sosie.server.state import Shared
from sosie.server.views.pairs import explained, pair_view
from sosie.server.views.places import said_by

router = APIRouter(prefix="/api/results/{result}/pairs/{a}/{b}", tags=["results"])

Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the bytes, in hexadecimal.")]


@router.get("", dependencies=[viewer])
def get_pair(state: Shared, result: str, a: Sha256, b: Sha256) -> Pair:
    """Return what joins two images of a result; what the job did not compare is compared now."""
    found = explained(state.results.get(result), state.catalogue, a, b)
    return pair_view(found, state.catalogue, said_by(state.brands))


@router.get("/picture", dependencies=[viewer], response_class=Response, responses=PICTURE)
def get_picture(state: Shared, result: str, a: Sha256, b: Sha256, known: IfNoneMatch = None) -> Response:
    """Return a picture of two images: both aligned, with what differs marked (WebP)."""
    found = explained(state.results.get(result), state.catalogue, a, b)
    limit = int(state.settings.max_megabytes * 1e6)
    first, second = (
        read_content(state.catalogue, state.originals, known_content(state.catalogue, bytes.fromhex(key)), limit)
        for key in (a, b)
    )
    page = encode_webp(drawn(found, first, second, max_pixels=int(state.settings.max_megapixels * 1e6)))
    answer = picture(page, "image/webp", tag=f"{a[:24]}-{b[:24]}", name=f"{a[:12]}-{b[:12]}", known=known)
    answer.headers["cache-control"] = "private, max-age=3600"
    return answer
