"""Why an address could not be fetched, in words that may be shown to anybody."""

from __future__ import annotations

import re

from sosie.errors import SourceFailure


class NotFetched(SourceFailure):
    """One address that could not be fetched. `reason` fits behind its name: "answered 404 (Not Found)".

    `gone` says that the server itself says there is nothing (any more).
    """

    def __init__(self, url: str, reason: str, *, next_step: str = "", gone: bool = False) -> None:
        super().__init__(f"{shown(url)} {reason}.", next_step=next_step)
        self.reason = reason
        self.gone = gone


def shown(url: str) -> str:
    """Return an address as messages may show it: no user name, password, query or fragment."""
    start = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]{0,20}:)?//", url)
    scheme = start.group(0).strip() if start else ""
    rest = re.split(r"[?#]", url[start.end() if start else 0 :], maxsplit=1)
    authority, slash, path = rest[0].partition("/")
    text = scheme + authority.rpartition("@")[2] + slash + path + ("?..." if len(rest) > 1 else "")
    return "".join(character if character.isprintable() else "?" for character in text)[:300]
