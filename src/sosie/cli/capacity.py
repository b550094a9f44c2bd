"""`sosie plan-capacity`."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sosie.cli.options import EmbedderOption, MethodOption

if TYPE_CHECKING:
    from sosie.pipeline.capacity import Need

_SUFFIXES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9}


def plan_capacity(
    paths: Annotated[list[Path], typer.Argument(help="A sample: folders with some hundred images.", metavar="PATH...")],
    images: Annotated[str, typer.Option(help="How many images the run is to have: 250000, 20k, 100M.")],
    cores: Annotated[int | None, typer.Option(min=1, help="Cores of the run.", show_default="this machine's")] = None,
    gpus: Annotated[int, typer.Option(min=0, help="GPUs that embed the images in place of cores.")] = 0,
    method: MethodOption = None,
    embedder: EmbedderOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write it as JSON to stdout.")] = False,
) -> None:
    """Say what a scan of many images needs, from what a sample takes on this machine.

    Example: sosie plan-capacity ~/Pictures --images 2M --cores 64
    """
    from sosie.config import load_settings
    from sosie.pipeline.capacity import measure, needs
    from sosie.pipeline.threads import usable_cores

    count, cores = number_of(images), cores or usable_cores()
    settings = load_settings({"method": method, "embedders": embedder or "builtin"})
    need = needs(measure(paths, settings), count, gpus)
    if as_json:
        sys.stdout.write(json.dumps({**asdict(need), "cores": cores, "hours": need.hours(cores)}) + "\n")
        return
    sys.stdout.write("\n".join(_told(need, cores)) + "\n")


def _told(need: Need, cores: int) -> list[str]:
    lines = [f"{need.images:,} images on {cores} cores: {_span(need.hours(cores))}", ""]
    lines += [f"  {step:<22} {spent:>14,.2f} core-hours" for step, spent in need.core_hours.items()]
    return [
        *lines,
        f"  {'all':<22} {need.total:>14,.2f} core-hours",
        f"  {'GPUs':<22} {need.gpus:>14}" + (f" for {need.gpu_hours:,.2f} GPU-hours" if need.gpus else ""),
        f"  {'storage':<22} {need.storage / 1e9:>14,.2f} GB",
        f"  {'memory of a worker':<22} {need.worker_memory / 1e9:>14,.2f} GB",
        f"  {'memory of the leader':<22} {need.leader_memory / 1e9:>14,.2f} GB",
        "",
        *(f"- {sentence}" for sentence in need.assumptions),
    ]


def number_of(text: str) -> int:
    """Return the number that people write as 250000, 250,000, 20k or 1.5M."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([kmgb]?)", text.replace(",", "").replace("_", "").strip().lower())
    count = int(float(found[1]) * _SUFFIXES[found[2]]) if found else 0
    if count < 1:
        raise typer.BadParameter(f"{text!r} is no number of images; write 250000, 20k or 100M.", param_hint="--images")
    return count


def _span(hours: float) -> str:
    return f"{hours * 60:,.1f} minutes" if hours < 1 else f"{hours:,.1f} hours"
