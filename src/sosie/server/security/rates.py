"""How often a client may ask, counted over all servers where they share a Redis, else by each for itself."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from sosie.errors import UsageError
from sosie.server.security.throttle import BURST, Buckets

if TYPE_CHECKING:
    import redis

log = logging.getLogger(__name__)
_TIMEOUT = 0.5
_AGAIN = 30.0
"""Seconds after which a Redis that failed is asked again."""
_PREFIX = "sosie:rate:"
# The generic cell rate algorithm (ITU-T I.371): one number a client, when its bucket would be full again.
_TAKE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + 1 / tonumber(ARGV[1])
local wait = full - tonumber(ARGV[2]) - now
if wait > 0 then return string.format('%.6f', wait) end
redis.call('SET', KEYS[1], string.format('%.6f', full), 'PX', math.ceil((full - now) * 1000) + 1)
return '0'
"""


class Rates:
    """Buckets of requests: each holds ten seconds' worth and fills with `rate` a second; 0 lets everybody ask.

    Raises `UsageError` for an address of Redis that cannot be, and where its package is missing.
    """

    def __init__(self, rate: float, redis_url: str = "") -> None:
        self._rate, self._own = rate, Buckets(rate)
        self._shared = _client(redis_url) if rate and redis_url else None
        self._take: Any = self._shared.register_script(_TAKE) if self._shared is not None else None
        self._failed = 0.0

    async def wait(self, client: str) -> float:
        """Take one request out; return 0, or the seconds after which there will be one."""
        if self._take is None or time.monotonic() < self._failed + _AGAIN:
            return self._own.wait(client)
        return await run_in_threadpool(self._ask, client)

    def _ask(self, client: str) -> float:
        try:
            return float(self._take(keys=[_PREFIX + client], args=[self._rate, BURST]))
        except Exception as error:  # its own errors, the system's and its parser's: requests are still counted here
            self._failed = time.monotonic()
            log.warning("requests are counted by this server alone: Redis failed (%s)", type(error).__name__)
            return self._own.wait(client)

    def close(self) -> None:
        """Close the connections."""
        if self._shared is not None:
            self._shared.close()


def _client(url: str) -> redis.Redis:
    try:
        import redis
    except ImportError as error:
        raise UsageError("The setting redis_url needs a package.", next_step="Run pip install sosie[redis].") from error
    try:
        return redis.Redis.from_url(url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT)
    except ValueError as error:
        raise UsageError("The setting redis_url is no address.", next_step="Write redis://HOST:PORT/0.") from error
