"""How often a client may ask, and how often somebody may try a password."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

_CLIENTS = 10_000
_BURST = 10.0


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
        now, most = self.clock(), self.rate * _BURST
        with self._lock:
            left, at = self._left.pop(client, (most, now))
            left = min(most, left + (now - at) * self.rate)
            if len(self._left) >= _CLIENTS:
                self._left.popitem(last=False)
            self._left[client] = (left - 1 if left >= 1 else left, now)
        return 0.0 if left >= 1 else (1 - left) / self.rate


@dataclass
class Tries:
    """Failed sign-ins of each client: five are free, the next has to wait, each time twice as long."""

    clock: Callable[[], float] = time.monotonic
    free: int = 5
    longest: float = 900.0
    _failed: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, client: str) -> float:
        """Count a try as failed until `succeed` is called; return 0, or the seconds that have to pass first."""
        now = self.clock()
        with self._lock:
            count, at = self._failed.pop(client, (0, now))
            if now - at > self.longest:
                count = 0
            wait = at + min(self.longest, 10.0 * 2.0 ** (count - self.free)) - now if count >= self.free else 0.0
            if len(self._failed) >= _CLIENTS:
                self._failed.popitem(last=False)
            self._failed[client] = (count, at) if wait > 0 else (count + 1, now)
        return max(0.0, wait)

    def succeed(self, client: str) -> None:
        """Forget the failures of a client."""
        with self._lock:
            self._failed.pop(client, None)
