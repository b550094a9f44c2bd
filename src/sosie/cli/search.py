"""`sosie search`."""

from __future__ import annotations

from typing import Annotated

import typer

from sosie.cli.options import KnownCatalogOption


def search(
    text: Annotated[str, typer.Argument(help="What the images show, in English.", show_default=False)],
    catalog: KnownCatalogOption = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many to list.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Write the answer as JSON to stdout.")] = False,
) -> None:
    """List the images of the catalogue that fit some words best, the best first. It needs a CLIP model.

    Example: sosie search "red shoe on white"
    """
    from sosie.cli.similar import show
    from sosie.config import load_settings
    from sosie.fingerprints.embedders.chain import model_files
    from sosie.fingerprints.embedders.registry import find_model
    from sosie.pipeline.similar_search import search_for
    from sosie.store.catalogue import Catalogue

    settings = load_settings({"catalog": catalog})
    model, files = find_model(settings.clip_model), model_files(settings, quiet=False)
    with Catalogue.of(settings) as catalogue:
        show(search_for(text, catalogue, model, files, count=count), as_json=as_json)
