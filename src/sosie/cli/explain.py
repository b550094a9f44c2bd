"""`sosie explain`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sosie.cli.options import CatalogOption, MethodOption
from sosie.report import ImageRecord
from sosie.types import Edge, Rectangle

if TYPE_CHECKING:
    from sosie.pipeline.explaining import Explanation  # it loads NumPy and all, which no other command waits for

_RELATIONS = {
    "identical": "are identical",
    "copy": "are copies of one picture",
    "contains": "are linked: one picture stands inside the other",
    "variant": "are variants: one shot, another colour or pattern",
    "scene": "show the same object or place in different photographs",
    "similar": "look alike",
}


def explain(
    a: Annotated[Path, typer.Argument(help="An image.", metavar="A", show_default=False)],
    b: Annotated[Path, typer.Argument(help="Another image.", metavar="B", show_default=False)],
    method: MethodOption = None,
    save: Annotated[
        Path | None, typer.Option(help="Write a picture: both aligned, differences marked.", metavar="FILE")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the evidence as JSON to stdout.")] = False,
    catalog: CatalogOption = None,
) -> None:
    """Explain why two images are, or are not, called the same. Nothing is remembered or changed.

    Example: sosie explain original.jpg edited.jpg --save proof.png
    """
    from sosie.config import load_settings
    from sosie.pipeline.explaining import explain as explain_files

    found = explain_files(a, b, settings=load_settings({"method": method, "catalog": catalog}))
    if as_json:
        sys.stdout.write(json.dumps(asdict(found)) + "\n")
    else:
        for line in lines(found):
            typer.echo(line)
    if save:
        from sosie.pipeline.drawing import save_comparison

        save_comparison(found, save)
        typer.echo(f"The comparison is in {save}.", err=True)


def lines(found: Explanation) -> Iterator[str]:
    """Yield the explanation as people read it, line by line."""
    from sosie.cli.table import printable

    for letter, image in (("A", found.a), ("B", found.b)):
        yield f"{letter}  {printable(image.uri)}  {_facts(image)}"
    yield ""
    if found.edge is None:
        yield "A and B are not the same picture: nothing was found that joins them."
    else:
        yield f"A and B {_RELATIONS[found.edge.relation]} (score {found.edge.score:.3f})."
        yield from _evidence(found.edge)
    turn = "" if found.orientation == "same" else f", A turned: {found.orientation}"
    yield f"  hashes    PDQ {found.pdq_distance} of 256 bits apart, dHash {found.dhash_distance} of 64{turn}"
    for letter, image in (("A", found.a), ("B", found.b)):
        if image.compared != "yes":
            yield f"  note      {letter} is {image.compared}: its hashes carry no information"


def _facts(image: ImageRecord) -> str:
    from sosie.cli.table import size

    return f"{image.width} x {image.height} {image.format}, {size(image.bytes)}"


def _evidence(edge: Edge) -> Iterator[str]:
    evidence = edge.evidence
    if evidence.equal:
        yield f"  equal     the same {evidence.equal}"
    if edge.inner is not None:
        yield f"  inside    {'AB'[edge.inner]} stands in {'AB'[1 - edge.inner]}{_at(evidence.inside)}"
    origin, other = ("A", "B") if evidence.origin == "a" else ("B", "A")
    for number, edit in enumerate(evidence.edits):
        head = f"  {origin} to {other}  " if number == 0 else "            "
        yield f"{head}  {edit.text}{', '.join(map(_at, edit.rectangles))}"
    if evidence.inliers is not None:
        yield f"  geometry  {evidence.inliers} keypoints agree on one transform"
    if evidence.agreement is not None:
        yield f"  pixels    {evidence.agreement:.0%} of the textured windows agree after alignment"
    if evidence.overlap is not None:
        yield f"  overlap   {evidence.overlap[0]:.0%} of A and {evidence.overlap[1]:.0%} of B"


def _at(box: Rectangle | None) -> str:
    if box is None:
        return ""
    left, top, right, bottom = box
    return f" (left {left:.0%}, top {top:.0%}, right {right:.0%}, bottom {bottom:.0%})"
