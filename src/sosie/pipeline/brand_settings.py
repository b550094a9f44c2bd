"""Settings of a brand's own: how its images are fetched, and what jobs over it compare by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sosie.config import Settings, check_setting
from sosie.errors import UsageError
from sosie.store.brands import Brand

FETCHING = ("downloads", "downloads_per_host", "download_megabytes", "download_seconds")
COMPARING = ("method", "embedders", "similarity_threshold", "similar_groups")
NAMES = (*COMPARING, *FETCHING)
"""The settings that a brand may have of its own."""


def checked_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings of a brand as they are stored. Raises `UsageError` for one that brands have not, or a value that
    cannot be.
    """
    unknown = sorted(set(given) - set(NAMES))
    if unknown:
        raise UsageError(
            f"A brand has no setting {unknown[0]!r:.80} of its own.", next_step=f"Choose from {', '.join(NAMES)}."
        )
    checked = {name: check_setting(name, value) for name, value in given.items()}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in checked.items()}


def for_fetching(settings: Settings, brand: Brand) -> Settings:
    """Return the settings that a brand is fetched with."""
    return _with(settings, {name: brand.settings[name] for name in FETCHING if name in brand.settings})


def for_comparing(settings: Settings, brands: Iterable[Brand], chosen: Mapping[str, Any]) -> Settings:
    """Return the settings that brands are compared with: what was `chosen` for this once, then what all of these brands
    have of their own with the same value, then `settings`.
    """
    own = [brand.settings for brand in brands]
    agreed = {name: own[0][name] for name in COMPARING if own and all(_same(row, own[0], name) for row in own)}
    return _with(settings, {**agreed, **chosen})


def _same(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> bool:
    return name in one and name in other and one[name] == other[name]


def _with(settings: Settings, values: Mapping[str, Any]) -> Settings:
    changed: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    return replace(settings, **changed)
