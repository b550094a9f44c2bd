"""Secure connections and HTTP/2: many downloads over one connection, to the address that was checked."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sosie.sources.download import Allowed, Downloader, Guard, NotFetched, spread
from tests.web import QUICK

HOST = "shop.example"


def certificate(folder: Path, host: str = HOST) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    kept = folder / f"{host}.pem", folder / f"{host}.key"
    kept[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    kept[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    return kept


class SecureSite:
    """Speaks HTTP/2 over TLS: /N is answered with N kB that depend on N."""

    def __init__(self, folder: Path, host: str = HOST) -> None:
        self.certificate, key = certificate(folder, host)
        self.names: list[str | None] = []
        self.hosts: list[str] = []
        self.connections = 0
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(self.certificate, key)
        self.tls.set_alpn_protocols(["h2"])
        self.tls.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(plain,), daemon=True).start()

    def serve(self, plain: socket.socket) -> None:
        try:
            with self.tls.wrap_socket(plain, server_side=True) as opened:
                Talk(self, opened).run()
        except OSError:
            return


class Talk:
    """One connection of HTTP/2."""

    def __init__(self, site: SecureSite, opened: ssl.SSLSocket) -> None:
        self.site, self.opened = site, opened
        self.http = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.bodies: dict[int, bytes] = {}

    def run(self) -> None:
        self.http.initiate_connection()
        self.opened.sendall(self.http.data_to_send())
        while data := self.opened.recv(65536):
            for event in self.http.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    self.begin(event)
            self.send()
            self.opened.sendall(self.http.data_to_send())

    def begin(self, event: h2.events.RequestReceived) -> None:
        named = {bytes(name).decode(): bytes(value).decode() for name, value in event.headers or []}
        self.site.hosts.append(named[":authority"])
        assert event.stream_id is not None
        self.bodies[event.stream_id] = body(int(named[":path"].strip("/")))
        self.http.send_headers(event.stream_id, [(":status", "200")])

    def send(self) -> None:
        """Send of each body as much as the client has room for."""
        for stream, rest in list(self.bodies.items()):
            room = min(self.http.local_flow_control_window(stream), self.http.max_outbound_frame_size)
            while rest and room > 0:
                self.http.send_data(stream, rest[:room])
                rest = rest[room:]
                room = min(self.http.local_flow_control_window(stream), self.http.max_outbound_frame_size)
            self.bodies[stream] = rest
            if not rest:
                self.http.end_stream(stream)
                del self.bodies[stream]


def body(number: int) -> bytes:
    return b"\xff\xd8\xff" + bytes([number % 251]) * (1024 * number)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SecureSite]:
    site = SecureSite(tmp_path)
    yield site
    site.listener.close()


def secure(site: SecureSite) -> Downloader:
    trusting = ssl.create_default_context(cafile=str(site.certificate))
    guard = Guard(Allowed.of([HOST, "other.example"]), lambda _host, _port: ["127.0.0.1"])
    return Downloader(guard, QUICK, tls=trusting)


def test_many_downloads_share_connections_and_none_is_mixed_up(site: SecureSite) -> None:
    with secure(site) as download:

        def work(number: int) -> bool:
            return download.get(f"https://{HOST}:{site.port}/{number}").body == body(number)

        numbers = iter([1, 5, 90, 300, 2] * 30)
        found = list(spread(numbers, lambda _item: HOST, work, at_once=8, per_host=8, halt=download.stop.set))
    assert found == [True] * 150
    assert site.connections <= 8


def test_the_name_of_the_host_is_kept_in_the_handshake_and_the_request(site: SecureSite) -> None:
    with secure(site) as download:
        download.get(f"https://{HOST}:{site.port}/1")
    assert site.names == [HOST]
    assert site.hosts == [f"{HOST}:{site.port}"]


def test_a_certificate_of_another_host_is_refused(site: SecureSite) -> None:
    with secure(site) as download, pytest.raises(NotFetched, match="opens no secure connection"):
        download.get(f"https://other.example:{site.port}/1")
