"""Names of images that come from addresses: no secret in them, and the same at every sync."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_SECRET = re.compile(
    r"(?i)(.*[-_.])?(token|api[-_]?key|apikey|password|passwd|pwd|secret|signature|sig|credential|auth|authorization"
    r"|access[-_]?key(id)?|awsaccesskeyid|key-pair-id|policy|hmac|jwt|session|sessionid)"
)
_USER = re.compile(r"://[^\s/?#]*@")
_QUERY = re.compile(r"(\w://[^\s?#'\"<>]*)\?[^\s'\"<>]*")
_PASSING = re.compile(r"(?i)(x-(amz|goog)-(date|expires|algorithm|signedheaders)|expires|exp|se|st|sv|sr|sp|spr)")
"""Parameters that change with a signature."""


def without_secrets(address: str) -> str:
    """Return an address as it may be kept and shown: user name, password and secret parameters left out.

    What goes with a signature (its date and term) is left out as well, so that the name stays the same.
    """
    if "://" not in address or ("?" not in address and "@" not in address):
        return address
    try:
        parts = urlsplit(address)
        listed = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return address.partition("?")[0].rpartition("@")[2]
    host = parts.netloc.rpartition("@")[2]
    secret = [name for name, _ in listed if _SECRET.fullmatch(name)]
    if not secret:
        return address if host == parts.netloc else urlunsplit(parts._replace(netloc=host))
    query = urlencode([(name, value) for name, value in listed if not _is_left_out(name)])
    return urlunsplit(parts._replace(netloc=host, query=query))


def sentence_without_secrets(text: str) -> str:
    """Return a message with the addresses in it shortened: no user name or password, nothing behind a question mark."""
    return _QUERY.sub(r"\1?...", _USER.sub("://", text))


def _is_left_out(name: str) -> bool:
    return bool(_SECRET.fullmatch(name) or _PASSING.fullmatch(name))


@dataclass
class Names:
    """Gives each address of a sync its name; two addresses that differ in a secret alone keep different names."""

    _taken: dict[str, str] = field(default_factory=dict)

    def name(self, address: str) -> str | None:
        """Return the name of an address, or None when it had one before."""
        name = without_secrets(address)
        if self._taken.get(name, address) != address:
            digest = hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            name = f"{name}#{digest}"
        if name in self._taken:
            return None
        self._taken[name] = address
        return name
