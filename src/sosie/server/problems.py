"""Errors as application/problem+json (RFC 9457), each with a sentence and a next step."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from sosie.errors import (
    ActionRefused,
    Busy,
    CatalogueError,
    DecisionConflict,
    EmbedderFailure,
    Gone,
    NotFound,
    RunStopped,
    SosieError,
    SourceFailure,
    UnreadableImage,
    UsageError,
)
from sosie.server.schemas.system import Problem
from sosie.server.security.secrecy import discreet
from sosie.store.decisions import Decision

log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[SosieError], int, str], ...] = (
    (UsageError, 400, "This cannot be"),
    (NotFound, 404, "Not there"),
    (Gone, 410, "No longer there"),
    (DecisionConflict, 409, "Somebody was quicker"),
    (RunStopped, 409, "Cannot go on"),
    (ActionRefused, 409, "Left as it is"),
    (UnreadableImage, 422, "No image"),
    (Busy, 429, "Too much at once"),
    (SourceFailure, 502, "The source cannot be read"),
    (EmbedderFailure, 502, "The embedder cannot be used"),
    (CatalogueError, 503, "The database cannot be used"),
)
"""Status and title by class of error; the first that fits counts."""

_TITLES = {400: "This cannot be", 401: "Sign in first", 403: "Not allowed", 404: "Not there", 405: "Not this way"}


def install(app: FastAPI) -> None:
    """Make every error of an app a problem."""
    app.add_exception_handler(SosieError, _of_ours)
    app.add_exception_handler(RequestValidationError, _of_input)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(UnicodeEncodeError, _of_text)
    app.add_exception_handler(Exception, _of_others)


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    next_step: str = "",
    kind: str = "",
    errors: list[dict[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the response that tells of an error."""
    detail, next_step = discreet(detail), discreet(next_step)
    about = f"urn:sosie:{kind}" if kind else "about:blank"
    body = Problem(type=about, title=title, status=status, detail=detail, next_step=next_step, errors=errors or [])
    text = json.dumps(body.model_dump())  # ASCII: what a message quotes may hold halves of characters
    return Response(text, status_code=status, media_type="application/problem+json", headers=dict(headers or {}))


def status_of(error: SosieError) -> tuple[int, str]:
    """Return the status and the title that an error leaves with."""
    return next(((status, title) for kind, status, title in _STATUS if isinstance(error, kind)), (500, "It failed"))


async def _of_ours(_request: Request, error: Exception) -> Response:
    assert isinstance(error, SosieError)  # noqa: S101  # registered for this class
    status, title = status_of(error)
    if isinstance(error, CatalogueError):  # its words name files and addresses of this machine
        log.error("%s", error)
        return problem(status, title, "The server cannot use its database.", next_step="Its log says more; try again.")
    headers = {"retry-after": str(error.after)} if isinstance(error, Busy) else {}
    rows = [_decision(made) for made in error.decisions] if isinstance(error, DecisionConflict) else []
    kind = type(error).__name__
    return problem(status, title, error.message, next_step=error.next_step, kind=kind, errors=rows, headers=headers)


def _decision(made: object) -> dict[str, Any]:
    """Say who decided what, and when."""
    if not isinstance(made, Decision):
        return {}
    row = {"id": made.id, "kind": made.verdict.kind, "person": made.person, "at": made.at, "reason": made.reason}
    return {**row, "contents": [key.hex() for key in made.verdict.contents]}


async def _of_input(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for this class
    rows = [
        {"where": ".".join(str(part) for part in row["loc"]), "message": row["msg"], "type": row["type"]}
        for row in error.errors()
    ]
    first = f"{rows[0]['where']}: {rows[0]['message']}" if rows else "The request is not as it should be."
    return problem(422, "The request is not as it should be", first, next_step="See /openapi.json.", errors=rows)


async def _of_text(_request: Request, _error: Exception) -> Response:
    return problem(
        422, "The request is not as it should be", "A text holds half a character.", next_step="Send it as UTF-8."
    )


async def _of_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class
    title = _TITLES.get(error.status_code, "It failed")
    return problem(error.status_code, title, str(error.detail), headers=error.headers)


async def _of_others(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(
        500, "It failed", "The server made a mistake.", next_step="Its log says more; please report what you did."
    )
