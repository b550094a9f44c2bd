"""Which addresses of the network may be asked: public ones, and those that the operator allows."""

# RFC 6890 and its registries say what is not public; RFC 6052 (NAT64), 3056 (6to4), 4380 (Teredo) and 4291 (mapped,
# compatible) say where an IPv6 address carries an IPv4 one.

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from sosie.errors import UsageError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_FORBIDDEN: tuple[tuple[_Network, str], ...] = (
    (ipaddress.IPv4Network("169.254.169.254/32"), "the metadata service of a cloud"),
    (ipaddress.IPv4Network("168.63.129.16/32"), "the metadata service of a cloud"),
    (ipaddress.IPv4Network("100.100.100.200/32"), "the metadata service of a cloud"),
    (ipaddress.IPv4Network("192.0.0.192/32"), "the metadata service of a cloud"),
    (ipaddress.IPv6Network("fd00:ec2::/32"), "the metadata service of a cloud"),
    (ipaddress.IPv4Network("0.0.0.0/8"), "this machine"),
    (ipaddress.IPv4Network("127.0.0.0/8"), "this machine"),
    (ipaddress.IPv6Network("::1/128"), "this machine"),
    (ipaddress.IPv6Network("::/128"), "this machine"),
    (ipaddress.IPv4Network("10.0.0.0/8"), "a private network"),
    (ipaddress.IPv4Network("172.16.0.0/12"), "a private network"),
    (ipaddress.IPv4Network("192.168.0.0/16"), "a private network"),
    (ipaddress.IPv6Network("fc00::/7"), "a private network"),
    (ipaddress.IPv6Network("fec0::/10"), "a private network"),
    (ipaddress.IPv4Network("169.254.0.0/16"), "the local link"),
    (ipaddress.IPv6Network("fe80::/10"), "the local link"),
    (ipaddress.IPv4Network("100.64.0.0/10"), "a provider's inner network"),
    (ipaddress.IPv4Network("224.0.0.0/4"), "a group of machines (multicast)"),
    (ipaddress.IPv6Network("ff00::/8"), "a group of machines (multicast)"),
    (ipaddress.IPv4Network("192.88.99.0/24"), "a relay between networks"),
    (ipaddress.IPv6Network("2002::/16"), "a relay between networks"),
    (ipaddress.IPv6Network("2001::/32"), "a relay between networks"),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), "a relay between networks"),
)
_PUBLIC6 = ipaddress.IPv6Network("2000::/3")
_RESERVED = "no public address"


@dataclass(frozen=True)
class Allowed:
    """What may be asked although it is not public: networks, and hosts by name whatever address they have."""

    networks: tuple[_Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, listed: Iterable[str]) -> Allowed:
        """Return what a list like `10.1.0.0/16`, `intranet.example`, `*.corp.example` allows.

        Raises `UsageError` for what is none of these.
        """
        networks, hosts = [], set()
        for item in (item.strip().lower() for item in listed):
            try:
                networks.append(ipaddress.ip_network(item))
            except ValueError as error:
                if "/" in item or ":" in item or not item.strip("*."):
                    raise UsageError(f"allowed_networks cannot have {item!r} ({error}).") from error
                hosts.add(item)
        return cls(tuple(networks), frozenset(hosts))

    def names(self, host: str) -> bool:
        """Tell whether a host is allowed by its name."""
        parts = host.split(".")
        return host in self.hosts or any("*." + ".".join(parts[start:]) in self.hosts for start in range(1, len(parts)))

    def holds(self, address: Address) -> bool:
        """Tell whether an address lies in one of the networks."""
        return any(address.version == network.version and address in network for network in self.networks)


def refusal(address: Address, allowed: Allowed) -> str | None:
    """Return why an address must not be asked, or None when it may be."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return refusal(inner, allowed)
    if allowed.holds(address):
        return None
    for network, what in _FORBIDDEN:
        if address.version == network.version and address in network:
            return what
    if isinstance(address, ipaddress.IPv6Address) and (address not in _PUBLIC6 or _carries_inner(address)):
        return _RESERVED
    return None if address.is_global and not address.is_reserved else _RESERVED


def _carries_inner(address: ipaddress.IPv6Address) -> bool:
    """Tell whether the second half is an IPv4 address as ISATAP (RFC 5214) writes it."""
    return (int(address) >> 32) & 0xFDFFFFFF == 0x5EFE
