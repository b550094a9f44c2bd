"""One HTTP request of a back end, with every failure put into words and sorted into passing, refused and final."""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx

from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.retry import RefusedError, TryAgainError

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be others the next time."""
_REFUSED = frozenset({400, 413, 415, 422})
_MOST = 64 << 20
"""Bytes of the largest reply that is read."""
_LONGEST = 200


def without_secret(text: str, secret: str) -> str:
    """Give what another side said, in one short line that does not repeat our secret."""
    short = " ".join(text.split())[:_LONGEST]
    return short.replace(secret, "***") if secret else short


_NETWORK_WORDS = (
    ("certificate", "its certificate cannot be trusted"),
    ("refused", "nothing listens there"),
    ("name or service", "there is no connection, or no such host"),
    ("name resolution", "there is no connection, or no such host"),
    ("getaddrinfo", "there is no connection, or no such host"),
    ("nodename", "there is no connection, or no such host"),
    ("unreachable", "there is no connection"),
    ("disconnected", "the connection broke off"),
    ("reset", "the connection broke off"),
)


def network_words(error: Exception, secret: str = "") -> str:
    """Say plainly why there was no connection, whatever library noticed it."""
    said = str(error)
    found = (words for sign, words in _NETWORK_WORDS if sign in said.lower())
    return next(found, without_secret(said, secret) or "the connection broke off")


_NETWORK = frozenset({"httpx", "httpx2", "httpcore", "httpcore2", "aiohttp", "socket", "ssl"})


def from_network(error: Exception) -> bool:
    """Tell whether an error is one of anybody's HTTP library or of the system: the request was not answered."""
    return type(error).__module__.split(".")[0] in _NETWORK or isinstance(error, OSError)


def no_answer(error: Exception, host: str, secret: str = "") -> TryAgainError:
    """Say what such an error means for a request to `host`."""
    if "Timeout" in type(error).__name__:
        return TryAgainError(f"at {host} did not answer in time")
    return TryAgainError(f"cannot be reached at {host}: {network_words(error, secret)}")


class Connection:
    """Requests to one address. `secret` is sent as a bearer token and never appears in an error."""

    def __init__(self, url: str, *, secret: str = "", timeout: float = 60.0, connections: int = 8) -> None:
        self.url = checked_address(url.rstrip("/"))
        self._secret = secret
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        limits = httpx.Limits(max_connections=connections)
        self._client = httpx.Client(headers=headers, timeout=timeout, limits=limits)

    def get(self, path: str) -> Any:
        """Give the JSON at a path."""
        return self._json("GET", path)

    def post(self, path: str, **content: Any) -> Any:
        """Send (httpx's `json`, `files`, `data`, `content`, `headers`) and give the JSON that is answered."""
        return self._json("POST", path, **content)

    def knock(self, path: str = "") -> None:
        """Ask an address that takes other requests than this: any answer will do that is not about a token or a load.

        Raises as `get` does.
        """
        response, body = self._answered("GET", path)
        if response.status_code in PASSING or response.status_code in (401, 403):
            self._check(response, body)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _json(self, method: str, path: str, **content: Any) -> Any:
        response, body = self._answered(method, path, **content)
        self._check(response, body)
        try:
            return json.loads(body)
        except ValueError as error:
            raise EmbedderFailure(f"{host_of(self.url)} answers {path} with something that is no JSON.") from error

    def _answered(self, method: str, path: str, **content: Any) -> tuple[httpx.Response, bytes]:
        try:
            with self._client.stream(method, self.url + path, **content) as response:
                return response, self._read(response)
        except httpx.TransportError as error:
            raise no_answer(error, host_of(self.url), self._secret) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise EmbedderFailure(
                f"{host_of(self.url)} cannot be used ({without_secret(str(error), self._secret)})."
            ) from error

    def _read(self, response: httpx.Response) -> bytes:
        parts, size = [], 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > _MOST:
                raise EmbedderFailure(f"{host_of(self.url)} answers with more than {_MOST >> 20} MB.")
        return b"".join(parts)

    def _check(self, response: httpx.Response, body: bytes) -> None:
        check_answer(host_of(self.url), response.status_code, response.headers, body, self._secret)


def check_answer(host: str, status: int, headers: Mapping[str, str], body: bytes, secret: str = "") -> None:
    """Raise what an answer of this status means: `TryAgainError` with the wait that it asks for, `RefusedError`, or
    `EmbedderFailure`; nothing for a good one. `headers`: names in lower case, or in any where the mapping folds them.
    """
    if status < 300:
        return
    said = without_secret(_message(body), secret)
    if status in PASSING:
        raise TryAgainError(f"answers {status} {said}".strip(), asked_wait(headers, body))
    if status in _REFUSED:
        raise RefusedError(f"answered {status} {said}".strip())
    words = {401: "asks for another token", 403: "forbids it", 404: "has no such address or model"}
    raise EmbedderFailure(f"{host} {words.get(status, 'cannot be used')} ({status} {said}).")


def asked_wait(headers: Mapping[str, str], body: bytes) -> float | None:
    """Give the seconds that a reply asks to wait: `Retry-After` (seconds or a date), or `estimated_time`."""
    value = headers.get("retry-after", "")
    with suppress(ValueError):  # a date is no number: read below
        return max(0.0, float(value))
    if value:
        try:
            return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
        except ValueError:
            return None
    try:
        estimate = json.loads(body)["estimated_time"]
    except (ValueError, KeyError, TypeError):
        return None
    return float(estimate) if isinstance(estimate, int | float) and 0 <= estimate < 3600 else None


def _message(body: bytes) -> str:
    try:
        value = json.loads(body)
    except ValueError:
        return body[:200].decode("utf-8", "replace")
    for key in ("detail", "error", "message"):
        if isinstance(value, dict) and key in value:
            inner = value[key]
            return str(inner.get("message", inner)) if isinstance(inner, dict) else str(inner)
    return str(value)


def checked_address(url: str) -> str:
    """Give an address back that requests can be sent to. Raises `EmbedderFailure` for any other text."""
    try:
        parts = httpx.URL(url)
        good = parts.scheme in ("http", "https") and bool(parts.host)
    except (httpx.InvalidURL, ValueError):
        good = False
    if not good:
        # The text itself is not shown: a key in the wrong place is the likeliest mistake.
        raise EmbedderFailure("Its address must begin with http:// or https:// and name a host.", lasting=True)
    return url


def host_of(url: str) -> str:
    """Give the host of an address, with its port where that is not the usual one."""
    parts = httpx.URL(url)
    return f"{parts.host}:{parts.port}" if parts.port else parts.host


def place_of(url: str) -> str:
    """Give the host and path of an address: what of it names a place and is no secret."""
    return host_of(url) + httpx.URL(url).path.rstrip("/")
