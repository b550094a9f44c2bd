"""The kinds of sources on one screen, and how a declaration becomes a source."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import UnionType
from typing import Any, BinaryIO, Literal, Union, get_args, get_origin, get_type_hints

from sosie.errors import UsageError
from sosie.sources.base import Source, Web

KINDS: dict[str, str] = {
    "folder": "sosie.sources.allowed_folder:AllowedFolderSource",
    "upload": "sosie.sources.upload:UploadSource",
    "urls": "sosie.sources.urls:UrlsSource",
    "brand_api": "sosie.sources.brand_api:BrandApiSource",
    "shopify": "sosie.sources.shopify:ShopifySource",
    "feed": "sosie.sources.feed:FeedSource",
    "web": "sosie.sources.web:WebSource",
    "bucket": "sosie.sources.bucket:BucketSource",
}
"""Kind -> the frozen dataclass of it. Its fields are the settings, but for those that `Handed` hands in."""


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What a source is given besides its settings; it takes those that it has a field of the same name for.

    `roots` are the folders below which files may be read, None for anywhere. `environment` holds the variables that a
    source may use; `trusted` says that somebody at this machine declared it, who may use its credentials.
    """

    brand: str
    web: Web
    uploads: Path
    roots: tuple[Path, ...] | None = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    trusted: bool = False


_HANDED = frozenset(item.name for item in fields(Handed))


def settings_of(kind: str) -> dict[str, bool]:
    """Return the names of a kind's settings, and whether each must be given. Raises `UsageError` for other kinds."""
    return {
        item.name: item.default is MISSING and item.default_factory is MISSING
        for item in fields(_kind(kind))
        if item.name not in _HANDED
    }


def make_source(kind: str, settings: Mapping[str, Any], handed: Handed) -> Source:
    """Return the source that a declaration describes.

    Values may be text, as the command line has them. Raises `UsageError` with the name of what cannot be.
    """
    made = _kind(kind)
    names = settings_of(kind)
    unknown = sorted(set(settings) - set(names))
    if unknown:
        raise UsageError(f"A source {kind} has no setting {unknown[0]}.", next_step=f"It has {', '.join(names)}.")
    missing = [name for name, wanted in names.items() if wanted and settings.get(name) in (None, "")]
    if missing:
        raise UsageError(f"A source {kind} needs the setting {missing[0]}.")
    hints = get_type_hints(made)
    values = {name: _value(kind, name, hints[name], value) for name, value in settings.items() if value is not None}
    given = {item.name: getattr(handed, item.name) for item in fields(made) if item.name in _HANDED}
    source: Source = made(**values, **given)
    return source


def check_settings(kind: str, settings: Mapping[str, Any]) -> None:
    """Raise `UsageError` when a declaration cannot become a source; nothing is read."""
    make_source(kind, settings, Handed(brand="check", web=_NoWeb(), uploads=Path(os.devnull), roots=None))


class _NoWeb:
    """Stands where nothing is asked."""

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int = 0) -> Any:
        raise UsageError(f"{url} is not asked while a declaration is checked.")

    def get_file(self, url: str, file: BinaryIO, *, max_bytes: int = 0) -> Any:
        return self.get(url)

    def way_out(self) -> str:
        return self.get("a proxy")  # type: ignore[no-any-return]


def kinds() -> dict[str, str]:
    """Return all kinds of sources, those of other packages (entry points `sosie.sources`) after our own."""
    others = entry_points(group="sosie.sources")
    return KINDS | {point.name: point.value for point in others if point.name not in KINDS}


def _kind(kind: str) -> Any:
    known = KINDS if kind in KINDS else kinds()
    if kind not in known:
        raise UsageError(f"There is no kind of source {kind!r}.", next_step=f"Choose from {', '.join(known)}.")
    module, _, name = known[kind].partition(":")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"The source {kind} cannot be loaded: {error}.", next_step="Install it again.") from error


def _value(kind: str, name: str, hint: Any, value: Any) -> Any:
    try:
        return _converted(hint, value)
    except (TypeError, ValueError) as error:
        shown = value if isinstance(value, bool | int | float) else type(value).__name__  # a text may be a secret
        raise UsageError(f"The setting {name} of a source {kind} cannot be {shown} ({error}).") from error


def _converted(hint: Any, value: Any) -> Any:
    """Return a value as its type wants it, from that type or from text."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _converted(next(part for part in inner if part is not type(None)), value)
    if origin is Literal:
        if value not in inner:
            raise ValueError(f"choose from {', '.join(map(str, inner))}")
        return value
    if origin is tuple:
        parts = [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        if not isinstance(parts, list | tuple):
            raise TypeError("a list is wanted")
        return tuple(_converted(inner[0], part) for part in parts)
    if origin is not None and issubclass(origin, Mapping):
        pairs = json.loads(value) if isinstance(value, str) else value
        if not isinstance(pairs, Mapping):
            raise TypeError("names with values are wanted")
        return {str(key): _converted(inner[1], part) for key, part in pairs.items()}
    return _plain(hint, value)


def _plain(hint: Any, value: Any) -> Any:
    if hint is bool:
        words = {True: True, False: False, "true": True, "false": False, "yes": True, "no": False}
        if not isinstance(value, bool | str) or value not in words:
            raise ValueError("true or false is wanted")
        return words[value]
    if hint in (int, float):
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise TypeError("a number is wanted")
        number = hint(value)
        if number != number or abs(number) == float("inf"):
            raise ValueError("a number is wanted")
        return number
    if not isinstance(value, str):
        raise TypeError("a text is wanted")
    if "\0" in value:
        raise ValueError("a text without NUL is wanted")
    return value
