"""`sosie scan`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from sosie.cli.options import CatalogOption, EmbedderOption, MethodOption
from sosie.errors import UsageError
from sosie.report import Report

EXAMPLE = "Example: sosie scan ~/Pictures --report report.json"


def scan(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders with images.", show_default=False)],
    catalog: CatalogOption = None,
    method: MethodOption = None,
    embedder: EmbedderOption = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Cosine from which images look alike.", show_default="as the model was measured"),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report as JSON to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the report as JSON to stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no table.")] = False,
    check: Annotated[bool, typer.Option(help="Exit with 1 when duplicates are found.")] = False,
    strict: Annotated[bool, typer.Option(help="Exit with 3 when an image could not be read.")] = False,
    hidden: Annotated[bool, typer.Option(help="Enter hidden folders, too.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Show every group and every skipped file.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; by default one a core.")] = None,
    max_megapixels: Annotated[float | None, typer.Option(help="Skip larger images.", show_default="200")] = None,
) -> None:
    """Find the duplicates in folders and show which image of each group to keep.

    Nothing is changed or moved. What was read is remembered: the next scan opens only new and changed files.

    Example: sosie scan ~/Pictures --report report.json
    """
    from sosie.cli.progress import show_progress
    from sosie.config import load_settings
    from sosie.pipeline import find_duplicates

    settings = load_settings(
        {
            "catalog": catalog,
            "method": method,
            "workers": workers,
            "max_megapixels": max_megapixels,
            "embedders": embedder,
            "similarity_threshold": threshold,
        }
    )
    with show_progress(quiet=quiet) as listen:
        found = find_duplicates(paths, settings=settings, hidden=hidden, listen=listen)
    deliver(found, report=report, as_json=as_json, quiet=quiet, every=every)
    raise typer.Exit(_exit_code(found, check=check, strict=strict))


def deliver(found: Report, *, report: Path | None, as_json: bool, quiet: bool, every: bool) -> None:
    """Write the report where it is wanted: a file, stdout for programs, a table for people."""
    if report:
        _write(report, found.to_json())
    if as_json:
        sys.stdout.write(found.to_json() + "\n")
    elif not quiet:
        from sosie.cli.table import print_report

        print_report(found, every=every)


def _write(path: Path, text: str) -> None:
    part: Any = path.with_name(path.name + ".part")
    try:
        part.write_text(text + "\n", encoding="ascii")
        part.replace(path)
    except OSError as error:
        raise UsageError(f"The report cannot be written to {path} ({error.strerror}).") from error


def _exit_code(found: Report, *, check: bool, strict: bool) -> int:
    if strict and found.skipped:
        return 3
    return 1 if check and found.groups else 0
