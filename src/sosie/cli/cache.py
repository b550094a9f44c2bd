"""`sosie cache`: what the catalogue remembers of images, and how to make it smaller."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from sosie.cli.options import KnownCatalogOption

app = typer.Typer(
    help="What is remembered: sizes, and removing what is not needed.\n\nExample: sosie cache stats",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def stats(
    catalog: KnownCatalogOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the numbers as JSON to stdout.")] = False,
) -> None:
    """Show how many fingerprints of each kind the catalogue has, and their size.

    Example: sosie cache stats
    """
    from sosie.config import load_settings
    from sosie.store.catalogue import Catalogue

    with Catalogue.of(load_settings({"catalog": catalog})) as catalogue:
        counts, spaces, size, path = catalogue.counts(), catalogue.spaces(), catalogue.size(), catalogue.name
    if as_json:
        rows = [{"space": space, "rows": count, "bytes": total} for space, (count, total) in spaces.items()]
        sys.stdout.write(json.dumps({"path": path, "bytes": size, "tables": counts, "spaces": rows}) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("fingerprints", "images", "MB"):
        table.add_column(column, justify="left" if column == "fingerprints" else "right", overflow="fold")
    for space, (count, total) in spaces.items():
        table.add_row(space, f"{count:,}", f"{total / 1e6:.1f}")
    console = Console(highlight=False)
    console.print(table)
    console.print(f"{counts['content']:,} images in {counts['location']:,} places; {size / 1e6:.1f} MB in {path}")


@app.command()
def prune(
    catalog: KnownCatalogOption = None,
    space: Annotated[
        list[str] | None, typer.Option(help="Also forget this kind of fingerprint; may be repeated.")
    ] = None,
    most: Annotated[
        float | None,
        typer.Option("--originals", min=0, help="Keep at most so many MB of downloads.", metavar="MB", show_default=""),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it; without, only say what would go.")] = False,
) -> None:
    """Forget what no image needs any more: fingerprints of files that are gone, downloads that no brand lists.

    Nothing but memory is lost: what is needed again is computed again. With --originals also downloads go that
    brands still list, those asked for longest ago first; they are fetched again when their brand is synced.
    What was uploaded stays.

    Example: sosie cache prune --originals 20000 --yes
    """
    from sosie.config import load_settings
    from sosie.store.catalogue import Catalogue
    from sosie.store.originals import Originals
    from sosie.store.pruning import prune_catalogue, prune_originals

    settings = load_settings({"catalog": catalog})
    limit = None if most is None else int(most * 1e6)
    with Catalogue.of(settings) as catalogue:
        gone = prune_catalogue(catalogue, space or [], dry=not yes)
        files = prune_originals(catalogue, Originals.of(settings), dry=not yes, max_bytes=limit)
    if files.files or files.left:
        again = f", {files.needed:,} of them to be fetched again" if files.needed else ""
        typer.echo(
            f"{files.files:,} downloads ({files.bytes / 1e6:,.1f} MB{again}) {'went' if yes else 'would go'}; "
            f"{files.left / 1e6:,.1f} MB stay."
        )
    typer.echo(
        f"{gone.locations:,} places, {gone.contents:,} images, {gone.fingerprints:,} fingerprints "
        f"{'were forgotten' if yes else 'would be forgotten; --yes does it'}."
    )
