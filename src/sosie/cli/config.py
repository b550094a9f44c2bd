"""`sosie config`: what is set, and where it comes from."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosie.cli.options import CatalogOption

if TYPE_CHECKING:
    from sosie.config import Settings

app = typer.Typer(help="The settings.\n\nExample: sosie config show", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def settings() -> None:
    """Show the settings."""


@app.command()
def show(
    every: Annotated[bool, typer.Option("--all", help="Also those that have their default value.")] = False,
    catalog: CatalogOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write all of them as JSON to stdout.")] = False,
) -> None:
    """Show the settings in force and where each comes from: argument, environment, file, server or default.

    Example: sosie config show --all
    """
    from sosie.config import load_settings
    from sosie.server.views.settings import shown_settings

    settings = load_settings({"catalog": catalog})
    rows = shown_settings(settings, _kept(settings))
    if as_json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows]) + "\n")
        return
    shown = [row for row in rows if every or row.source != "default"]
    for row in shown:
        value = ", ".join(map(str, row.value)) if isinstance(row.value, list) else row.value
        typer.echo(f"{row.name} = {'' if value is None else value}  ({row.source})")
    if not shown:
        typer.echo("Every setting has its default value; --all shows them.", err=True)


def _kept(settings: Settings) -> dict[str, Any]:
    """Return what was changed at work, without making a catalogue where there is none."""
    if not settings.database_url and not settings.catalogue_path.is_file():
        return {}
    from sosie.store.access import AccessStore
    from sosie.store.catalogue import Catalogue

    with Catalogue.of(settings) as catalogue:
        return AccessStore(catalogue).settings()
