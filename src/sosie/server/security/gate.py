"""The gate that every request passes before anything of it is read: hosts, origins, rates, callers, sizes."""

from __future__ import annotations

import math
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sosie.config import Settings
from sosie.server.problems import problem
from sosie.server.security.access import Access, is_near
from sosie.server.security.callers import Caller
from sosie.server.security.throttle import client_key

_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_PLAIN_BYTES = 32_000_000
"""Bytes of a request without files."""
_SIGN_IN = "/api/session"
_QUESTIONS = frozenset(("/api/check", "/api/explain", "/api/similar"))
"""Where those who may only look send files, too: they are looked at, and not kept."""
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_HSTS = "max-age=31536000"


class Gate:
    """Middleware that turns away what must not come in, and notes who asks as `request.state.caller`."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = tuple(host.lower() for host in settings.allowed_hosts)
        self._origins = frozenset(origin.rstrip("/").lower() for origin in settings.allowed_origins)
        self._upload_bytes = int(settings.upload_megabytes * 1e6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "").lower()
        allowed = origin if origin in self._origins else ""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(MutableHeaders(scope=message), scope, allowed)
            await send(message)

        if allowed and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, answer)
            return
        refusal = await self._refusal(scope, headers, allowed=bool(allowed))
        if refusal is not None:
            await refusal(scope, receive, answer)
            return
        await self._app(scope, _limited(receive, self._most(headers)), answer)

    async def _refusal(self, scope: Scope, headers: Headers, *, allowed: bool) -> Response | None:
        access: Access = scope["app"].state.sosie.access
        if not self._is_known_host(headers.get("host", ""), access):
            return problem(
                421,
                "Not this server",
                "The server is not known by this name.",
                next_step="Ask for it by localhost, or add the name to allowed_hosts.",
            )
        if not allowed and self._is_foreign(scope, headers):
            return problem(
                403,
                "Not allowed",
                "Another web site made this request.",
                next_step="Add that site to allowed_origins if it may.",
            )
        wait = await self._wait(scope, access)
        if wait:
            return _busy(wait)
        caller = await access.caller(HTTPConnection(scope))
        scope.setdefault("state", {})["caller"] = caller
        return self._body_refusal(scope, headers, caller) or _forged(scope, headers, caller, access)

    def _is_known_host(self, host: str, access: Access) -> bool:
        """Tell whether a name is the server's. A page whose name was turned to this machine carries its own name."""
        name = _name(host)
        if name == "localhost" or name.endswith(".localhost") or is_near(name):
            return True
        if access.required and not self._hosts:
            return bool(name)
        return self._is_listed(name)

    def _is_listed(self, name: str) -> bool:
        return any(name == host or (host.startswith("*.") and name.endswith(host[1:])) for host in self._hosts)

    def _is_foreign(self, scope: Scope, headers: Headers) -> bool:
        """Tell whether a page of another site makes a request in somebody's browser."""
        if not scope["path"].startswith(("/api", "/metrics")):
            return False
        site = headers.get("sec-fetch-site")
        if site is not None:
            opened = scope["method"] in _SAFE and headers.get("sec-fetch-mode") == "navigate"
            return site not in ("same-origin", "none") and not opened
        origin = headers.get("origin")
        if origin is None or scope["method"] in _SAFE:
            return False
        place = urlsplit(origin).netloc.lower()
        return place != headers.get("host", "").lower() and not self._is_listed(_name(place))

    async def _wait(self, scope: Scope, access: Access) -> float:
        client = scope.get("client")
        return await access.rates.wait(client_key(client[0])) if client and access.required else 0.0

    def _most(self, headers: Headers) -> int:
        return self._upload_bytes if _has_files(headers) else _PLAIN_BYTES

    def _body_refusal(self, scope: Scope, headers: Headers, caller: Caller | None) -> Response | None:
        """Refuse bodies before they are read: those of strangers, files of lookers, and what is too large."""
        if scope["method"] in _SAFE:
            return None
        if caller is None and scope["path"].startswith("/api") and scope["path"] != _SIGN_IN:
            return problem(
                401,
                "Sign in first",
                "Nobody is signed in.",
                next_step="Sign in, or send a token as `Authorization: Bearer ...`.",
                headers={"www-authenticate": "Bearer"},
            )
        if _has_files(headers) and scope["path"] not in _QUESTIONS and (caller is None or not caller.may("reviewer")):
            return problem(403, "Not allowed", "Sending files needs the role reviewer.")
        size = headers.get("content-length", "0")
        if size.isascii() and size.isdigit() and len(size) < 20 and int(size) <= self._most(headers):
            return None
        return problem(413, "Too large", "The request is too large.", next_step="Send less at once.")


def _forged(scope: Scope, headers: Headers, caller: Caller | None, access: Access) -> Response | None:
    """Refuse a change in the name of a session that does not carry the session's token."""
    if caller is None or not caller.session or scope["method"] in _SAFE:
        return None
    if scope["path"] == _SIGN_IN and scope["method"] == "POST":
        return None
    if access.sessions.is_csrf(caller.session, headers.get("x-csrf-token", "")):
        return None
    return problem(
        403,
        "Not allowed",
        "The request does not carry the token of its session.",
        next_step="Reload the page. Programs send the `csrf` of GET /api/session as X-CSRF-Token.",
    )


def _busy(wait: float) -> Response:
    after = math.ceil(wait)
    return problem(
        429,
        "Too much at once",
        "More requests than one client may make.",
        next_step=f"Wait {after} s.",
        headers={"retry-after": str(after)},
    )


def _name(host: str) -> str:
    """Return a host's name without its port, in small letters."""
    host = host.lower().strip()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".")


def _has_files(headers: Headers) -> bool:
    return headers.get("content-type", "").lower().startswith("multipart/")


def _limited(receive: Receive, most: int) -> Receive:
    """Stop reading a body that turns out larger than it may be."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise HTTPException(413, "The request is too large.")
        return message

    return counted


_PREFLIGHT = {
    "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": "Authorization, Content-Type, Last-Event-ID",
    "access-control-max-age": "600",
}


def _complete(headers: MutableHeaders, scope: Scope, allowed: str) -> None:
    """Add what every answer carries, where its route has not said otherwise."""
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if scope["path"].startswith(("/api", "/metrics", "/openapi.json")):
        headers.setdefault("content-security-policy", _API_POLICY)
        headers.setdefault("cache-control", "no-store")
    if scope.get("scheme") == "https":
        headers.setdefault("strict-transport-security", _HSTS)
    if allowed:
        headers["access-control-allow-origin"] = Headers(scope=scope)["origin"]
        headers["access-control-expose-headers"] = "ETag, Retry-After, Content-Disposition, X-Request-Id"
        headers.add_vary_header("Origin")
