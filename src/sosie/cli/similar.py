"""`sosie similar`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sosie.cli.options import EmbedderOption, KnownCatalogOption

if TYPE_CHECKING:
    from sosie.pipeline.similar_search import Answer


def similar(
    image: Annotated[Path, typer.Argument(help="The image to look for.", show_default=False)],
    catalog: KnownCatalogOption = None,
    embedder: EmbedderOption = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many to list.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Write the answer as JSON to stdout.")] = False,
) -> None:
    """List the images of the catalogue that are most like one image, the nearest first.

    Example: sosie similar shoe.jpg --count 5
    """
    from sosie.config import load_settings
    from sosie.pipeline.similar_search import similar_to

    settings = load_settings({"catalog": catalog, "embedders": embedder})
    show(similar_to(image, settings, count=count), as_json=as_json)


def show(answer: Answer, *, as_json: bool) -> None:
    """Print an answer: JSON for programs, a table for people."""
    if as_json:
        sys.stdout.write(json.dumps(asdict(answer)) + "\n")
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from sosie.cli.table import printable

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("cosine", justify="right")
    table.add_column("image", overflow="fold")
    for hit in answer.hits:
        style = "green" if hit.cosine >= answer.threshold else "dim"
        table.add_row(f"[{style}]{hit.cosine:.3f}[/]", "\n".join(escape(printable(uri)) for uri in hit.uris))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"[dim]Compared by {answer.embedder}; from {answer.threshold:.2f} on (green) things are alike.[/]")
