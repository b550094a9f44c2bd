"""How often a client may ask one server."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

_CLIENTS = 10_000
BURST = 10.0
"""Seconds' worth of requests that a bucket holds."""


def client_key(address: str) -> str:
    """Return the client that an address stands for: in IPv6, everybody has a whole /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return parsed.ipv4_mapped.exploded if parsed.ipv4_mapped else str(ipaddress.ip_network((parsed, 64), strict=False))


@dataclass
class Buckets:
    """A bucket of requests for each client: it holds ten seconds' worth and fills with `rate` a second."""

    rate: float
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, client: str) -> float:
        """Take one request out; return 0, or the seconds after which there will be one."""
        if not self.rate:
            return 0.0
        now, most = self.clock(), self.rate * BURST
        with self._lock:
            left, at = self._left.pop(client, (most, now))
            left = min(most, left + (now - at) * self.rate)
            if len(self._left) >= _CLIENTS:
                self._left.popitem(last=False)
            self._left[client] = (left - 1 if left >= 1 else left, now)
        return 0.0 if left >= 1 else (1 - left) / self.rate
