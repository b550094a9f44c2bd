"""`sosie token`: what programs, and people besides the admin, ask a server with."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosie.cli.options import KnownCatalogOption
from sosie.errors import NotFound, UsageError

if TYPE_CHECKING:
    from sosie.store.access import AccessStore

app = typer.Typer(
    help="API tokens of a server: make, list, remove.\n\nExample: sosie token list",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class RoleName(StrEnum):
    """The values of `--role`."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    ADMIN = "admin"


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Whose it is: a person or a program.", show_default=False)],
    role: Annotated[RoleName, typer.Option(help="viewer looks, reviewer also decides, admin does all.")] = (
        RoleName.VIEWER
    ),
    catalog: KnownCatalogOption = None,
) -> None:
    """Make a token and write its secret to stdout, this once. With name and secret people can also sign in.

    Example: sosie token add anna --role reviewer
    """
    from sosie.server.security.tokens import make_token

    with _store(catalog) as store:
        if name == "admin" or not name.strip() or not name.isprintable():
            raise UsageError("A token cannot be called so.", next_step="Choose the name of a person or a program.")
        if store.token_called(name) is not None:
            raise UsageError("There is a token of this name already.", next_step="Choose another name.")
        row, secret = make_token(name, role.value)
        store.add_token(row)
    typer.echo(secret)


@app.command("list")
def list_tokens(
    catalog: KnownCatalogOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the list as JSON to stdout.")] = False,
) -> None:
    """List all tokens, without their secrets.

    Example: sosie token list
    """
    with _store(catalog) as store:
        rows: list[dict[str, Any]] = [
            {"id": row.id, "name": row.name, "role": row.role, "created": row.created, "last_used": row.last_used}
            for row in store.tokens()
        ]
    if as_json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    for row in rows:
        typer.echo(f"{row['id']}  {row['role']:8}  {row['name']}")


@app.command()
def remove(
    token: Annotated[str, typer.Argument(help="Its id or its name.", show_default=False)],
    catalog: KnownCatalogOption = None,
) -> None:
    """Remove a token: nobody comes in with it any more, within seconds.

    Example: sosie token remove anna
    """
    with _store(catalog) as store:
        row = store.token(token) or store.token_called(token)
        if row is None or not store.remove_token(row.id):
            raise NotFound("There is no such token.", next_step="See `sosie token list`.")


@contextmanager
def _store(catalog: Any) -> Iterator[AccessStore]:
    from sosie.config import load_settings
    from sosie.store.access import AccessStore
    from sosie.store.catalogue import Catalogue

    with Catalogue.of(load_settings({"catalog": catalog})) as catalogue:
        yield AccessStore(catalogue)
