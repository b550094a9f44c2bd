"""The brands of a server: `sosie --server URL brand ...`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from sosie.cli.brand import (
    ApiOption,
    BucketOption,
    ColourOption,
    EveryOption,
    FeedOption,
    FolderOption,
    KeyArgument,
    Many,
    NameOption,
    OwnOption,
    ReplaceOption,
    SetOption,
    ShopifyOption,
    SourceOption,
    UrlsOption,
    WebOption,
    any_source,
    own_settings,
)
from sosie.cli.client import Client, part
from sosie.cli.remote import JsonOption, QuietOption, server_of
from sosie.errors import NotFound, UsageError, why_not

app = typer.Typer(
    help="The server's brands.\n\nExample: sosie --server http://localhost:8000 brand list",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def add(
    context: typer.Context,
    key: KeyArgument,
    name: NameOption = "",
    colour: ColourOption = "",
    every: EveryOption = None,
    folder: FolderOption = None,
    urls: UrlsOption = None,
    api: ApiOption = None,
    shopify: ShopifyOption = None,
    feed: FeedOption = None,
    web: WebOption = None,
    bucket: BucketOption = None,
    source: SourceOption = "",
    settings: SetOption = None,
    own: OwnOption = None,
    replace: ReplaceOption = False,
) -> None:
    """Declare a brand and its sources. A folder is one of the server's; a list of addresses in a file is sent.

    Example: sosie --server http://localhost:8000 brand add nike --shopify https://shop.example
    """
    places = {"folder": folder, "urls": urls, "brand_api": api, "shopify": shopify, "feed": feed, "web": web}
    sources = [*_sources({**places, "bucket": bucket}), *any_source(source, settings or [])]
    specs = [{"kind": kind, "settings": values} for kind, values in sources]
    body = {"name": name, "colour": colour, "every_hours": every, "sources": specs, "settings": own_settings(own or [])}
    with Client(server_of(context)) as client:
        if replace and _is_there(client, key):
            client.ask("PATCH", f"/api/brands/{part(key)}", json=body)
        else:
            client.ask("POST", "/api/brands", json={"key": key, **body})
    count = f"{len(specs)} source{'' if len(specs) == 1 else 's'}"
    typer.echo(f"{key} has {count}. Fetch its images with: sosie --server {server_of(context)} brand sync {key}")


@app.command("list")
def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """Show the server's brands.

    Example: sosie --server http://localhost:8000 brand list
    """
    with Client(server_of(context)) as client:
        found = client.ask("GET", "/api/brands")
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for row in found["brands"]:
        typer.echo(f"{row['key']}  {row['images']:,} images  {row['state']}  {row['error']}".rstrip())


@app.command()
def remove(context: typer.Context, key: KeyArgument) -> None:
    """Forget a brand of the server and which images it has.

    Example: sosie --server http://localhost:8000 brand remove nike
    """
    with Client(server_of(context)) as client:
        client.ask("DELETE", f"/api/brands/{part(key)}")


@app.command()
def sync(
    context: typer.Context,
    keys: Annotated[
        list[str] | None, typer.Argument(help="The brands' keys.", metavar="[KEY...]", show_default="all brands")
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Let the server fetch brands, and find the duplicates in each.

    Example: sosie --server http://localhost:8000 brand sync nike
    """
    with Client(server_of(context)) as client:
        for key in keys or [row["key"] for row in client.ask("GET", "/api/brands")["brands"]]:
            client.follow(client.ask("POST", f"/api/brands/{part(key)}/sync"), quiet=quiet)


def _is_there(client: Client, key: str) -> bool:
    try:
        client.ask("GET", f"/api/brands/{part(key)}")
    except NotFound:
        return False
    return True


def _sources(places: dict[str, Many]) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, given in places.items():
        for place in given or []:
            if kind == "urls" and "://" not in place:
                yield kind, {"urls": _addresses(Path(place))}
            else:
                yield kind, {"path" if kind == "folder" else "url": place}


def _addresses(file: Path) -> list[str]:
    """Return the addresses in a file of this machine, as a server is told them: a line each."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read as a list of addresses ({why_not(error)}).") from error
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not all(line.startswith(("http://", "https://")) for line in found):
        raise UsageError(
            f"{file} has lines that are no addresses.",
            next_step="Send it as text, an address a line, or name the address at which the server finds it.",
        )
    return found
