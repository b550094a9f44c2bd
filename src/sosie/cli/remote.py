"""What a server finds: `sosie --server URL check|scan|jobs|snapshot ...`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from sosie.cli.client import Client, part
from sosie.errors import UsageError

JsonOption = Annotated[bool, typer.Option("--json", help="Write the answer as JSON to stdout.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no table.")]


def check(
    context: typer.Context,
    image: Annotated[Path, typer.Argument(help="The image to look for.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Tell whether an image is in the server's catalogue already. Exit code 1: it is there.

    Example: sosie --server http://localhost:8000 check shot.jpg
    """
    data = read_image(image)
    with Client(server_of(context)) as client:
        found = client.ask("POST", "/api/check", files={"file": (image.name, data)})
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        from sosie.cli.table import printable

        typer.echo(found["verdict"])
        for match in found["matches"]:
            edge, uri = match["edge"], printable(match["image"]["uri"])
            typer.echo(f"  {edge['relation']:9} {edge['score']:.3f}  {uri}  ({edge['words']})")
    same = found["known"] or any(match["edge"]["relation"] in ("identical", "copy") for match in found["matches"])
    raise typer.Exit(1 if same else 0)


def scan(
    context: typer.Context,
    paths: Annotated[list[str] | None, typer.Argument(help="Files and folders to bring.", show_default=False)] = None,
    brands: Annotated[list[str] | None, typer.Option("--brand", help="The brand; may be repeated.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report as JSON to this file.", metavar="FILE")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the report as JSON to stdout.")] = False,
    quiet: QuietOption = False,
    every: Annotated[bool, typer.Option("--all", help="Show every group and every skipped file.")] = False,
) -> None:
    """Find the duplicates in brands of the server. Files that are given are brought to the one brand first.

    Example: sosie --server http://localhost:8000 scan ~/nike --brand nike
    """
    from sosie.cli.scan import deliver
    from sosie.pipeline.run import Found

    if not brands or (paths and len(brands) != 1):
        raise UsageError("A server finds duplicates in brands.", next_step="Name the brand with --brand.")
    with Client(server_of(context)) as client:
        if paths:
            for skipped in client.upload(brands[0], list(_files(paths))):
                print(f"{skipped['name']}: {skipped['reason']}", file=sys.stderr)
        job = client.follow(client.ask("POST", "/api/jobs", json={"brands": brands}), quiet=quiet)
        text = client.text(f"/api/results/{job['id']}/report")
    deliver(Found(text), report=report, as_json=as_json, quiet=quiet, every=every)


def _files(paths: list[str]) -> Iterator[tuple[Path, str]]:
    """Give files with their names below the folder that was named; hidden ones are left out."""
    for given in paths:
        path = Path(given)
        if not given:
            raise UsageError("A path is empty.", next_step="Name a file or a folder; a full stop is this folder.")
        if path.is_file():
            yield path, path.name
        elif not path.is_dir():
            raise UsageError(f"There is no {path}.", next_step="Check its spelling.")
        for place, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith("."):
                    found = Path(place) / name
                    yield found, found.relative_to(path).as_posix()


def jobs(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the server's jobs, newest first.

    Example: sosie --server http://localhost:8000 jobs
    """
    with Client(server_of(context)) as client:
        found = client.ask("GET", "/api/jobs")
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for row in found["jobs"]:
        typer.echo(f"{row['id']}  {row['state']:9}  {', '.join(row['brands'])[:80]}")


def snapshot(
    context: typer.Context, job: Annotated[str, typer.Argument(help="The job's id.", show_default=False)]
) -> None:
    """Write a job's parameters, versions, timings, counts and last errors as JSON.

    Example: sosie --server http://localhost:8000 snapshot 0192f0c1 > snapshot.json
    """
    with Client(server_of(context)) as client:
        json.dump(client.ask("GET", f"/api/jobs/{part(job)}/snapshot"), sys.stdout, indent=2)
    sys.stdout.write("\n")


def read_image(image: Path) -> bytes:
    """Return the bytes of a file. Raises `UsageError` when it cannot be read."""
    try:
        return image.read_bytes()
    except OSError as error:
        raise UsageError(f"{image} cannot be read ({error.strerror}).", next_step="Check its name.") from error


def server_of(context: typer.Context) -> str:
    """Return the address that was given as --server."""
    params: dict[str, Any] = context.find_root().params
    return str(params["server"])
