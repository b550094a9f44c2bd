"""`sosie audit`."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sosie.cli.decide import content_of
from sosie.cli.options import KnownCatalogOption
from sosie.cli.review_options import JsonOption, ReportOption, catalogue_of, say, write_json

if TYPE_CHECKING:
    from sosie.store.catalogue import Catalogue


def audit(
    image: Annotated[
        str | None, typer.Argument(help="A file, present or gone, or a SHA-256: its story.", show_default=False)
    ] = None,
    runs: Annotated[bool, typer.Option("--runs", help="List all runs.")] = False,
    missed: Annotated[int, typer.Option("--missed", min=0, help="Estimate missed pairs from this many images.")] = 0,
    catalog: KnownCatalogOption = None,
    report: ReportOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell why an image was dropped, by which rule, person and evidence; without one, what was never compared and why.

    --missed draws images at random and verifies each against every other one: an estimate with its 95 % interval.

    Example: sosie audit photos/beach-small.jpg
    """
    with catalogue_of(catalog) as catalogue:
        if image is not None:
            _tell_story(catalogue, image, as_json=as_json)
        elif runs:
            _list_runs(catalogue, as_json=as_json)
        elif missed:
            _estimate(catalogue, report, missed, as_json=as_json)
        else:
            _not_compared(catalogue, report, as_json=as_json)


def _tell_story(catalogue: Catalogue, image: str, *, as_json: bool) -> None:
    from sosie.cli.table import printable
    from sosie.review.audit import evidence_in_words, story
    from sosie.store.decisions import Decisions
    from sosie.store.journal import Runs

    path = os.path.abspath(image)
    known = catalogue.locations([os.fsencode(path)]).get(os.fsencode(path))
    here = Path(image).is_file() or len(image) == 64
    content = content_of(image) if here else known.sha256 if known else None
    events = story(Runs.beside(catalogue.path), Decisions(catalogue), uri=path, content=content)
    if as_json:
        write_json([{"when": event.when, **asdict(event)} for event in events])
        return
    for event in events:
        print(f"{event.when}  {event.what}, {printable(event.by)}")
        for name in ("uri", "keeper", "why", "relation", "reason", "now_at", "run"):
            if event.details.get(name):
                print(f"    {name}: {printable(str(event.details[name]))}")
        for edge in event.details.get("evidence", ()):
            print(f"    evidence: {printable(evidence_in_words(edge))}")
    if not events:
        say("Nothing was decided on this image or done to it.")


def _list_runs(catalogue: Catalogue, *, as_json: bool) -> None:
    from sosie.review.audit import run_summaries
    from sosie.store.journal import Runs

    summaries = run_summaries(Runs.beside(catalogue.path))
    if as_json:
        write_json([asdict(summary) for summary in summaries])
        return
    for run in summaries:
        counts = f"{run.done:,} done, {run.refused:,} left, {run.undone:,} undone"
        print(f"{run.run}  {run.state:<13}  {run.method:<10}  {counts}  {run.person}")


def _not_compared(catalogue: Catalogue, report: Path | None, *, as_json: bool) -> None:
    from sosie.cli.table import printable
    from sosie.review import open_desk
    from sosie.review.audit import not_compared

    found = not_compared(open_desk(catalogue, report=report).report)
    if as_json:
        write_json([{"uri": uri, "reason": reason} for uri, reason in found])
        return
    for uri, reason in found:
        print(f"{printable(uri)}  ({printable(reason)})")
    for reason, count in Counter(reason for _, reason in found).most_common():
        say(f"{count:,} {printable(reason)}")
    if not found:
        say("Every image was compared in full.")


def _estimate(catalogue: Catalogue, report: Path | None, sample: int, *, as_json: bool) -> None:
    from sosie.cli.table import printable
    from sosie.review import open_desk
    from sosie.review.missed import estimate_missed

    found = estimate_missed(open_desk(catalogue, report=report).report, catalogue, sample=sample)
    if as_json:
        write_json(asdict(found))
        return
    for a, b in found.found:
        print(f"{printable(a)}\t{printable(b)}")
    print(f"{found.missed:,.0f} missed pairs of copies, with 95 % confidence {found.low:,.0f} to {found.high:,.0f}.")
    say(f"{found.sampled:,} of {found.population:,} images were verified against all others, {found.verified:,} pairs.")
