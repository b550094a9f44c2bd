"""Finding out who asks, signing in and out, and when nobody has to."""

from __future__ import annotations

import ipaddress
import math
import secrets
import threading
import time
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from sosie.config import Settings
from sosie.errors import Busy, UsageError
from sosie.server.security import tokens
from sosie.server.security.callers import AT_THE_MACHINE, Caller
from sosie.server.security.passwords import Password
from sosie.server.security.rates import Rates
from sosie.server.security.sessions import COOKIE, Sessions, Ticket, session_key
from sosie.server.security.throttle import client_key
from sosie.store.access import AccessStore, TokenRow
from sosie.store.catalogue import Catalogue
from sosie.store.tries import Tries

ADMIN = "admin"
_FRESH = 5.0
"""Seconds for which a server believes what it read of a token or of ended sessions; others may have changed it."""
_NOTED = 60.0
"""Seconds between two notes that a token was used."""


def is_near(address: str) -> bool:
    """Tell whether an address is the machine's own."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if parsed.version == 6 else None
    return (mapped or parsed).is_loopback


@dataclass(frozen=True, slots=True)
class _Known:
    row: TokenRow | None
    read: float


class Access:
    """Who may do what on one server. `required`: everybody has to sign in or bring a token, also on this machine."""

    def __init__(self, settings: Settings, catalogue: Catalogue, *, everywhere: bool = False) -> None:
        self.store = AccessStore(catalogue)
        self._password = Password.of(settings)
        self._lifetime = settings.session_hours * 3600
        self.required = everywhere or self._password is not None
        if everywhere and self._password is None and not self.store.holds_tokens():
            raise UsageError(
                "Other machines could reach this server, and nobody would have to sign in.",
                next_step="Set SOSIE_PASSWORD, give --password-file, make a token by `sosie token add NAME`, "
                "or leave --host out.",
            )
        self.sessions = Sessions(session_key(settings, self.store))
        self._mark = self.sessions.mark(self._password.digest) if self._password else ""
        self._known: dict[str, _Known] = {}
        self._ended: tuple[frozenset[str], float] = (frozenset(), -math.inf)
        self._noted: dict[str, float] = {}
        self._tries = Tries(catalogue)
        self.rates = Rates(settings.requests_per_second, settings.redis_url)
        self._lock = threading.Lock()

    async def caller(self, connection: HTTPConnection) -> Caller | None:
        """Return who asks; None for strangers. Somebody with a wrong token is a stranger even on this machine."""
        kind, _, secret = connection.headers.get("authorization", "").partition(" ")
        if kind:
            return await self._with_token(secret.strip()) if kind.lower() == "bearer" else None
        cookie = connection.cookies.get(COOKIE)
        if cookie and self.required:
            found = await self._with_cookie(cookie)
            if found is not None:
                return found
        near = is_near(connection.client.host) if connection.client else False
        return AT_THE_MACHINE if near and not self.required else None

    async def _with_token(self, secret: str) -> Caller | None:
        row = await self._row(tokens.id_in(secret))
        if row is None or not tokens.is_of(secret, row):
            return None
        if time.monotonic() - self._noted.get(row.id, -math.inf) > _NOTED:
            self._noted[row.id] = time.monotonic()
            await run_in_threadpool(self.store.note_use, row.id, time.time())
        return Caller(row.name, row.role)

    async def _with_cookie(self, cookie: str) -> Caller | None:
        ticket = self.sessions.read(cookie)
        if ticket is None or ticket.id in await self._ended_ones():
            return None
        if ticket.token:
            row = await self._row(ticket.token)
            return None if row is None else Caller(row.name, row.role, ticket.id)
        return Caller(ticket.name, ticket.role, ticket.id) if ticket.mark == self._mark and self._password else None

    async def _row(self, name: str) -> TokenRow | None:
        if not name:
            return None
        known = self._known.get(name)
        if known is None or time.monotonic() - known.read > _FRESH:
            known = _Known(await run_in_threadpool(self.store.token, name), time.monotonic())
            if len(self._known) > 1000:
                self._known.clear()
            self._known[name] = known
        return known.row

    async def _ended_ones(self) -> frozenset[str]:
        if time.monotonic() - self._ended[1] > _FRESH:
            self._ended = (await run_in_threadpool(self.store.ended_sessions), time.monotonic())
        return self._ended[0]

    def sign_in(self, name: str, password: str, client: str) -> Ticket | None:
        """Return a new session for `admin` with the password, or for the name of a token with its secret; else None.

        Raises `Busy` for a client that has failed too often of late, and `UsageError` where nobody has to sign in.
        """
        if not self.required:
            raise UsageError("Nobody has to sign in here.", next_step="Set SOSIE_PASSWORD and start the server again.")
        key = client_key(client)
        wait = self._tries.begin(key, time.time())
        if wait:
            raise Busy("Too many sign-ins have failed.", next_step="Wait a little.", after=math.ceil(wait))
        ticket = self._ticket(name, password)
        if ticket is not None:
            self._tries.succeed(key)
        return ticket

    def _ticket(self, name: str, password: str) -> Ticket | None:
        session, until = secrets.token_hex(16), time.time() + self._lifetime
        row = self.store.token(tokens.id_in(password))
        if row is not None and tokens.is_of(password, row) and row.name == name:
            return Ticket(session, row.name, row.role, row.id, "", until)
        if self._password is None or not self._password.holds(password) or name != ADMIN:
            return None
        return Ticket(session, ADMIN, "admin", "", self._mark, until)

    def sign_out(self, cookie: str) -> None:
        """End the session of a cookie, on all servers within seconds."""
        ticket = self.sessions.read(cookie)
        if ticket is not None:
            self.store.end_session(ticket.id, until=ticket.until, now=time.time())
            with self._lock:
                self._ended = (self._ended[0] | {ticket.id}, self._ended[1])

    def remove_token(self, name: str) -> bool:
        """Remove a token by its id, with the sessions that it began; False when there is none."""
        gone = self.store.remove_token(name)
        self._known.pop(name, None)
        return gone

    def close(self) -> None:
        """Let go of what is shared with other servers."""
        self.rates.close()

    @property
    def lifetime(self) -> float:
        """Seconds that a session lasts."""
        return self._lifetime


def check_access(settings: Settings, *, everywhere: bool) -> None:
    """Raise `UsageError` when a server with these settings must not start."""
    with Catalogue.of(settings) as catalogue:
        Access(settings, catalogue, everywhere=everywhere).close()
