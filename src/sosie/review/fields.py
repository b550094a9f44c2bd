"""Values out of files that people may have edited: each is what its field says, or one line names one that is not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import is_dataclass
from reprlib import repr as shortly
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from sosie.errors import UsageError

_PLACES = frozenset({"uri", "keeper", "names", "aliases", "quarantine", "target", "roots"})
_MOST = 2**63
_KNOWN: dict[type, dict[str, Any]] = {}


def check_fields(thing: object) -> None:
    """Raise `UsageError` unless all fields of a dataclass, and of those in it, hold what their annotations say.

    Texts in fields for places must be names that a file can have. Numbers are finite and fit into 64 bits.
    """
    for name, wanted in _annotated(type(thing)).items():
        value = getattr(thing, name)
        if not _fits(value, wanted) or (name in _PLACES and not _all_places(value)):
            raise UsageError(
                f"`{name}` cannot be {shortly(value)} in a {type(thing).__name__.lower()}.",
                next_step="Let Sosie write the file again.",
            )


def _annotated(kind: type) -> dict[str, Any]:
    if kind not in _KNOWN:
        _KNOWN[kind] = get_type_hints(kind)
    return _KNOWN[kind]


def _fits(value: Any, wanted: Any) -> bool:
    origin, parts = get_origin(wanted), get_args(wanted)
    if wanted is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is Literal:
        return isinstance(value, str) and value in parts
    if origin is tuple:
        return isinstance(value, tuple) and _fit_in_order(value, parts)
    if origin is not None:
        key, item = parts
        return isinstance(value, Mapping) and all(_fits(k, key) and _fits(v, item) for k, v in value.items())
    if is_dataclass(wanted):
        if isinstance(value, wanted):  # type: ignore[arg-type]
            check_fields(value)
            return True
        return False
    return _is_plain(value, wanted)


def _fit_in_order(values: tuple[Any, ...], parts: tuple[Any, ...]) -> bool:
    if parts[-1] is Ellipsis:
        return all(_fits(value, parts[0]) for value in values)
    return len(values) == len(parts) and all(map(_fits, values, parts))


def _is_plain(value: Any, wanted: type) -> bool:
    if wanted in (int, float):
        number = isinstance(value, int if wanted is int else (int, float)) and not isinstance(value, bool)
        return number and -_MOST <= value < _MOST  # neither infinite nor NaN
    return value is None if wanted is NoneType else isinstance(value, wanted)


def _all_places(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_all_places, value))
    if not isinstance(value, str):
        return True
    try:
        return b"\0" not in os.fsencode(value)
    except UnicodeEncodeError:
        return False
