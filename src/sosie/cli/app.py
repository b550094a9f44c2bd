"""All commands on one screen, and how errors and interruptions leave the program."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from sosie import __version__
from sosie.cli import cache, embed, models
from sosie.cli.explain import explain
from sosie.cli.scan import scan
from sosie.cli.similar import similar
from sosie.errors import SosieError, UsageError

app = typer.Typer(
    name="sosie",
    help="Find duplicate, edited and look-alike images, and see why they are the same.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(scan)
app.command()(explain)
app.command()(similar)
app.add_typer(models.app, name="models")
app.add_typer(embed.app, name="embed")
app.add_typer(cache.app, name="cache")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sosie {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Find duplicate, edited and look-alike images, and see why they are the same."""


def run() -> None:
    """Run the program; an error is one line on stderr, its exit code 2 (wrong use) or 1."""
    try:
        app()
    except SosieError as error:
        print(f"sosie: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError) else 4)
    except KeyboardInterrupt:
        print("sosie: stopped; what was read is remembered, run it again to go on.", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left: nothing more to say
        sys.exit(141)
