"""The desk of a reviewer for a finished job's result, with the rules and runs of the catalogue."""

from __future__ import annotations

from pathlib import Path

from sosie.config import Settings
from sosie.review import Desk, Rules, rules_in_force, rules_path
from sosie.review.desk import rules_text
from sosie.server.views.loaded import LoadedResult
from sosie.store.brands import Brands
from sosie.store.catalogue import Catalogue
from sosie.store.journal import Runs


def desk_of(result: LoadedResult, catalogue: Catalogue, brands: Brands) -> Desk:
    """Give the desk for a result. Its roots are the folders that are sources of the brands in it."""
    roots = tuple(str(folder) for folder in declared_folders(brands, result.images.brands))
    return Desk(catalogue, result.report, roots)


def declared_folders(brands: Brands, keys: tuple[str, ...]) -> list[Path]:
    """Give the folders that the operator of this machine declared as sources of these brands."""
    specs = [spec for brand in brands.all() if brand.key in keys for spec in brand.sources]
    named = [spec.settings.get("path") for spec in specs if spec.kind == "folder" and spec.trusted]
    return sorted({Path(str(path)) for path in named if path})


def rules_of(settings: Settings) -> Rules:
    """Give the rules in force."""
    return rules_in_force(settings.catalogue_path)


def rules_written(settings: Settings) -> str:
    """Give the rules in force as the text of a file."""
    return rules_text(settings.catalogue_path)


def rules_file(settings: Settings) -> Path:
    """Give the file of the catalogue's own rules."""
    return rules_path(settings.catalogue_path)


def runs_of(settings: Settings) -> Runs:
    """Give the runs that were applied from this catalogue."""
    return Runs.beside(settings.catalogue_path)
