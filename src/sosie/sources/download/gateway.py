"""A proxy on loopback that leads through the guard, for libraries that open their connections themselves.

Each name is resolved and checked here, and the connection goes to the address that was checked. TLS passes through
untouched (CONNECT), so certificates are checked against the name by whoever asks. Others on the machine do not know the
password.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import selectors
import socket
import socketserver
import threading
from urllib.parse import urlsplit

import httpcore

from sosie.errors import SosieError
from sosie.sources.download.connection import Deadline, GuardedBackend
from sosie.sources.download.guard import Guard

_HEAD = 65_536
_PIECE = 65_536
_CONNECT = 10.0
_IDLE = 60.0
_OWN = (b"proxy-authorization:", b"proxy-connection:", b"connection:")


class Gateway:
    """Listens from the beginning until `close`; `url` is what a library takes as its proxy."""

    def __init__(self, guard: Guard, stop: threading.Event) -> None:
        backend = GuardedBackend(guard, Deadline(), stop)
        password = secrets.token_hex(16)
        right = b"Basic " + base64.b64encode(f"sosie:{password}".encode())

        class Door(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                _serve(self.request, backend, right, stop)

        self._server = _Server(("127.0.0.1", 0), Door)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()
        self.url = f"http://sosie:{password}@127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Listen no more; what is under way ends with its connection."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever asked sees that the connection ended."""


def _serve(asker: socket.socket, backend: GuardedBackend, right: bytes, stop: threading.Event) -> None:
    """Answer one connection: let it through, or say why not."""
    asker.settimeout(_CONNECT)
    head, rest = _head(asker)
    line, *rows = head.split(b"\r\n")
    given = next((row.partition(b":")[2].strip() for row in rows if row.lower().startswith(_OWN[0])), b"")
    if not hmac.compare_digest(given, right):
        asker.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n")
        return
    method, target, version = line.split(b" ", 2)
    parts = urlsplit(("//" if method == b"CONNECT" else "") + target.decode("ascii"))
    try:
        port = parts.port or (443 if method == b"CONNECT" else 80)
        stream = backend.connect_tcp(parts.hostname or "", port, _CONNECT)
    except (SosieError, httpcore.NetworkError, httpcore.TimeoutException):
        asker.sendall(b"HTTP/1.1 421 Misdirected Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        return
    try:
        if method == b"CONNECT":
            asker.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            place = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            kept = [row for row in rows if not row.lower().startswith(_OWN)]
            first = b" ".join((method, place.encode("ascii"), version))
            stream.write(b"\r\n".join((first, *kept, b"connection: close", b"", b"")))
        if rest:
            stream.write(rest)
        _pump(asker, stream.get_extra_info("socket"), stop)
    finally:
        stream.close()


def _head(asker: socket.socket) -> tuple[bytes, bytes]:
    """Return the head of a request without its end, and what came of its body. Raises OSError when there is none."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = asker.recv(_PIECE)
        data += piece
        if not piece or len(data) > _HEAD:
            raise OSError("no request")
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _pump(one: socket.socket, other: socket.socket, stop: threading.Event) -> None:
    """Pass on what either side sends until one of them ends, or nothing comes for a minute."""
    to = {one: other, other: one}
    idle = 0.0
    for each in to:
        each.settimeout(_IDLE)
    with selectors.DefaultSelector() as selector:
        for each in to:
            selector.register(each, selectors.EVENT_READ)
        while not stop.is_set() and idle < _IDLE:
            ready = selector.select(0.5)
            idle = 0.0 if ready else idle + 0.5
            for key, _ in ready:
                side = key.fileobj
                assert isinstance(side, socket.socket)  # noqa: S101  # it was registered above
                piece = side.recv(_PIECE)
                if not piece:
                    return
                to[side].sendall(piece)
