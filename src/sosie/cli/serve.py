"""`sosie serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sosie.cli.options import CatalogOption


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8000,
    catalog: CatalogOption = None,
    password_file: Annotated[
        Path | None,
        typer.Option(help="File with the password of admin in its first line; needed for other machines to ask."),
    ] = None,
    browse: Annotated[bool, typer.Option("--open/--no-open", help="Open the interface in the browser.")] = False,
) -> None:
    """Serve the interface and the HTTP API until it is told to stop (Ctrl-C).

    Jobs that run when it stops, however it stops, go on when it is started again.

    Example: sosie serve --port 8000
    """
    from sosie.config import load_settings
    from sosie.pipeline.declaring import declare_in_catalogue
    from sosie.server.serve import serve as run

    settings = load_settings({"catalog": catalog, "password_file": password_file})
    declare_in_catalogue(settings)
    run(settings, host=host, port=port, browse=browse)
