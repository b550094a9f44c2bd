"""Settings: arguments, then SOSIE_* variables, then sosie.toml, then defaults."""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from sosie.errors import UsageError

Method = Literal["auto", "hash"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings with their defaults."""

    data_dir: Path | None = None
    """Folder of the catalogue; by default the platform's data directory."""
    catalog: Path | None = None
    """The catalogue's file; by default `catalogue.db` in the data directory."""
    method: Method = "auto"
    """`auto` proves edits by local features; `hash` compares perceptual hashes only."""
    workers: int = 0
    """Threads that read and decode; 0 takes as many as there are cores."""
    max_megapixels: float = 200.0
    """Larger images are skipped before they are decoded."""
    max_megabytes: float = 1000.0
    """Larger files are skipped before they are read."""

    @property
    def catalogue_path(self) -> Path:
        """The file of the catalogue that these settings lead to."""
        if self.catalog:
            return self.catalog
        if self.data_dir:
            return self.data_dir / "catalogue.db"
        from platformdirs import user_data_path

        return user_data_path("sosie", appauthor=False) / "catalogue.db"


def load_settings(
    overrides: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Settings:
    """Return the settings in force; `overrides` that are None do not count.

    `file` is `sosie.toml` of the working directory when not given. Raises `UsageError` for a value that cannot be.
    """
    environment = os.environ if environment is None else environment
    names = [field.name for field in fields(Settings)]
    values = _from_file(file or Path("sosie.toml"), names, required=file is not None)
    values |= {n: environment[f"SOSIE_{n.upper()}"] for n in names if environment.get(f"SOSIE_{n.upper()}")}
    values |= {name: value for name, value in (overrides or {}).items() if value is not None}
    return Settings(**{name: _checked(name, value) for name, value in values.items()})


def _from_file(path: Path, names: list[str], *, required: bool) -> dict[str, Any]:
    if not path.is_file() and not required:
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", next_step="Correct it or move it away.") from error
    unknown = sorted(set(values) - set(names))
    if unknown:
        raise UsageError(f"{path} has an unknown setting: {unknown[0]}.", next_step=f"Known are {', '.join(names)}.")
    return values


def _checked(name: str, value: Any) -> Any:
    try:
        match name:
            case "data_dir" | "catalog":
                return Path(value).expanduser()
            case "workers":
                return _at_least(0, int(value))
            case "max_megapixels" | "max_megabytes":
                return _at_least(0.001, float(value))
            case "method" if value in get_args(Method):
                return value
    except (TypeError, ValueError) as error:
        raise UsageError(f"The setting {name} cannot be {value!r} ({error}).") from error
    raise UsageError(
        f"The setting {name} cannot be {value!r}.", next_step=f"Choose from {', '.join(get_args(Method))}."
    )


def _at_least(least: float, value: Any) -> Any:
    if not least <= value < math.inf:
        raise ValueError(f"a number of at least {least} is wanted")
    return value
