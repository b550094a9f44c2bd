"""Path patterns of rules: what people write for "everything below archive/", turned into a test."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return a test that tells whether a path or URI matches one of these patterns.

    `*` and `?` stand for characters other than `/`, `**` for any folders, `[ab]` for one of some characters. A pattern
    that starts with `/`, `~/` or a scheme (`https://`) is matched from the start, any other from the start of some
    folder or file name; one that ends with `/` means everything below. Upper and lower case are the same, and so are
    the two ways to write an accent.
    """
    compiled = [_compile(pattern) for pattern in patterns]
    return lambda path: any(one.search(_plain(path)) for one in compiled)


def check_pattern(pattern: str) -> None:
    """Raise `ValueError` for a pattern that says nothing, or has a bracket that nothing closes."""
    if not pattern:
        raise ValueError("it is empty")
    rest = pattern
    while "[" in rest:
        inside = rest.partition("[")[2]
        if "]" not in inside[1:]:
            raise ValueError("its [ has no ]; the character itself is written [[]")
        rest = inside[inside.index("]", 1) + 1 :]


@lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str]:
    pattern = pattern.replace("\\", "/")
    if pattern.startswith("~/"):
        pattern = f"{Path.home().as_posix()}{pattern[1:]}"
    anchored = pattern.startswith("/") or "://" in pattern or re.match(r"[A-Za-z]:/", pattern) is not None
    body = "".join(_translate(_plain(pattern)))
    return re.compile(("^" if anchored else "(?:^|/)") + body + ("" if pattern.endswith("/") else "$"), re.DOTALL)


def _translate(pattern: str) -> Iterable[str]:
    position = 0
    while position < len(pattern):
        if pattern.startswith("**/", position):
            yield "(?:.*/)?"
            position += 3
        elif pattern.startswith("**", position):
            yield ".*"
            position += 2
        elif pattern[position] == "[" and "]" in pattern[position + 2 :]:
            end = pattern.index("]", position + 2)
            yield _set_of(pattern[position + 1 : end])
            position = end + 1
        else:
            yield {"*": "[^/]*", "?": "[^/]"}.get(pattern[position]) or re.escape(pattern[position])
            position += 1


def _set_of(inside: str) -> str:
    negated = inside[0] in "!^"
    members = inside[1:] if negated else inside
    escaped = re.sub(r"([\\\[\]&~|^])", r"\\\1", members)
    return f"[{'^/' if negated else ''}{escaped}]"


@lru_cache(maxsize=4096)
def _plain(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold().replace("\\", "/")
