"""The guarded downloader: checked addresses, limits on everything, patience with servers that are busy."""

from __future__ import annotations

import random
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from typing import Any, BinaryIO, Protocol, Self, TypeVar

import httpcore
import httpx

from sosie.errors import Cancelled, UsageError
from sosie.sources.base import Answer
from sosie.sources.download.addresses import Allowed
from sosie.sources.download.body import BodyError, image_bytes, unpacked
from sosie.sources.download.connection import Deadline, GuardedBackend
from sosie.sources.download.failures import NotFetched
from sosie.sources.download.gateway import Gateway
from sosie.sources.download.guard import Guard

Result = TypeVar("Result")

_BUSY = frozenset((408, 425, 429, 500, 502, 503, 504))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_AGENT = "Sosie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a download may take: seconds in all, to connect and without a byte, bytes, redirects, attempts.

    `pause` is about how long the first wait between attempts is, the next ones are each twice as long; `patience`
    bounds them together, in seconds. A server that asks for more is given up.
    """

    seconds: float = 120.0
    connect: float = 10.0
    idle: float = 20.0
    bytes: int = 100_000_000
    redirects: int = 5
    attempts: int = 4
    pause: float = 0.5
    patience: float = 60.0
    connections: int = 16


class Sink(Protocol):
    """Where a body goes."""

    def write(self, data: bytes) -> None:
        """Append some bytes."""
        ...

    def restart(self) -> None:
        """Forget what was written: the next attempt begins."""
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of asking for an image: `changed` is False when the server says that it is as it was."""

    changed: bool
    etag: str = ""
    modified: str = ""


class _TryAgainError(Exception):
    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


