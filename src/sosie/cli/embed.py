"""`sosie embed serve`: the embedding service."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

app = typer.Typer(
    help="The embedding service for several machines.\n\nExample: sosie embed serve",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@app.callback()
def group() -> None:
    """The embedding service for several machines.

    Example: sosie embed serve
    """


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 7997,
    model: Annotated[str | None, typer.Option(help="Name of a model (sosie models list).")] = None,
    batch: Annotated[int, typer.Option(min=0, help="Images in one call of the model; 0 takes what suits it.")] = 0,
    workers: Annotated[int, typer.Option(min=0, help="Calls side by side; 0 takes one a core.")] = 0,
    token: Annotated[
        str, typer.Option(envvar="SOSIE_SERVICE_TOKEN", help="Bearer token to ask for.", show_envvar=True)
    ] = "",
    max_megabytes: Annotated[float, typer.Option(min=0.01, help="Of one request.")] = 64.0,
    max_megapixels: Annotated[float, typer.Option(min=0.01, help="Of one image.")] = 50.0,
    max_images: Annotated[int, typer.Option(min=1, help="In one request.")] = 64,
    max_waiting: Annotated[
        int, typer.Option(min=1, help="Images that may wait before requests are turned away.")
    ] = 512,
    fetch_urls: Annotated[
        bool, typer.Option("--fetch-urls", help="Take addresses of images, too: public ones, and allowed_networks.")
    ] = False,
) -> None:
    """Embed images for other machines over HTTP, in the shape of OpenAI's and Infinity's API.

    Ask it with service_url = "http://HOST:7997" in sosie.toml, or with any client of that API. It fetches
    no addresses unless --fetch-urls says so.

    Example: sosie embed serve --port 7997
    """
    from sosie.config import load_settings
    from sosie.embedding_service.options import ServiceOptions
    from sosie.embedding_service.serve import serve as run
    from sosie.fingerprints.embedders.chain import backend

    chosen = {"clip_model": model, "embed_batch": batch or None, "embed_workers": workers or None}
    settings = load_settings(chosen)
    options = ServiceOptions(
        token=token,
        max_bytes=int(max_megabytes * 1e6),
        max_pixels=int(max_megapixels * 1e6),
        max_images=max_images,
        max_waiting=max_waiting,
        fetch=fetch_urls,
        networks=settings.allowed_networks,
        proxy=settings.download_proxy,
    )
    if host not in _LOOPBACK and not token:
        print("sosie: anyone who reaches this address can use the service; --token asks for one.", file=sys.stderr)
    name = "builtin" if settings.clip_model == "builtin" else "clip"
    print(f"sosie: serving {settings.clip_model} at http://{host}:{port}", file=sys.stderr)
    run(backend(name, settings, quiet=False), options, host=host, port=port)
