"""Brands that are declared in `sosie.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sosie.config import Settings, brand_tables
from sosie.errors import UsageError
from sosie.pipeline.brand_settings import checked_settings
from sosie.sources.specs import check_settings
from sosie.store.brands import Brand, Brands, SourceSpec
from sosie.store.catalogue import Catalogue

_FIELDS = ("key", "name", "colour", "every_hours", "settings", "sources")


def declare_in_catalogue(settings: Settings, file: Path | None = None) -> None:
    """Write what `sosie.toml` declares of brands to the catalogue of these settings, which is opened only for that."""
    if brand_tables(file):
        with Catalogue.of(settings) as catalogue:
            declare_brands(Brands(catalogue), file)


def declare_brands(brands: Brands, file: Path | None = None) -> list[str]:
    """Write what `sosie.toml` (of the working directory when not given) declares of brands; return their keys.

    It wins over what was declared elsewhere for the same key; other brands stay. Raises `UsageError` for a table that
    cannot be, before anything is written.
    """
    declared = [brand_of(table) for table in brand_tables(file)]
    for brand in declared:
        known = brands.get(brand.key)
        merged = replace(known, **_declared(brand)) if known else brand
        if merged != known:
            brands.save(merged)
    return [brand.key for brand in declared]


def brand_of(table: Mapping[str, Any]) -> Brand:
    """Return the brand that a table declares, its sources trusted. Raises `UsageError` with what cannot be."""
    key = table.get("key")
    if not isinstance(key, str):
        raise UsageError("A [[brand]] of sosie.toml has no key.", next_step='Give it one: key = "nike".')
    unknown = sorted(set(table) - set(_FIELDS))
    if unknown:
        raise UsageError(
            f"The brand {key} of sosie.toml has an unknown setting: {unknown[0]}.",
            next_step=f"Known are {', '.join(_FIELDS)}.",
        )
    hours = table.get("every_hours")
    if hours is not None and (isinstance(hours, bool) or not isinstance(hours, int | float) or hours <= 0):
        raise UsageError(f"The brand {key} of sosie.toml cannot be synced every {hours!r} hours.")
    name, colour = str(table.get("name") or key), str(table.get("colour") or "")
    hours = None if hours is None else float(hours)
    own = checked_settings(_table(key, table.get("settings", {})))
    sources = _sources(key, table.get("sources", []))
    return Brand(key=key, name=name, colour=colour, every_hours=hours, settings=own, sources=sources)


def trusted_source(kind: str, settings: Mapping[str, Any]) -> SourceSpec:
    """Return a source that the operator declares. Raises `UsageError` when it cannot be one."""
    check_settings(kind, settings)
    return SourceSpec(kind, dict(settings), trusted=True)


def _table(key: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise UsageError(
            f"The settings of the brand {key} in sosie.toml are no table.",
            next_step='Write settings = { method = "hash" }.',
        )
    return value


def _sources(key: str, listed: object) -> tuple[SourceSpec, ...]:
    if not isinstance(listed, Sequence) or not all(isinstance(item, Mapping) and "kind" in item for item in listed):
        raise UsageError(
            f"The sources of the brand {key} in sosie.toml cannot be.",
            next_step='Write sources = [{kind = "folder", path = "/pictures"}].',
        )
    return tuple(
        trusted_source(str(item["kind"]), {name: value for name, value in item.items() if name != "kind"})
        for item in listed
    )


def _declared(brand: Brand) -> dict[str, Any]:
    return {name: getattr(brand, name) for name in ("name", "colour", "every_hours", "settings", "sources")}
