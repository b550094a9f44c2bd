"""Questions about images that a server answers: `sosie --server URL explain|similar|search ...`."""

from __future__ import annotations

import base64
import io
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from sosie.cli.client import Client
from sosie.cli.options import MethodOption
from sosie.cli.remote import JsonOption, read_image, server_of
from sosie.errors import UsageError, why_not

CountOption = Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="How many to list.")]


def explain(
    context: typer.Context,
    a: Annotated[Path, typer.Argument(help="An image.", metavar="A", show_default=False)],
    b: Annotated[Path, typer.Argument(help="Another image.", metavar="B", show_default=False)],
    method: MethodOption = None,
    save: Annotated[
        Path | None, typer.Option(help="Write a picture: both aligned, differences marked.", metavar="FILE")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Let the server explain why two images are, or are not, called the same. Nothing is kept.

    Example: sosie --server http://localhost:8000 explain original.jpg edited.jpg --save proof.png
    """
    files = {"a": (a.name, read_image(a)), "b": (b.name, read_image(b))}
    params: dict[str, Any] = {"picture": save is not None}
    if method is not None:
        params["method"] = method.value
    with Client(server_of(context)) as client:
        found = client.ask("POST", "/api/explain", files=files, params=params)
    picture = found.pop("picture")
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        _tell(found)
    if save:
        _write(picture, save, (a, b))
        typer.echo(f"The comparison is in {save}.", err=True)


def _tell(found: dict[str, Any]) -> None:
    from sosie.cli.explain import lines
    from sosie.pipeline.explaining import Explanation
    from sosie.report import ImageRecord, edge_from

    a, b = (ImageRecord(**found[name]) for name in ("a", "b"))
    edge = None if found["edge"] is None else edge_from(found["edge"])
    distances = found["pdq_distance"], found["dhash_distance"]
    for line in lines(Explanation(a, b, edge, *distances, found["orientation"])):
        typer.echo(line)


def _write(picture: str, path: Path, given: tuple[Path, Path]) -> None:
    from PIL import Image

    if any(path.exists() and path.samefile(image) for image in given):
        raise UsageError(f"{path} is one of the two images.", next_step="Name another file for the picture.")
    try:
        with Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2]))) as page:
            page.save(path)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The picture cannot be written to {path} ({why_not(error)}).", next_step="Try proof.png."
        ) from error


def similar(
    context: typer.Context,
    image: Annotated[Path, typer.Argument(help="The image to look for.", show_default=False)],
    count: CountOption = 20,
    as_json: JsonOption = False,
) -> None:
    """List the images of the server's catalogue that are most like one image, the nearest first.

    Example: sosie --server http://localhost:8000 similar shoe.jpg --count 5
    """
    with Client(server_of(context)) as client:
        files = {"file": (image.name, read_image(image))}
        _show(client.ask("POST", "/api/similar", files=files, params={"count": count}), as_json=as_json)


def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="What the images show, in English.", show_default=False)],
    count: CountOption = 20,
    as_json: JsonOption = False,
) -> None:
    """List the images of the server's catalogue that fit some words best, the best first.

    Example: sosie --server http://localhost:8000 search "red shoe on white"
    """
    with Client(server_of(context)) as client:
        _show(client.ask("GET", "/api/search", params={"text": text, "count": count}), as_json=as_json)


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    from sosie.cli.similar import show
    from sosie.pipeline.similar_search import Answer, Hit

    hits = tuple(Hit(tuple(row["uris"]), row["sha256"], row["cosine"]) for row in found["hits"])
    show(
        Answer(hits, found["embedder"], found["space"], found["threshold"], tuple(found["left"])),
        as_json=as_json,
    )
