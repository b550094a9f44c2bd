"""Texts without what must not leave: passwords, keys, secrets in addresses, and where files lie on this machine."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields

from sosie.config import Settings

_USER = re.compile(r"(?<=://)[^/\s@'\"]+@")
_QUERY = re.compile(r"((?:https?|s3|gs|az|postgresql|redis)://[^\s?'\"<>]+)\?[^\s'\"<>]+", re.IGNORECASE)
_BEARER = re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE)
_NAMED = re.compile(
    r"\b([\w-]*(?:api[_-]?key|token|passwo?r?d|secret|signature|authorization))(\s*[=:]\s*)[^\s,;&'\"]+", re.I
)
_TOKEN = re.compile(r"\bsosie_[0-9a-f]{12}_[\w-]+")
_PATH = re.compile(r"(?<![\w/:.…>])/(?!api/|openapi\.json|metrics)(?:[^\s/'\",:;()<>]+/)+(?=[^\s/'\",:;()<>]|$)")
_DRIVE = re.compile(r"(?<!\w)[A-Za-z]:\\+(?:[^\s\\'\",:;()<>]+\\+)+")
HIDDEN = "…"


def secret_values(settings: Settings) -> tuple[str, ...]:
    """Return the values of those settings that are secret, longest first."""
    names = (item.name for item in fields(Settings) if not item.repr)
    values = {str(getattr(settings, name)) for name in names}
    return tuple(sorted((value for value in values if len(value) > 3), key=len, reverse=True))


def discreet(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without `secrets`, without users, passwords and queries in addresses, without keys and tokens that
    are recognised as such, and with paths shortened to their last part.
    """
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    text = _TOKEN.sub(HIDDEN, text)
    text = _USER.sub("", text)
    text = _QUERY.sub(rf"\1?{HIDDEN}", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _NAMED.sub(rf"\1\2{HIDDEN}", text)
    return _DRIVE.sub(f"{HIDDEN}\\\\", _PATH.sub(f"{HIDDEN}/", text))
