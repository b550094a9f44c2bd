"""All commands on one screen, and how errors and interruptions leave the program."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sosie import __version__
from sosie.cli import cache, embed, models
from sosie.cli.apply import apply
from sosie.cli.audit import audit
from sosie.cli.calibrate import calibrate
from sosie.cli.decide import decide
from sosie.cli.explain import explain
from sosie.cli.export import export
from sosie.cli.plan import plan
from sosie.cli.rules import rules
from sosie.cli.scan import scan
from sosie.cli.search import search
from sosie.cli.serve import serve
from sosie.cli.similar import similar
from sosie.cli.undo import undo
from sosie.errors import SosieError, UsageError


class _Commands(TyperGroup):
    """The commands, with one way out for errors, interruptions and readers that leave."""

    def invoke(self, ctx: Any) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except SosieError as error:
            print(f"sosie: {error}", file=sys.stderr)
            raise typer.Exit(2 if isinstance(error, UsageError) else 4) from error
        except KeyboardInterrupt as error:
            print("sosie: stopped; what was read is remembered, run it again to go on.", file=sys.stderr)
            raise typer.Exit(130) from error
        except BrokenPipeError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody is there to be told more
            raise typer.Exit(141) from error


app = typer.Typer(
    name="sosie",
    cls=_Commands,
    help="Find duplicate, edited and look-alike images, and see why they are the same.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(scan)
app.command()(explain)
app.add_typer(decide, name="decide")
app.add_typer(rules, name="rules")
app.command()(plan)
app.command()(apply)
app.command()(undo)
app.command()(export)
app.command()(audit)
app.command()(similar)
app.command()(search)
app.command()(calibrate)
app.command()(serve)
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
    """Run the program. Its exit codes: 0 fine, 1 duplicates (`--check`), 2 wrong use, 3 unreadable images (`--strict`),
    4 another error, 130 interrupted, 141 the reader of its output left. An error is one line on stderr.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal or pipe that is not UTF-8 must not end the program
    app(prog_name="sosie")
