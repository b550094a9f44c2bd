"""`sosie brand`: collections of images, and where they come from."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosie.cli.options import CatalogOption, KnownCatalogOption
from sosie.errors import UsageError

if TYPE_CHECKING:
    from sosie.config import Settings
    from sosie.pipeline.collecting import SyncResult
    from sosie.store.brands import Brand, Brands, SourceSpec
    from sosie.store.catalogue import Catalogue

app = typer.Typer(
    help="Brands: collections of images, where they come from, and fetching them.\n\nExample: sosie brand list",
    no_args_is_help=True,
    rich_markup_mode=None,
)

JsonOption = Annotated[bool, typer.Option("--json", help="Write the result as JSON to stdout.")]
KeyArgument = Annotated[str, typer.Argument(help="The brand's key, as in levis-1.", metavar="KEY", show_default=False)]
Many = list[str] | None
NameOption = Annotated[str, typer.Option("--name", help="Its name for people.", show_default="the key")]
ColourOption = Annotated[str, typer.Option("--colour", help="Its colour in the interface, as #rrggbb.")]
EveryOption = Annotated[float | None, typer.Option("--every", min=0.01, help="Sync it by itself every so many hours.")]
FolderOption = Annotated[Many, typer.Option("--folder", help="A folder with images.", metavar="DIR")]
UrlsOption = Annotated[
    Many, typer.Option("--urls", help="A list of addresses: a file or an address.", metavar="FILE|URL")
]
ApiOption = Annotated[Many, typer.Option("--api", help="A JSON API; {brand} stands for the key.", metavar="URL")]
ShopifyOption = Annotated[Many, typer.Option("--shopify", help="A shop on Shopify.", metavar="URL")]
FeedOption = Annotated[Many, typer.Option("--feed", help="A product feed.", metavar="URL")]
WebOption = Annotated[Many, typer.Option("--web", help="A web page or a sitemap.", metavar="URL")]
BucketOption = Annotated[Many, typer.Option("--bucket", help="A bucket: s3://, gs:// or az://.", metavar="URL")]
SourceOption = Annotated[str, typer.Option("--source", help="A source of any kind, with --set.", metavar="KIND")]
SetOption = Annotated[Many, typer.Option("--set", help="A setting of --source.", metavar="NAME=VALUE")]
OwnOption = Annotated[
    Many, typer.Option("--setting", help="A setting of its own, as similarity_threshold=0.9.", metavar="NAME=VALUE")
]
ReplaceOption = Annotated[bool, typer.Option("--replace", help="Declare a brand anew that is there already.")]


@app.command()
def add(
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
    catalog: CatalogOption = None,
) -> None:
    """Declare a brand and its sources. Its images are fetched by `sosie brand sync`.

    Example: sosie brand add nike --folder ~/nike --shopify https://shop.example
    """
    from sosie.store.brands import Brand

    places = {"folder": folder, "urls": urls, "brand_api": api, "shopify": shopify, "feed": feed, "web": web}
    sources = list(_sources({**places, "bucket": bucket}))
    sources += _any_source(source, settings or [])
    chosen = own_settings(own or [])
    with _opened(catalog) as (brands, _, _settings):
        known = brands.get(key)
        if known is not None and not replace:
            raise UsageError(f"There is a brand {key} already.", next_step="Declare it anew with --replace.")
        brand = Brand(key=key, name=name, colour=colour, every_hours=every, settings=chosen, sources=tuple(sources))
        brands.save(brand)
    count = f"{len(sources)} source{'' if len(sources) == 1 else 's'}"
    typer.echo(f"{key} has {count}. Fetch its images with: sosie brand sync {key}")


@app.command("list")
def list_(catalog: KnownCatalogOption = None, as_json: JsonOption = False) -> None:
    """Show all brands: how many images they have, when they were synced, what went wrong.

    Example: sosie brand list
    """
    with _opened(catalog) as (brands, _, _settings):
        rows = [_row(brand, *brands.counts().get(brand.key, (0, 0))) for brand in brands.all()]
    if as_json:
        sys.stdout.write(json.dumps({"brands": rows}) + "\n")
        return
    if not rows:
        typer.echo("There is no brand yet. Example: sosie brand add nike --folder ~/nike")
        return
    _table(rows)


@app.command()
def remove(key: KeyArgument, catalog: KnownCatalogOption = None) -> None:
    """Forget a brand and which images it has. Files, decisions and what was computed of its images stay.

    Example: sosie brand remove nike
    """
    with _opened(catalog) as (brands, _, _settings):
        if not brands.remove(key):
            raise UsageError(f"There is no brand {key}.", next_step="See sosie brand list.")
    typer.echo(f"{key} is forgotten. `sosie cache prune` gives back the space of its originals.")


@app.command()
def sync(
    keys: Annotated[
        list[str] | None, typer.Argument(help="The brands' keys.", metavar="[KEY...]", show_default="all brands")
    ] = None,
    catalog: KnownCatalogOption = None,
    as_json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no summary.")] = False,
) -> None:
    """Fetch the images of brands. What is stored and has not changed is not fetched again.

    The exit code is 4 when a source could not be read; the others are fetched all the same.

    Example: sosie brand sync nike
    """
    from sosie.cli.progress import show_progress
    from sosie.pipeline.collecting import sync_brand
    from sosie.store.originals import Originals

    results = []
    with _opened(catalog) as (brands, catalogue, settings):
        wanted = [brands.wanted(key) for key in keys or [brand.key for brand in brands.all()]]
        with show_progress(quiet=quiet) as listen:
            for brand in wanted:
                found = sync_brand(catalogue, Originals.of(settings), brand, settings, listen)
                results.append(found)
    if as_json:
        sys.stdout.write(json.dumps({"brands": [_numbers(result) for result in results]}) + "\n")
    elif not quiet:
        for result in results:
            _summary(result)
    failed = [result for result in results if result.failures]
    for result in failed:
        print(f"sosie: {result.brand}: {' '.join(result.failures)}", file=sys.stderr)
    if failed:
        raise typer.Exit(4)


@contextmanager
def _opened(catalog: Path | None) -> Iterator[tuple[Brands, Catalogue, Settings]]:
    """Open the brands, those of sosie.toml among them."""
    from sosie.config import load_settings
    from sosie.pipeline.declaring import declare_brands
    from sosie.store.brands import Brands
    from sosie.store.catalogue import Catalogue

    settings = load_settings({"catalog": catalog})
    with Catalogue.of(settings) as catalogue:
        brands = Brands(catalogue)
        declare_brands(brands)
        yield brands, catalogue, settings


def _sources(places: dict[str, Many]) -> Iterator[SourceSpec]:
    from sosie.pipeline.declaring import trusted_source

    for kind, given in places.items():
        for place in given or []:
            if not place:
                raise UsageError("A source has no name.", next_step="Name a folder, a file or an address.")
            is_address = "://" in place
            if kind == "folder":
                yield trusted_source(kind, {"path": str(Path(place).expanduser().absolute())})
            elif kind == "urls" and not is_address:
                yield trusted_source(kind, {"file": str(Path(place).expanduser().absolute())})
            else:
                yield trusted_source(kind, {"url": place})


def _any_source(kind: str, given: list[str]) -> list[SourceSpec]:
    from sosie.pipeline.declaring import trusted_source

    return [trusted_source(name, values) for name, values in any_source(kind, given)]


def any_source(kind: str, given: list[str]) -> list[tuple[str, dict[str, str]]]:
    """Return the source of --source and --set, if there is one, as its kind and its settings."""
    if not kind:
        if given:
            raise UsageError("--set needs --source.", next_step="Say which kind of source it is a setting of.")
        return []
    return [(kind, _named_values("--set", given))]


def own_settings(given: list[str]) -> dict[str, Any]:
    """Return what --setting says of a brand. Raises `UsageError` for a setting that brands have not."""
    from sosie.pipeline.brand_settings import checked_settings

    return checked_settings(_named_values("--setting", given))


def _named_values(option: str, given: list[str]) -> dict[str, str]:
    if not all("=" in item for item in given):
        raise UsageError(f"A {option} has no value.", next_step=f"Write {option} NAME=VALUE.")
    return dict(item.split("=", 1) for item in given)


def _row(brand: Brand, images: int, skipped: int) -> dict[str, Any]:
    return {
        "key": brand.key,
        "name": brand.name,
        "state": brand.state,
        "images": images,
        "skipped": skipped,
        "last_sync": brand.last_sync,
        "every_hours": brand.every_hours,
        "settings": dict(brand.settings),
        "sources": [{"kind": spec.kind, "settings": dict(spec.settings)} for spec in brand.sources],
        "error": brand.error,
    }


def _table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("brand", "images", "skipped", "synced", "sources"):
        table.add_column(column, justify="right" if column in ("images", "skipped") else "left", overflow="fold")
    for row in rows:
        kinds = ", ".join(spec["kind"] for spec in row["sources"])
        synced = time.strftime("%Y-%m-%d %H:%M", time.localtime(row["last_sync"])) if row["last_sync"] else "never"
        synced += {"failed": " (failed)", "syncing": " (under way or cut off)"}.get(row["state"], "")
        table.add_row(row["key"], f"{row['images']:,}", f"{row['skipped']:,}", synced, kinds)
    console = Console(highlight=False)
    console.print(table)
    for row in rows:
        if row["error"]:
            console.print(f"[bold]{row['key']}[/]: {escape(row['error'])}")


def _numbers(result: SyncResult) -> dict[str, Any]:
    return {
        "brand": result.brand,
        "images": result.images,
        "fetched": result.fetched,
        "bytes": result.bytes,
        "unchanged": result.unchanged,
        "gone": result.gone,
        "kept": [{"uri": item.uri, "reason": item.reason} for item in result.kept],
        "skipped": [{"uri": item.uri, "reason": item.reason} for item in result.skipped],
        "failures": list(result.failures),
    }


def _summary(result: SyncResult) -> None:
    from sosie.cli.table import printable

    parts = [f"{result.images:,} images", f"{result.fetched:,} fetched ({result.bytes / 1e6:,.1f} MB)"]
    parts += [f"{result.gone:,} gone"] if result.gone else []
    parts += [f"{len(result.kept):,} kept as they were"] if result.kept else []
    parts += [f"{len(result.skipped):,} skipped"] if result.skipped else []
    typer.echo(f"{result.brand}: {', '.join(parts)}")
    for item in (*result.kept, *result.skipped)[:10]:
        typer.echo(f"  {printable(item.uri)} {item.reason}")
    more = len(result.kept) + len(result.skipped) - 10
    if more > 0:
        typer.echo(f"  and {more:,} more: --json has all of them")
