"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class MethodName(StrEnum):
    """The values of `--method`."""

    AUTO = "auto"
    HASH = "hash"


CatalogOption = Annotated[
    Path | None,
    typer.Option(
        "--catalog", help="The catalogue's file.", metavar="FILE", show_default="in the platform's data directory"
    ),
]
MethodOption = Annotated[
    MethodName | None,
    typer.Option("--method", help="auto: prove edits by local features. hash: perceptual hashes only."),
]
EmbedderOption = Annotated[
    list[str] | None,
    typer.Option("--embedder", help="clip, service, gemini, huggingface, builtin or none; repeat it for a chain."),
]
