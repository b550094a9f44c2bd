"""`sosie scan`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sosie.cli.account import Account
from sosie.cli.options import (
    CatalogOption,
    EmbedderOption,
    EngineOption,
    MethodOption,
    RayAddressOption,
    ShardsOption,
    StatsOption,
    ThresholdOption,
)
from sosie.errors import UsageError
from sosie.pipeline.run import Found

if TYPE_CHECKING:
    from sosie.config import Settings


def scan(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files and folders with images.", metavar="PATH...", show_default=False)
    ] = None,
    brand: Annotated[
        list[str] | None,
        typer.Option(help="Scan a brand as it was synced last, instead of paths; may be repeated.", metavar="KEY"),
    ] = None,
    catalog: CatalogOption = None,
    method: MethodOption = None,
    embedder: EmbedderOption = None,
    threshold: ThresholdOption = None,
    report: Annotated[Path | None, typer.Option(help="Write the report as JSON to this file.", metavar="FILE")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the report as JSON to stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no table.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit with 1 when duplicates are found.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 when an image could not be read.")] = False,
    hidden: Annotated[bool, typer.Option("--hidden", help="Enter hidden folders, too.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Show every group and every skipped file.")] = False,
    strict_groups: Annotated[
        bool, typer.Option("--strict-groups", help="In groups of what looks alike, every two members must.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before images go to a paid embedder.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; by default one a core.")] = None,
    engine: EngineOption = None,
    shards: ShardsOption = None,
    ray_address: RayAddressOption = None,
    max_megapixels: Annotated[float | None, typer.Option(help="Skip larger images.", show_default="200")] = None,
    stats: StatsOption = False,
) -> None:
    """Find the duplicates in folders and show which image of each group to keep.

    Nothing is changed or moved. What was read is remembered: the next scan opens only new and changed files.

    Example: sosie scan ~/Pictures --report report.json
    """
    from sosie.config import load_settings

    if bool(paths) == bool(brand):
        raise typer.BadParameter("Say what to scan: either paths, or brands with --brand.")
    if report:
        _check_writable(report)
    who = {"workers": workers, "engine": engine, "shards": shards, "ray_address": ray_address}
    how = {
        "method": method,
        "embedders": embedder,
        "similarity_threshold": threshold,
        "similar_groups": "complete" if strict_groups else None,
    }
    settings = load_settings({"catalog": catalog, **who, "max_megapixels": max_megapixels, **how})
    chosen = {name: getattr(settings, name) for name, value in how.items() if value is not None}
    account = Account() if stats else None
    found = _find(paths or [], brand or [], settings, chosen, account, hidden=hidden, quiet=quiet, yes=yes)
    if account:
        account.tell(found.report.timings)
    deliver(found, report=report, as_json=as_json, quiet=quiet, every=every)
    raise typer.Exit(_exit_code(found, check=check, strict=strict))


def _find(
    paths: Sequence[str],
    brands: Sequence[str],
    settings: Settings,
    chosen: Mapping[str, Any],
    account: Account | None,
    *,
    hidden: bool,
    quiet: bool,
    yes: bool,
) -> Found:
    from sosie.cli.progress import asker, show_progress

    with show_progress(quiet=quiet) as show:
        confirm = asker(show, yes=yes)
        listen = account.before(show) if account else show
        if brands:
            from sosie.pipeline.brand_scan import scan_brands

            return scan_brands(brands, settings, listen, confirm, chosen=chosen)
        from sosie.pipeline.run import find_report

        return find_report(paths, settings=settings, hidden=hidden, listen=listen, confirm=confirm)


def deliver(found: Found, *, report: Path | None, as_json: bool, quiet: bool, every: bool) -> None:
    """Write the report where it is wanted: a file, stdout for programs, a table for people."""
    if report:
        _write(report, found.text)
    if as_json:
        sys.stdout.write(found.text + "\n")
    elif not quiet:
        from sosie.cli.table import print_report

        print_report(found.report, every=every)


def _check_writable(path: Path) -> None:
    """Refuse a report that could not be written, before the work rather than after it."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", next_step="Give --report the name of a file.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {path.absolute().parent} for the report.", next_step="Create it first.")


def _write(path: Path, text: str) -> None:
    """Write a file as a whole or not at all; a device or pipe is written to."""
    target = path.resolve()  # a symbolic link stays one
    part = target.with_name(target.name + ".part")
    try:
        if target.exists() and not target.is_file():
            target.write_text(text + "\n", encoding="ascii")
            return
        try:
            part.write_text(text + "\n", encoding="ascii")
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"The report cannot be written to {path} ({error.strerror}).") from error


def _exit_code(found: Found, *, check: bool, strict: bool) -> int:
    from sosie.sources.folder import HIDDEN

    if strict and any(skipped.reason != HIDDEN for skipped in found.report.skipped):
        return 3
    return 1 if check and any(group.relation != "similar" for group in found.report.groups) else 0
