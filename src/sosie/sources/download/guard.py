"""The guard of the network: which URLs may be asked, and at which address exactly.

A name is resolved once, every address of it is checked, and the connection goes to the first of them: a name that
resolves to something else a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

from sosie.sources.download.addresses import Address, Allowed, refusal
from sosie.sources.download.failures import NotFetched

Resolver = Callable[[str, int], Sequence[str]]
"""Gives the IP addresses of a host name, best first. Raises `OSError` when there are none."""

_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_ALLOW = "If it is meant, the operator can name it in the setting allowed_networks."


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host as the system knows them. Raises `OSError` when there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


@dataclass(frozen=True)
class Guard:
    """Decides on URLs and addresses."""

    allowed: Allowed = field(default_factory=Allowed)
    resolver: Resolver = resolve

    def check(self, url: str) -> httpx.URL:
        """Return the URL when its form is right: http or https, a plain host, no user name or password.

        Raises `NotFetched`. The address behind a name is checked when the connection is made (`addresses_of`).
        """
        if _UNSAFE.search(url):
            raise NotFetched(url, "is no address: it has spaces, control characters or backslashes")
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, ValueError, UnicodeError) as error:
            raise NotFetched(url, "is no address that can be asked") from error
        if parsed.scheme not in ("http", "https"):
            raise NotFetched(url, "is no http or https address")
        if parsed.userinfo:
            step = "Give it as a header, from the environment."
            raise NotFetched(url, "carries a user name or password", next_step=step)
        host = parsed.raw_host.decode("ascii").lower().rstrip(".")
        literal = self._literal(host, url)
        if literal is not None:
            self._refuse(literal, host, url)
        elif not _HOST.fullmatch(host):
            raise NotFetched(url, "names no host that can be asked")
        if parsed.port is not None and not 0 < parsed.port < 65536:
            raise NotFetched(url, "names a port that there is not")
        return parsed

    def addresses_of(self, host: str, port: int) -> list[str]:
        """Return the addresses to connect to for a host, best first.

        Raises `NotFetched` when any address of the host must not be asked, and `OSError` when it has none.
        """
        host = host.lower().rstrip(".")
        literal = self._literal(host, host)
        found = [str(literal)] if literal is not None else list(self.resolver(host, port))
        if not found:
            raise OSError(f"{host} has no address")
        for text in found:
            self._refuse(ipaddress.ip_address(text), host, host)
        return found

    def _literal(self, host: str, url: str) -> Address | None:
        """Return the address that a host spells out. Raises `NotFetched` for odd spellings, such as 0x7f.1."""
        try:
            return ipaddress.ip_address(host)
        except ValueError:
            if ":" in host or "%" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
                raise NotFetched(url, "spells its host as an unusual number") from None
            return None

    def _refuse(self, address: Address, host: str, url: str) -> None:
        what = refusal(address, self.allowed)
        if what is not None and not self.allowed.names(host):
            # The address itself is not told: it would show what the names of an inner network stand for.
            raise NotFetched(url, f"is not asked: the address of {host} is {what}", next_step=_ALLOW)
