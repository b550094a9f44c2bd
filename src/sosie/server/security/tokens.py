"""API tokens: long random secrets, of which only digests are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from sosie.store.access import Role, TokenRow

_PREFIX = "sosie"


def make_token(name: str, role: Role) -> tuple[TokenRow, str]:
    """Return a new token as it is stored, and the secret that is shown once."""
    key, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    whole = f"{_PREFIX}_{key}_{secret}"
    return TokenRow(id=key, name=name, role=role, digest=_digest(whole), created=time.time()), whole


def id_in(secret: str) -> str:
    """Return the id of the token that a secret says it is of, or an empty text."""
    parts = secret.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == _PREFIX and len(secret) < 200 else ""


def is_of(secret: str, row: TokenRow) -> bool:
    """Tell whether this is the secret of a token; takes equally long for all."""
    return hmac.compare_digest(_digest(secret), row.digest)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
