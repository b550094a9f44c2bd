"""Fit how many common copies contradict a variant: the votes of `grouping/consistency.py`.

    python -m training.votes_fit PHOTOS [--count 40]

Makes families of a photo and of a variant of it (the product in another colour or pattern), each with edits, and lets
the judge say what every two of a family are. Two edits of one photo that are called variants should be outvoted by the
copies that both have; a photo and its variant should not. Writes the fewest votes that leave all but one in a hundred
true variants standing to `votes.json` beside the code, and prints how many false ones they dissolve.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

from sosie.matching.verification import judge, measure, prepare
from training.canvas import Pixels
from training.edits import LAYERS, LOSSES, MOVES, TONES, apply
from training.judge_pairs import ready
from training.judge_views import colour_variant
from training.pictures import photos

DISSOLVED = 0.01
"""Share of true variants that may be outvoted: each is a product that a group would swallow."""
_EDITS = tuple(name for name in (*MOVES, *TONES, *TONES, *LAYERS, *LOSSES) if name not in ("tight_crop", "thumbnail"))


def family(photo: Pixels, rng: np.random.Generator, edits: int = 5) -> tuple[list[Pixels], list[bool]] | None:
    """Versions of a photo and of a variant of it, and which are of the variant; None where it holds no product."""
    variant = colour_variant(photo, rng)
    if variant is None:
        return None
    made, other = [photo, variant], [False, True]
    for source in (photo, variant):
        for name in rng.choice(_EDITS, edits, replace=False).tolist():
            made.append(apply(name, source, seed=int(rng.integers(1 << 30))).pixels)
            other.append(source is variant)
    return made, other


def votes(made: Sequence[Pixels], other: Sequence[bool]) -> Iterator[tuple[bool, int]]:
    """Of each two that are called variants: whether they are, and how many copies both have."""
    images = [prepare(ready(pixels)) for pixels in made]
    said = {(a, b): judge(measure(images[a], images[b])).relation for a, b in combinations(range(len(made)), 2)}
    near: list[set[int]] = [set() for _ in made]
    for (a, b), relation in said.items():
        if relation == "copy":
            near[a].add(b)
            near[b].add(a)
    for (a, b), relation in said.items():
        if relation == "variant":
            yield other[a] != other[b], len(near[a] & near[b])


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=2)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    found = photos(args.photos)
    rows: list[tuple[bool, int]] = []
    for number in np.random.default_rng(args.seed).permutation(len(found))[: args.count].tolist():
        made = family(found[number], np.random.default_rng([args.seed, number]))
        rows += votes(*made) if made else ()
    true, count = (np.array(column) for column in zip(*rows, strict=True))
    least = next(n for n in range(1, 100) if np.count_nonzero(count[true] >= n) <= DISSOLVED * np.count_nonzero(true))
    path = Path(__file__).parents[1] / "src" / "sosie" / "grouping" / "votes.json"
    path.write_text(json.dumps({"outvoted": least}) + "\n", encoding="utf-8")
    print(f"{np.count_nonzero(true)} true variants, {np.count_nonzero(~true)} false ones; votes needed: {least}")
    print(
        f"dissolved: {(count[true] >= least).mean():.1%} of the true, {(count[~true] >= least).mean():.1%} of the false"
    )


if __name__ == "__main__":
    main()