@dataclass
class Downloader:
    """Asks addresses of the network, for several threads at once; a `Web` for sources.

    Setting `stop` ends every request and wait within a moment, with `Cancelled`. The proxies of the environment are
    not used: what is checked here must be what is asked. `proxy` is one that the operator names: names are then checked
    as far as this machine can resolve them, and the proxy has to refuse the rest.
    """

    guard: Guard = field(default_factory=Guard)
    limits: Limits = field(default_factory=Limits)
    stop: threading.Event = field(default_factory=threading.Event)
    tls: ssl.SSLContext | None = None
    proxy: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        self._deadline = Deadline()
        self._gateway: Gateway | None = None
        self._opening = threading.Lock()
        how: dict[str, Any] = {
            "ssl_context": self.tls or _trusted(),
            "max_connections": self.limits.connections,
            "keepalive_expiry": 15.0,
            "http2": True,
        }
        if self.proxy:
            self._pool = _through(self.proxy, how, self._deadline, self.stop)
        else:
            backend = GuardedBackend(self.guard, self._deadline, self.stop)
            self._pool = httpcore.ConnectionPool(network_backend=backend, **how)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.close()
        if self._gateway is not None:
            self._gateway.close()

    def way_out(self) -> str:
        """Return the address of a proxy that leads through the guard, for libraries that open connections themselves.

        It is there until the downloader is closed. Where the operator names a proxy, it is that one.
        """
        if self.proxy:
            return self.proxy
        with self._opening:
            if self._gateway is None:
                self._gateway = Gateway(self.guard, self.stop)
            return self._gateway.url

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int = 50_000_000) -> Answer:
        """Return the answer, whatever its status, after redirects and retries.

        Raises `SourceFailure` when there is none: a forbidden address, no connection, too slow, over `max_bytes`.
        """
        return self._patiently(url, lambda last: self._get(url, headers or {}, max_bytes, last))

    def get_file(self, url: str, file: BinaryIO, *, max_bytes: int) -> Answer:
        """Return the answer as `get` does, but write its body to a file, which is emptied before."""
        return self._patiently(url, lambda last: self._get(url, {}, max_bytes, last, file))

    def _get(
        self, url: str, headers: Mapping[str, str], max_bytes: int, last: bool, file: BinaryIO | None = None
    ) -> Answer:
        with self._asked(url, {"accept": "*/*", "accept-encoding": "gzip", **headers}) as (response, final):
            told = _headers(response)
            if response.status in _BUSY and not last:
                raise _TryAgainError(_answered(response.status), _retry_after(told))
            pieces = self._body(response, told, max_bytes)
            if file is None:
                return Answer(response.status, told, b"".join(pieces), str(final))
            file.seek(0)
            file.truncate()
            file.writelines(pieces)
            return Answer(response.status, told, b"", str(final))

    def fetch(self, url: str, sink: Sink, *, etag: str = "", modified: str = "") -> Fetched:
        """Write the image at an address to `sink`, unless it is as it was when it had this `etag` or `modified`.

        Raises `NotFetched` with the reason; so does an answer that is no image, after a few thousand bytes of it.
        """
        return self._patiently(url, lambda _last: self._fetch(url, sink, etag, modified))

    def _fetch(self, url: str, sink: Sink, etag: str, modified: str) -> Fetched:
        headers = {"accept": "image/*,*/*;q=0.5", "accept-encoding": "identity"}
        headers |= {"if-none-match": etag} if etag else {}
        headers |= {"if-modified-since": modified} if modified else {}
        with self._asked(url, headers) as (response, _final):
            told = _headers(response)
            if response.status == HTTPStatus.NOT_MODIFIED and (etag or modified):
                return Fetched(False, told.get("etag", etag), told.get("last-modified", modified))
            if response.status in _BUSY:
                raise _TryAgainError(_answered(response.status), _retry_after(told))
            if response.status != HTTPStatus.OK:
                gone = response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
                raise NotFetched(url, _answered(response.status), gone=gone)
            sink.restart()
            for piece in image_bytes(url, self._body(response, told, self.limits.bytes)):
                sink.write(piece)
            return Fetched(True, _mark(told, "etag"), _mark(told, "last-modified"))

    def _body(self, response: httpcore.Response, told: Mapping[str, str], limit: int) -> Iterator[bytes]:
        length = told.get("content-length", "")
        if length.isdigit() and int(length) > limit:
            raise BodyError(f"is larger than {limit / 1e6:,.0f} MB")
        return unpacked(self._in_time(response), told.get("content-encoding", "").strip().lower(), limit)

    def _in_time(self, response: httpcore.Response) -> Iterator[bytes]:
        """Yield a body as it comes, until the time is over.

        The connection looks at the time as well, but what it raises ends all downloads that share it.
        """
        for piece in response.iter_stream():
            yield piece
            if not self._deadline.left():
                raise httpcore.ReadTimeout("took too long")

    def _patiently(self, url: str, attempt: Callable[[bool], Result]) -> Result:
        """Give what `attempt` gives, trying again when the failure may pass; it is told whether this is the last."""
        waited, pause = 0.0, self.limits.pause
        for number in range(1, self.limits.attempts + 1):
            if self.stop.is_set():
                raise Cancelled("Downloading was stopped.")
            try:
                return attempt(number == self.limits.attempts)
            except BodyError as error:
                raise NotFetched(url, str(error)) from error
            except _TryAgainError as error:
                wait = error.after if error.after is not None else pause * random.uniform(1, 2)  # noqa: S311
                if number == self.limits.attempts or waited + wait > self.limits.patience:
                    raise NotFetched(url, f"{error.reason} (asked {number} times)") from error
            waited, pause = waited + wait, pause * 2
            if self.stop.wait(wait):
                raise Cancelled("Downloading was stopped.")
        raise NotFetched(url, "was not asked")

    @contextmanager
    def _asked(self, url: str, headers: Mapping[str, str]) -> Iterator[tuple[httpcore.Response, httpx.URL]]:
        """Give the answer after redirects and the address that gave it, within the time that one attempt has."""
        self._deadline.ends = time.monotonic() + self.limits.seconds
        try:
            with self._followed(url, headers) as answered:
                yield answered
        except httpcore.TimeoutException as error:
            reason = "took too long" if not self._deadline.left() else str(error) or "did not answer in time"
            raise _TryAgainError(reason) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _TryAgainError(_network_reason(error)) from error

    @contextmanager
    def _followed(self, url: str, headers: Mapping[str, str]) -> Iterator[tuple[httpcore.Response, httpx.URL]]:
        target = self.guard.check(url)
        for _ in range(self.limits.redirects + 1):
            with self._sent(target, headers) as response:
                where = _headers(response).get("location")
                if response.status not in _REDIRECTS or where is None:
                    yield response, target
                    return
            following = self._next(target, where)
            if following.raw_host != target.raw_host or following.scheme != target.scheme:
                headers = {name: headers[name] for name in headers if name.lower() in _HARMLESS}
            target = following
        raise NotFetched(url, f"redirects more than {self.limits.redirects} times")

    def _next(self, target: httpx.URL, where: str) -> httpx.URL:
        try:
            joined = str(target.join(where))
        except (httpx.InvalidURL, ValueError, UnicodeError) as error:
            raise NotFetched(str(target), "redirects to something that is no address") from error
        return self.guard.check(joined)

    @contextmanager
    def _sent(self, target: httpx.URL, headers: Mapping[str, str]) -> Iterator[httpcore.Response]:
        host = target.netloc
        limits = self.limits
        timeout = {"connect": limits.connect, "read": limits.idle, "write": limits.idle, "pool": limits.seconds}
        forbidden = [name for name in headers if name.lower() in _OURS]
        if forbidden:
            raise NotFetched(str(target), f"is not asked: the header {forbidden[0]} cannot be set")
        if self.proxy:
            with suppress(OSError):  # a name that only the proxy can resolve
                self.guard.addresses_of(target.raw_host.decode("ascii"), target.port or 0)
        named = [(b"host", host), (b"user-agent", _AGENT.encode())]
        named += [(name.encode(), value.encode()) for name, value in headers.items()]
        where = httpcore.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path)
        with self._pool.stream("GET", where, headers=named, extensions={"timeout": timeout}) as response:
            yield response


