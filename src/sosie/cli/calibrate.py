"""`sosie calibrate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sosie.cli.options import KnownCatalogOption

if TYPE_CHECKING:
    from sosie.pipeline.calibration import Calibration

_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.84, 0.88, 0.9, 0.92, 0.95, 0.98)


def calibrate(
    catalog: KnownCatalogOption = None,
    wrong: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of unrelated pairs that may be called alike.")
    ] = 0.001,
    save: Annotated[Path | None, typer.Option(help="Write a picture of both distributions.", metavar="FILE")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the numbers as JSON to stdout.")] = False,
) -> None:
    """Show how similar your own images are, random pairs against verified copies, and propose a threshold.

    It looks at the last scan. Set what it proposes as similarity_threshold.

    Example: sosie calibrate --save similarities.png
    """
    from sosie.config import load_settings
    from sosie.pipeline.calibration import calibrate as measure
    from sosie.pipeline.calibration import save_picture

    found = measure(load_settings({"catalog": catalog}), wrong=wrong)
    if save:
        save_picture(found, save)
    if as_json:
        sys.stdout.write(json.dumps(_numbers(found)) + "\n")
    else:
        _print(found)


def _numbers(found: Calibration) -> dict[str, object]:
    rows = [{"threshold": t, "random": found.reached(t)[0], "copies": found.reached(t)[1]} for t in _THRESHOLDS]
    share, copies = found.reached(found.proposed)
    return {
        "space": found.space.key,
        "images": found.images,
        "random_pairs": len(found.random),
        "copies": len(found.copies),
        "proposed": found.proposed,
        "wrong_share": share,
        "copies_share": copies,
        "thresholds": rows,
    }


def _print(found: Calibration) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("threshold", "random pairs reach it", "verified copies reach it"):
        table.add_column(column, justify="right")
    pairs = found.images * (found.images - 1) // 2
    for threshold in _THRESHOLDS:
        random, copies = found.reached(threshold)
        bar = "█" * round(copies * 20)
        table.add_row(f"{threshold:.2f}", f"{random:.4%}  ({random * pairs:,.0f} in all)", f"{bar} {copies:.1%}")
    share, copies = found.reached(found.proposed)
    console = Console(highlight=False)
    console.print(f"[bold]{found.space.name}[/]: {found.images:,} images, {len(found.copies):,} verified copies")
    console.print(table)
    known = f", and {copies:.1%} of the copies" if len(found.copies) else ""
    proposal = f"[bold]similarity_threshold = {found.proposed:.2f}[/]"
    console.print(f"Proposed: {proposal}: {share:.4%} of random pairs reach it{known}.")
