"""What people bring themselves: files of their machine, and sources to look at before they are saved."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

from fastapi import APIRouter, UploadFile

from sosie.errors import UsageError
from sosie.pipeline.looking import look_at
from sosie.pipeline.naming import without_secrets
from sosie.server.schemas.brands import SourceTest, SourceTestInput, UploadResult
from sosie.server.security.roles import admin, reviewer
from sosie.server.state import Shared
from sosie.sources.intake import Intake
from sosie.store.brands import Brand, SourceSpec

router = APIRouter(prefix="/api", tags=["brands"])
_UPLOAD = SourceSpec("upload")


@router.post("/brands/{key}/uploads", status_code=201, dependencies=[reviewer])
def upload(state: Shared, key: str, files: list[UploadFile]) -> UploadResult:
    """Take in files, files of folders (their relative names are kept) and ZIP archives.

    The brand is made when it is not there. What was taken is processed by the brand's next job.
    """
    row = state.brands.get(key) or Brand(key=key)
    intake = Intake(state.settings.uploads_path, row.key)
    intake.take_all((file.filename or "image", file.file) for file in files)
    if not any(spec.kind == _UPLOAD.kind for spec in row.sources):
        state.brands.save(replace(row, sources=(*row.sources, _UPLOAD)))
    skipped = [{"name": skipped.uri, "reason": skipped.reason} for skipped in intake.skipped]
    return UploadResult(brand=row.key, accepted=intake.accepted, skipped=skipped)


@router.post("/sources/test", dependencies=[admin])
def test_source(state: Shared, body: SourceTestInput) -> SourceTest:
    """Look at a source before it is saved: the first images, or why it cannot be read."""
    if body.brand and not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", body.brand):
        raise UsageError("A brand cannot be called so.", next_step="Use small letters, digits, dots and hyphens.")
    spec = SourceSpec(body.source.kind, body.source.settings)
    look = look_at(spec, body.brand or "test", state.settings)
    images = [
        {"uri": without_secrets(ref.uri), "title": ref.title, **({"data": _data_url(picture)} if picture else {})}
        for ref, picture in look.images
    ]
    ok = not look.error
    return SourceTest(
        ok=ok, found=len(images), complete=look.complete, images=images, error=look.error, next_step=look.next_step
    )


def _data_url(picture: bytes) -> str:
    return "data:image/webp;base64," + base64.b64encode(picture).decode("ascii")