def _mark(told: Mapping[str, str], name: str) -> str:
    """Return a header that is kept and sent back, unless it is longer than any honest one."""
    value = told.get(name, "")
    return value if len(value) <= _LONGEST_MARK else ""


@cache
def _trusted() -> ssl.SSLContext:
    """Return what secure connections are checked by; reading the list of authorities takes its time."""
    return httpx.create_ssl_context()


_LONGEST_MARK = 500
_OURS = frozenset(("host", "connection", "content-length", "transfer-encoding", "upgrade"))
_HARMLESS = frozenset(("accept", "accept-encoding", "if-none-match", "if-modified-since"))
"""Headers that may go along to another host; others may be secrets."""


def _through(proxy: str, how: Mapping[str, Any], deadline: Deadline, stop: threading.Event) -> httpcore.ConnectionPool:
    """Return connections by way of a proxy. Raises `UsageError` when that cannot be one."""
    try:
        url = httpx.URL(proxy)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError("The setting download_proxy is no proxy.", next_step="Write http://HOST:PORT.")
    here = Guard(Allowed(hosts=frozenset((url.host,))))
    return httpcore.HTTPProxy(
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/"),
        proxy_auth=(url.username.encode(), url.password.encode()) if url.username else None,
        network_backend=GuardedBackend(here, deadline, stop),
        **how,
    )


def _headers(response: httpcore.Response) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _answered(status: int) -> str:
    try:
        return f"answered {status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return f"answered {status}"


def _retry_after(told: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait, as a number or as a date (RFC 9110, 10.2.3)."""
    text = told.get("retry-after", "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return None


def _network_reason(error: Exception) -> str:
    if isinstance(error, httpcore.ProtocolError):
        return "broke off or does not speak HTTP"
    return str(error) or "broke off"
