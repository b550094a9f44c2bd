"""All commands on one screen, and how errors and interruptions leave the program."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup
from typer.main import get_group

from sosie import __version__
from sosie.errors import NotFound, SosieError, UsageError

HOMES = {
    "scan": "scan:scan",
    "explain": "explain:explain",
    "plan": "plan:plan",
    "apply": "apply:apply",
    "undo": "undo:undo",
    "export": "export:export",
    "audit": "audit:audit",
    "similar": "similar:similar",
    "check": "check:check",
    "search": "search:search",
    "calibrate": "calibrate:calibrate",
    "plan-capacity": "capacity:plan_capacity",
    "serve": "serve:serve",
    "token": "token:app",
    "config": "config:app",
    "snapshot": "snapshot:snapshot",
    "decide": "decide:decide",
    "rules": "rules:rules",
    "brand": "brand:app",
    "models": "models:app",
    "embed": "embed:app",
    "cache": "cache:app",
}
"""Where each command is: a module of this room, and in it a function, or a `typer.Typer` of further commands."""


REMOTE = {
    "check": "remote:check",
    "scan": "remote:scan",
    "brand": "remote_brand:app",
    "jobs": "remote:jobs",
    "snapshot": "remote:snapshot",
    "explain": "remote_looking:explain",
    "similar": "remote_looking:similar",
    "search": "remote_looking:search",
    "decide": "remote_review:decide",
    "rules": "remote_review:rules",
    "plan": "remote_review:plan",
    "apply": "remote_review:apply",
    "undo": "remote_review:undo",
    "export": "remote_review:export",
    "audit": "remote_review:audit",
    "token": "remote_server:token",
    "cache": "remote_server:cache",
    "config": "remote_server:config",
}
"""Where the commands are that a server carries out (`--server`)."""
_ALWAYS_HERE = ("serve", "embed", "models")


class _Loaded(Mapping[str, Any]):
    """The commands by name, each imported and built when it is first asked for: a scan pays for no other one."""

    def __init__(self, homes: Mapping[str, str]) -> None:
        self._homes = homes
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            module, attribute = self._homes[name].split(":")
            part = getattr(import_module(f"sosie.cli.{module}"), attribute)
            holder = typer.Typer(rich_markup_mode=None)
            holder.add_typer(part, name=name) if isinstance(part, typer.Typer) else holder.command(name)(part)
            self._built[name] = get_group(holder).commands[name]
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


class _Commands(TyperGroup):
    """The commands, with one way out for errors, interruptions and readers that leave."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**{**attributes, "commands": _Loaded(HOMES)})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; with --server the one that asks the server."""
        if ctx.params.get("server") and args[0] in _ALWAYS_HERE and not ctx.resilient_parsing:
            print(f"`sosie {args[0]}` works on this machine; the server is not asked.", file=sys.stderr)
        if not ctx.params.get("server") or args[0] in _ALWAYS_HERE:
            return super().resolve_command(ctx, args)
        if args[0] not in REMOTE and args[0] in HOMES:
            raise UsageError(
                f"`sosie {args[0]}` works on this machine only.",
                next_step=f"Leave --server and SOSIE_SERVER out, or use {', '.join(REMOTE)}.",
            )
        self.commands = cast("Any", _Loaded(REMOTE))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except SosieError as error:
            print(f"sosie: {error}", file=sys.stderr)
            raise typer.Exit(2 if isinstance(error, UsageError | NotFound) else 4) from error
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


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sosie {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    server: Annotated[
        str,
        typer.Option(
            help="Let this server do the work; its token is SOSIE_TOKEN.", envvar="SOSIE_SERVER", metavar="URL"
        ),
    ] = "",
) -> None:
    """Find duplicate, edited and look-alike images, and see why they are the same."""


def run() -> None:
    """Run the program. Its exit codes: 0 fine, 1 duplicates (`--check`), 2 wrong use (also a
    name that nothing has), 3 unreadable images (`--strict`),
    4 another error, 130 interrupted, 141 the reader of its output left. An error is one line on stderr.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal or pipe that is not UTF-8 must not end the program
    try:
        app(prog_name="sosie")
    finally:
        gc.freeze()  # all goes with the process: looking for cycles in a large report first takes longer than a rescan
