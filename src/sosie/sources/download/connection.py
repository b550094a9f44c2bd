"""Connections that go to the very address that was checked, and that end when a deadline passes or a run stops."""

from __future__ import annotations

import errno
import math
import os
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from sosie.errors import Cancelled
from sosie.sources.download.guard import Guard

_UNDER_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY)
_SLICE = 0.25
"""Seconds between two looks at whether the run was stopped."""


class Deadline(threading.local):
    """When the request of this thread must be over (`time.monotonic`); a server that drips bytes cannot put it off."""

    ends: float = math.inf

    def left(self) -> float:
        """Return the seconds that remain, at least 0."""
        return max(self.ends - time.monotonic(), 0.0)


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections for httpcore: resolves, checks, connects by address. TLS keeps the name of the host."""

    def __init__(self, guard: Guard, deadline: Deadline, stop: threading.Event) -> None:
        self._guard = guard
        self._deadline = deadline
        self._stop = stop

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the host that answers. Raises `NotFetched` when one must not be asked."""
        try:
            addresses = self._guard.addresses_of(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"has no address ({error.strerror or error})") from error
        failure: OSError | None = None
        for address in addresses:
            try:
                opened = self._connected(address, port, min(timeout or 30.0, self._deadline.left()))
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return _Stream(opened, self._deadline, self._stop)
            except OSError as error:
                failure = error
        kind = httpcore.ConnectTimeout if isinstance(failure, TimeoutError) else httpcore.ConnectError
        raise kind(f"cannot be reached ({getattr(failure, 'strerror', None) or failure})") from failure

    def _connected(self, address: str, port: int, timeout: float) -> socket.socket:
        """Return a connection to an address. Raises `OSError`, and `Cancelled` soon after the run was stopped."""
        ends = time.monotonic() + timeout
        opened = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            opened.setblocking(False)
            code = opened.connect_ex((address, port))
            while code in _UNDER_WAY:
                if self._stop.is_set():
                    raise Cancelled("Downloading was stopped.")
                if time.monotonic() >= ends:
                    raise TimeoutError("no answer in time")
                if _waited(opened, selectors.EVENT_WRITE, _SLICE):
                    code = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                raise OSError(code, os.strerror(code))
        except BaseException:
            opened.close()
            raise
        return opened


class _Stream(httpcore.NetworkStream):
    def __init__(self, opened: socket.socket, deadline: Deadline, stop: threading.Event) -> None:
        self._socket = opened
        self._deadline = deadline
        self._stop = stop

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        idle_ends = time.monotonic() + (timeout or math.inf)
        while True:
            if self._stop.is_set():
                raise Cancelled("Downloading was stopped.")
            left = min(idle_ends - time.monotonic(), self._deadline.left())
            if left <= 0:
                raise httpcore.ReadTimeout("sent nothing for too long")
            self._socket.settimeout(min(left, _SLICE))
            try:
                return self._socket.recv(max_bytes)
            except TimeoutError:
                continue
            except OSError as error:
                raise httpcore.ReadError(f"broke off ({error.strerror or error})") from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._socket.settimeout(min(timeout or 30.0, self._deadline.left() or 0.001))
            self._socket.sendall(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout("takes nothing for too long") from error
        except OSError as error:
            raise httpcore.WriteError(f"broke off ({error.strerror or error})") from error

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            self._socket.settimeout(min(timeout or 30.0, self._deadline.left() or 0.001))
            wrapped = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout("takes too long to open a secure connection") from error
        except OSError as error:
            self.close()
            raise httpcore.ConnectError(f"opens no secure connection ({_tls_reason(error)})") from error
        return _Stream(wrapped, self._deadline, self._stop)

    def get_extra_info(self, info: str) -> Any:
        match info:
            case "socket":
                return self._socket
            case "ssl_object":
                return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
            case "server_addr":
                return self._socket.getpeername()
            case "is_readable":
                return _is_readable(self._socket)
        return None


def _is_readable(opened: socket.socket) -> bool:
    """Tell whether an idle connection has something to say, which can only be its end."""
    if opened.fileno() < 0:
        return True
    return _waited(opened, selectors.EVENT_READ, 0)


def _waited(opened: socket.socket, event: int, seconds: float) -> bool:
    """Wait until something can be done with a connection; False when it cannot by then."""
    with selectors.DefaultSelector() as selector:
        selector.register(opened, event)
        return bool(selector.select(seconds))


def _tls_reason(error: OSError) -> str:
    return getattr(error, "verify_message", None) or getattr(error, "reason", None) or error.strerror or str(error)
