"""What is noted of every request: its id, its time, its line in the log, and what it changed."""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from sosie.config import Settings
from sosie.errors import SosieError
from sosie.server.problems import problem
from sosie.server.security.callers import Caller
from sosie.server.state import State
from sosie.store.access import Deed

log = logging.getLogger("sosie.requests")
_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SLOW = 2.0
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_QUESTIONS = frozenset(
    ("/api/check", "/api/explain", "/api/similar", "/api/sources/test", "/api/results/{result}/rules/test")
)
"""Routes that are asked by POST and change nothing by themselves."""
_STREAM = "/events"


class Witness:
    """The outermost middleware: nothing gets past it unseen, errors least of all."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        name = given if _SANE.fullmatch(given) else secrets.token_hex(8)
        begun, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = name
            await send(message)

        with bound_contextvars(request=name):
            try:
                await self._app(scope, receive, answer)
            except Exception as error:
                log.exception("%s %s failed", scope["method"], _route(scope), exc_info=error)
                if not status:
                    await _failure()(scope, receive, answer)
            await self._note(scope, status, time.perf_counter() - begun, name)

    async def _note(self, scope: Scope, status: int, seconds: float, name: str) -> None:
        state: State = scope["app"].state.sosie
        route = _route(scope)
        if not route.endswith(_STREAM):
            state.metrics.answered(scope["method"], route, status, seconds)
        asked = scope["method"] in _SAFE or route in _QUESTIONS
        told = (not asked or status >= 400 or seconds > _SLOW) and not route.endswith(_STREAM)
        fields = {"method": scope["method"], "route": route, "status": status, "seconds": round(seconds, 4)}
        log.log(logging.INFO if told else logging.DEBUG, "answered", extra=fields)
        if _is_deed(scope, status, route, asked=asked):
            try:
                await run_in_threadpool(state.access.store.note, _deed(scope, status, route, name))
            except SosieError as error:
                log.exception("a deed could not be noted in the audit log", exc_info=error)


def _is_deed(scope: Scope, status: int, route: str, *, asked: bool) -> bool:
    """Tell whether a request belongs into the audit log: changes that were made, and every try to sign in."""
    if route == "/api/session" and scope["method"] == "POST":
        return status != 422
    added = bool(scope.get("state", {}).get("changed"))
    return status < 400 and (added or not asked)


def _deed(scope: Scope, status: int, route: str, name: str) -> Deed:
    held = scope.get("state", {})
    caller: Caller | None = held.get("caller")
    client = scope.get("client")
    return Deed(
        at=time.time(),
        person=str(held.get("person") or (caller.name if caller else "")),
        role=caller.role if caller else "",
        client=client[0] if client else "",
        method=scope["method"],
        route=route,
        target={key: str(value)[:200] for key, value in scope.get("path_params", {}).items()},
        status=status,
        request=name,
    )


def _route(scope: Scope) -> str:
    """Return the pattern of the route that a request came to; the address itself may tell too much, and never ends."""
    return str(getattr(scope.get("route"), "path", "")) or "-"


def _failure() -> ASGIApp:
    return problem(
        500, "It failed", "The server made a mistake.", next_step="Its log says more; please report what you did."
    )
