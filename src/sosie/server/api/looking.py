"""Questions about images that the catalogue need not have: why two are the same, and what is like one."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, UploadFile

from sosie.config import Settings
from sosie.errors import TooLarge
from sosie.server.schemas.looking import Explained, Likes
from sosie.server.security.roles import viewer
from sosie.server.state import Shared, State
from sosie.server.views.looking import explain_files
from sosie.server.views.settings import in_force

router = APIRouter(prefix="/api", tags=["check"])

Count = Annotated[int, Query(ge=1, le=1000)]


@router.post("/explain", dependencies=[viewer])
def explain(
    state: Shared,
    a: UploadFile,
    b: UploadFile,
    method: Literal["auto", "hash"] | None = None,
    picture: bool = False,
) -> Explained:
    """Explain why two images are, or are not, called the same. Nothing is kept."""
    settings = _settings(state)
    settings = replace(settings, method=method or settings.method)
    return explain_files(_read(a, state), _read(b, state), settings, picture=picture)


@router.post("/similar", dependencies=[viewer])
def similar(state: Shared, file: UploadFile, count: Count = 20) -> Likes:
    """List the images of the catalogue that are most like an image, the nearest first. It needs an embedder."""
    return state.likenesses.like_image(_read(file, state)[1], _settings(state), count)


@router.get("/search", dependencies=[viewer])
def search(state: Shared, text: Annotated[str, Query(min_length=1, max_length=1000)], count: Count = 20) -> Likes:
    """List the images of the catalogue that fit some words best, the best first. It needs a CLIP model."""
    return state.likenesses.like_words(text, _settings(state), count)


def _settings(state: State) -> Settings:
    return in_force(state.settings, state.access.store)


def _read(file: UploadFile, state: State) -> tuple[str, bytes]:
    limit = int(state.settings.max_megabytes * 1e6)
    if (file.size or 0) > limit:
        raise TooLarge(f"The image is larger than {limit / 1e6:,.0f} MB.", next_step="Send a smaller one.")
    return file.filename or "image", file.file.read()
