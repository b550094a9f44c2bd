"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from sosie.errors import UsageError


class MethodName(StrEnum):
    """The values of `--method`."""

    AUTO = "auto"
    HASH = "hash"


class EngineName(StrEnum):
    """The values of `--engine`."""

    LOCAL = "local"
    RAY = "ray"


_CATALOG: dict[str, Any] = {
    "help": "The catalogue's file.",
    "metavar": "FILE",
    "show_default": "in the platform's data directory",
}


def _there(catalog: Path | None) -> Path | None:
    """Return the catalogue that was named. Raises `UsageError` for a file that is not there: a slip of the pen."""
    if catalog is None:
        return None
    from sosie.config import load_settings

    settings = load_settings({"catalog": catalog})
    if not settings.database_url and not settings.catalogue_path.exists():
        raise UsageError(
            f"There is no catalogue at {catalog}.",
            next_step="Check its spelling; sosie scan and sosie serve make a new one.",
        )
    return catalog


CatalogOption = Annotated[Path | None, typer.Option("--catalog", **_CATALOG)]
KnownCatalogOption = Annotated[Path | None, typer.Option("--catalog", callback=_there, **_CATALOG)]
"""The catalogue of a command that needs what is in it: a file that is named has to be there."""
MethodOption = Annotated[
    MethodName | None,
    typer.Option("--method", help="auto: prove edits by local features. hash: perceptual hashes only."),
]
EmbedderOption = Annotated[
    list[str] | None,
    typer.Option("--embedder", help="clip, service, gemini, huggingface, builtin or none; repeat it for a chain."),
]
EngineOption = Annotated[
    EngineName | None,
    typer.Option("--engine", help="local: this machine. ray: a cluster of machines. The result is the same."),
]
ShardsOption = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Cut each step into so many tasks on files, which a scan that was killed does not do again.",
        show_default="0: in memory",
    ),
]
RayAddressOption = Annotated[
    str | None,
    typer.Option(help="Address of the Ray cluster.", metavar="ADDRESS", show_default="one started on this machine"),
]
StatsOption = Annotated[
    bool, typer.Option("--stats", help="Tell on stderr how long each stage and what each step of tasks took.")
]
ThresholdOption = Annotated[
    float | None, typer.Option(help="Cosine from which images look alike.", show_default="as the model was measured")
]
