"""`sosie check`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sosie.cli.options import KnownCatalogOption

if TYPE_CHECKING:
    from sosie.pipeline.lookup import Found


def check(
    image: Annotated[Path, typer.Argument(help="The image to look for.", show_default=False)],
    catalog: KnownCatalogOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the answer as JSON to stdout.")] = False,
) -> None:
    """Tell whether an image is in the catalogue already: as the same file, a copy, a part, a variant. Nothing is kept.

    Exit code 1: it is there.

    Example: sosie check shot.jpg
    """
    from sosie.config import load_settings
    from sosie.pipeline.lookup import look_up

    found = look_up(image, load_settings({"catalog": catalog}))
    if as_json:
        sys.stdout.write(json.dumps(asdict(found)) + "\n")
    else:
        show(found)
    raise typer.Exit(1 if found.known or any(match.relation in ("identical", "copy") for match in found.matches) else 0)


def show(found: Found) -> None:
    """Print an answer for people."""
    from sosie.cli.table import printable

    print(found.verdict)
    for match in found.matches:
        for uri in match.uris:
            print(f"  {match.relation:9} {match.score:.3f}  {printable(uri)}  ({match.words})")
