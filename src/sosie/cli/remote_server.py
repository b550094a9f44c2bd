"""Looking after a server: `sosie --server URL token|cache|config ...`."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from sosie.cli.client import Client
from sosie.cli.remote import JsonOption, server_of
from sosie.cli.review_options import YesOption, say
from sosie.cli.token import RoleName
from sosie.errors import UsageError

token = typer.Typer(
    help="The server's API tokens.\n\nExample: sosie --server http://localhost:8000 token list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
cache = typer.Typer(
    help="What the server remembers.\n\nExample: sosie --server http://localhost:8000 cache stats",
    no_args_is_help=True,
    rich_markup_mode=None,
)
config = typer.Typer(
    help="The server's settings.\n\nExample: sosie --server http://localhost:8000 config show",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@token.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Whose it is: a person or a program.", show_default=False)],
    role: Annotated[RoleName, typer.Option(help="viewer looks, reviewer also decides, admin does all.")] = (
        RoleName.VIEWER
    ),
) -> None:
    """Make a token and write its secret to stdout, this once."""
    with Client(server_of(context)) as client:
        typer.echo(client.ask("POST", "/api/tokens", json={"name": name, "role": role.value})["secret"])


@token.command("list")
def list_tokens(context: typer.Context, as_json: JsonOption = False) -> None:
    """List all tokens, without their secrets."""
    with Client(server_of(context)) as client:
        rows = client.ask("GET", "/api/tokens")["tokens"]
    if as_json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    for row in rows:
        typer.echo(f"{row['id']}  {row['role']:8}  {row['name']}")


@token.command()
def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TOKEN", help="Its id or its name.", show_default=False)],
) -> None:
    """Remove a token: nobody comes in with it any more, within seconds."""
    with Client(server_of(context)) as client:
        rows = client.ask("GET", "/api/tokens")["tokens"]
        found = [row["id"] for row in rows if name in (row["id"], row["name"])]
        if not found:
            raise UsageError("There is no such token.", next_step="See `token list`.")
        client.ask("DELETE", f"/api/tokens/{found[0]}")


@cache.command()
def stats(context: typer.Context, as_json: JsonOption = False) -> None:
    """Show what is stored, by part."""
    with Client(server_of(context)) as client:
        _parts(client.ask("GET", "/api/cache"), as_json=as_json)


@cache.command()
def prune(
    context: typer.Context,
    most: Annotated[
        float | None,
        typer.Option("--originals", min=0, help="Keep at most so many MB of downloads.", metavar="MB", show_default=""),
    ] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Forget what no image of the server needs any more; with --originals also downloads beyond that."""
    if not yes:
        say("Nothing was touched: --yes does it. `cache stats` shows what is stored.")
        return
    params = {} if most is None else {"max_bytes": int(most * 1e6)}
    with Client(server_of(context)) as client:
        _parts(client.ask("POST", "/api/cache/prune", params=params), as_json=as_json)


def _parts(found: dict[str, list[dict[str, object]]], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for row in found["parts"]:
        typer.echo(f"{row['rows']:>12,}  {int(str(row['bytes'])) / 1e6:>10,.1f} MB  {row['name']}")


@config.command()
def show(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those that have their default value.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the server's settings and where each comes from."""
    with Client(server_of(context)) as client:
        rows = client.ask("GET", "/api/settings")["settings"]
    if as_json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    for row in rows:
        if every or row["source"] != "default":
            value = ", ".join(map(str, row["value"])) if isinstance(row["value"], list) else row["value"]
            typer.echo(f"{row['name']} = {'' if value is None else value}  ({row['source']})")


@config.callback()
def settings() -> None:
    """Show the server's settings."""
