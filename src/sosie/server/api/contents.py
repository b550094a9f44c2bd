"""Contents: what they are, their bytes, their thumbnails."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Response

from sosie.pipeline.content_bytes import known_content, read_content, read_fetched
from sosie.server.answers import accepts_avif, media_type, picture
from sosie.server.schemas.images import ContentInfo
from sosie.server.security.roles import viewer
from sosie.server.state import Shared
from sosie.server.views.places import content_info

router = APIRouter(prefix="/api/contents/{sha256}", tags=["contents"])

Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the bytes, in hexadecimal.")]
IfNoneMatch = Annotated[str | None, Header(alias="if-none-match")]
PICTURE: dict[int | str, Any] = {200: {"content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}}


@router.get("", dependencies=[viewer])
def get_content(state: Shared, sha256: Sha256) -> ContentInfo:
    """Return what an image is and where it was found."""
    content = known_content(state.catalogue, bytes.fromhex(sha256))
    return content_info(content, state.catalogue, state.brands)


@router.get("/bytes", dependencies=[viewer], response_class=Response, responses=PICTURE)
def get_bytes(
    state: Shared,
    sha256: Sha256,
    known: IfNoneMatch = None,
    wanted: Annotated[str | None, Header(alias="range")] = None,
) -> Response:
    """Return the bytes of an image as they are, whole or a part of them (Range)."""
    content = known_content(state.catalogue, bytes.fromhex(sha256))
    data = read_content(state.catalogue, state.originals, content, int(state.settings.max_megabytes * 1e6))
    return picture(data, media_type(content.format), tag=sha256, name=sha256[:16], known=known, wanted=wanted)


@router.get("/thumbnail", dependencies=[viewer], response_class=Response, responses=PICTURE)
def get_thumbnail(
    state: Shared,
    sha256: Sha256,
    side: Literal["160", "320", "640", "1280"] = "320",
    known: IfNoneMatch = None,
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Return a small picture of an image: AVIF for those who say that they show it, else WebP."""
    key = bytes.fromhex(sha256)

    def read() -> bytes:
        return read_fetched(state.catalogue, state.originals, key, int(state.settings.max_megabytes * 1e6))

    kind: Literal["webp", "avif"] = "avif" if accepts_avif(accept) else "webp"
    data = state.thumbnails.get(key, int(side), kind, read)
    tag = f"{sha256[:32]}-{side}-{kind}"
    answer = picture(data, f"image/{kind}", tag=tag, name=f"{sha256[:16]}-{side}", known=known)
    answer.headers["vary"] = "Accept"
    return answer
