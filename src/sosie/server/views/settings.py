"""The settings as people see them: each with its value in force, where that comes from, and what it means."""

from __future__ import annotations

import ast
import inspect
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

from sosie import config
from sosie.config import EMBEDDERS, Grouping, Method, Settings, check_setting, load_settings
from sosie.errors import UsageError
from sosie.server.security.secrecy import discreet
from sosie.store.access import AccessStore

EDITABLE = ("similarity_threshold", "method", "embedders", "similar_groups")
"""Settings that can be changed while the service runs, for all servers of a database."""
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "method": get_args(Method),
    "similar_groups": get_args(Grouping),
    "embedders": EMBEDDERS,
    "service_dialect": get_args(config.Dialect),
    "huggingface_payload": get_args(config.Payload),
    "log_format": get_args(config.LogFormat),
    "log_level": get_args(config.LogLevel),
}
Origin = Literal["argument", "environment", "file", "server", "default"]


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """One setting; secrets are "set" or empty."""

    name: str
    value: Any
    default: Any
    source: Origin
    description: str
    secret: bool
    editable: bool
    choices: tuple[str, ...]


def in_force(settings: Settings, store: AccessStore) -> Settings:
    """Return the settings with those that were changed at work."""
    kept = {name: check_setting(name, value) for name, value in store.settings().items() if name in EDITABLE}
    return replace(settings, **kept)


def change(store: AccessStore, values: Mapping[str, Any], *, person: str, now: float) -> None:
    """Keep new values; None takes one back. Raises `UsageError` for what cannot be or cannot be changed."""
    for name, value in values.items():
        if name not in EDITABLE:
            raise UsageError(
                f"The setting {name[:64]} cannot be changed here.", next_step=f"These can: {', '.join(EDITABLE)}."
            )
        if value is not None:
            _check(name, value)
    store.change_settings(values, person=person, now=now)


def _check(name: str, value: Any) -> None:
    if isinstance(value, bool | dict):
        raise UsageError(f"The setting {name} cannot be so.", next_step="See its description.")
    if name == "embedders" and not (isinstance(value, list | str) and value and all(isinstance(v, str) for v in value)):
        raise UsageError("The embedders are a list of names.", next_step=f"Choose from {', '.join(EMBEDDERS)}.")
    check_setting(name, value)


def shown_settings(
    settings: Settings,
    kept: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> list[ShownSetting]:
    """Return all settings; `kept` are those that were changed at work."""
    environment = os.environ if environment is None else environment
    above, below, standard = load_settings({}, environment, file), load_settings({}, {}, file), Settings()
    found = []
    for item in fields(Settings):
        name = item.name
        source: Origin = "server"
        value, default = getattr(settings, name), getattr(standard, name)
        if name in EDITABLE and name in kept:
            value = kept[name]
        else:
            named = bool(environment.get(f"SOSIE_{name.upper()}")) and value == getattr(above, name)
            source = "environment" if named else _origin(value, getattr(below, name), default)
        secret = not item.repr
        found.append(
            ShownSetting(
                name=name,
                value=("set" if value else "") if secret else _plain(value),
                default="" if secret else _plain(default),
                source=source,
                description=meanings()[name],
                secret=secret,
                editable=name in EDITABLE,
                choices=_CHOICES.get(name, ()),
            )
        )
    return found


def _origin(value: Any, in_file: Any, default: Any) -> Origin:
    if value == default:
        return "default"
    return "file" if value == in_file else "argument"


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, Path):
        return str(value)
    return discreet(value) if isinstance(value, str) and "://" in value else value


@cache
def meanings() -> Mapping[str, str]:
    """Return what each setting means: the text below it in the source."""
    body = next(
        node
        for node in ast.parse(inspect.getsource(config)).body
        if isinstance(node, ast.ClassDef) and node.name == "Settings"
    ).body
    return {
        field.target.id: " ".join(str(ast.literal_eval(text.value)).split())
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr)
    }
