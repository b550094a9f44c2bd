"""Is this image in the catalogue already?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from sosie.errors import TooLarge, UsageError
from sosie.server.answers import as_json
from sosie.server.schemas.checks import Check, CheckInput
from sosie.server.security.callers import caller_of
from sosie.server.security.roles import viewer
from sosie.server.state import Shared, State
from sosie.server.views.asking import fetch_image

router = APIRouter(prefix="/api/check", tags=["check"])
_SMALL = 1_000_000
"""Bytes whose digest is computed in less than a millisecond."""
_BODIES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": CheckInput.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "brand": {"type": "string", "maxLength": 64, "default": ""},
                        "add": {"type": "boolean", "default": False},
                    },
                }
            },
        },
    }
}


class _Fields(BaseModel, extra="forbid"):
    """What stands beside the file in a form."""

    brand: str = Field(default="", max_length=64)
    add: bool = False


@router.post("", dependencies=[viewer], response_model=Check, openapi_extra=_BODIES)
async def check(state: Shared, request: Request) -> Response:
    """Tell whether an image (uploaded, or at a URL) is in the catalogue, as what and why; with `add`, add it if not.

    Adding needs the role reviewer.
    """
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=8) as form:
            return await _uploaded(state, request, form)
    try:
        asked = CheckInput.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(_told(error)) from error
    _note_change(request, add=asked.add)
    return await _worked(state, _at_address, state, asked)


async def _uploaded(state: State, request: Request, form: FormData) -> Response:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise UsageError("The form has no file.", next_step="Send the image as the field `file`.")
    try:
        fields = _Fields.model_validate({name: value for name, value in form.items() if name != "file"})
    except ValidationError as error:
        raise RequestValidationError(_told(error)) from error
    _note_change(request, add=fields.add)
    limit = int(state.settings.max_megabytes * 1e6)
    if (file.size or 0) > limit:
        raise TooLarge(f"The image is larger than {limit / 1e6:,.0f} MB.", next_step="Send a smaller one.")
    data, title = await file.read(), file.filename or ""
    checks = state.checks
    if checks.is_fresh and len(data) <= _SMALL:  # a thread would only wait for its turn, longer than this takes
        known = checks.at_once(data, brand=fields.brand, add=fields.add)
    else:
        known = await run_in_threadpool(checks.at_once, data, brand=fields.brand, add=fields.add)
    if known is not None:  # it does not wait behind those that have to be described
        return as_json(known)
    return await _worked(state, _answer, state, data, fields.brand, fields.add, title)


def _note_change(request: Request, *, add: bool) -> None:
    """Let nobody add an image who may only look, and have it noted."""
    caller = caller_of(request)
    if add and (caller is None or not caller.may("reviewer")):
        raise HTTPException(403, "Adding an image needs the role reviewer.")
    request.state.changed = add


async def _worked(state: State, work: Callable[..., Response], *arguments: Any) -> Response:
    return await asyncio.get_running_loop().run_in_executor(state.checks.workers, work, *arguments)


def _at_address(state: State, asked: CheckInput) -> Response:
    data = fetch_image(asked.url, state.settings)
    title = unquote(urlsplit(asked.url).path.rpartition("/")[2])
    return _answer(state, data, asked.brand, asked.add, title)


def _answer(state: State, data: bytes, brand: str, add: bool, title: str) -> Response:
    if add and not brand:
        raise UsageError("To be added, an image needs a brand.", next_step="Name the brand in `brand`.")
    return as_json(state.checks.check(data, brand=brand, add=add, title=title[:200]))


def _told(error: ValidationError) -> list[Any]:
    return [{**row, "loc": ("body", *row["loc"])} for row in error.errors(include_url=False, include_context=False)]
