"""Sessions of people: a signed cookie, and the token against requests that other sites make with it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer

from sosie.config import Settings
from sosie.store.access import AccessStore, Role

COOKIE = "sosie_session"
_KEY = "session_key"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a session's cookie says. `token` is the id of the token that somebody signed in with, or empty for the
    password; `mark` is that of the password. `until` is seconds since 1970.
    """

    id: str
    name: str
    role: Role
    token: str
    mark: str
    until: float


class Sessions:
    """Makes and reads cookies; servers with the same key read each other's."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._signer = URLSafeSerializer(
            self._key, salt="sosie session", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )

    def write(self, ticket: Ticket) -> str:
        """Return the value of the cookie."""
        value = [ticket.id, ticket.name, ticket.role, ticket.token, ticket.mark, ticket.until]
        return str(self._signer.dumps(value))

    def read(self, cookie: str) -> Ticket | None:
        """Return what a cookie says, or None when it is not ours or its time is over."""
        try:
            ticket = Ticket(*self._signer.loads(cookie))
        except (BadSignature, TypeError):
            return None
        return ticket if ticket.until > time.time() else None

    def csrf(self, session: str) -> str:
        """Return the token that changing requests of a session must carry."""
        return hmac.new(self._key, b"csrf " + session.encode(), hashlib.sha256).hexdigest()

    def mark(self, digest: bytes) -> str:
        """Return what cookies of a password carry, so that they end with it; tells nothing of it."""
        return hmac.new(self._key, b"mark " + digest, hashlib.sha256).hexdigest()[:24]

    def is_csrf(self, session: str, given: str) -> bool:
        """Tell whether a token is the one of a session; takes equally long for all."""
        return hmac.compare_digest(self.csrf(session).encode(), given.encode("utf-8", "surrogateescape"))


def session_key(settings: Settings, store: AccessStore) -> str:
    """Return the key that all servers of a database share: in PostgreSQL, or a file that only its owner may read."""
    fresh = secrets.token_hex(32)
    if settings.database_url:
        return store.shared_secret(_KEY, fresh)
    path = settings.data_path / "session.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write_once(path, fresh)
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, text: str) -> None:
    """Write a file that is never seen half written; when somebody was quicker, theirs stays."""
    part = path.with_name(f"{secrets.token_hex(8)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
        try:
            os.link(part, path)
        except FileExistsError:
            return
        except OSError:  # no hard links on this file system
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
