"""Fit the judge on edits of photos, and write its numbers beside the code and its reliability into the docs.

    python -m training.judge_fit PHOTOS [--count 160]

PHOTOS are the training photos; so many of them are edited, others beside them stand in collages and blends. The same
photos and seed give the same judge. Takes eight minutes of one core. Needs nothing but the package itself.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.trees import Trees
from sosie.matching.verification.verdict import Judge, Verdict, asked_of, inside_numbers, judge, numbers_of
from training.canvas import Pixels
from training.judge_model import Floats, ModelParams, fit
from training.judge_pairs import RECOLOURS, Sample, samples_of
from training.judge_report import report
from training.pictures import photos

SAME = {
    "inliers": 1,
    "share": 1,
    "agreement": 1,
    "correlation": 1,
    "windows": 1,
    "same": 1,
    "together": 1,
    "hole": -1,
    "clash": -1,
    "own": -1,
    "through": 1,
    "peak": 1,
    "residual": -1,
    "slip": -1,
    "slips": -1,
    "wander": -1,
    "bow": -1,
    "framing": -1,
    "rest": -1,
    "left": -1,
    "shade": -1,
}
MOVED = {name: sense for name, sense in SAME.items() if name not in ("bow", "through")}
FLAT = {name: sense for name, sense in SAME.items() if name not in ("inliers", "share", "residual")}
VARIANT = {
    "before": -1,
    "stain": 1,
    "deep": 1,
    "told": 1,
    "spread": -1,
    "hues": -1,
    "exact": 1,
    "kept": 1,
    "worst": 1,
    "left": 1,
    "rest": -1,
    "step": 1,
    "steep": 1,
    "coherent": 1,
    "hole": -1,
    "agreement": 1,
    "framing": -1,
}
SCENE = {"inliers": 1, "share": 1, "correlation": 1, "overlap": 1}
INNER = {"own": 1, "others": -1, "seam": 1, "another": 1}
"""What each question looks at, and in which sense: +1 if more of it can only mean yes, -1 if only no."""

SHARES = {"copy": 0.5, "variant": 0.1, "scene": 0.2, "none": 0.2}
"""How much each truth weighs, however many pairs of it were made. Scores are calibrated for this mixture."""
COINCIDING = {**SHARES, "alike": 0.015}
"""The same where frames coincide: there, other products of one kind are met as well."""
NO_KEYPOINTS = {"copy": 0.5, "variant": 0.1, "alike": 0.2, "scene": 0.05, "none": 0.2}
"""The same where no keypoints are."""
UNTOUCHED = 3.0
"""A collection holds more pairs of a photo and an edit of it than of two edits that nobody made from each other."""
LET_PASS = {"same": 0.015, "moved": 0.006, "flat": 0.03}
"""Share of held-out look-alikes (other views, templates, designs) that each model may let pass as the same pixels."""
LOSE = 0.005
"""Share of held-out copies that may be taken for variants. Where a variant is the likelier, a copy scores under one
half, and joins nothing."""
BESIDE = 240
"""Photos that are drawn from for what stands beside a photo, or shines through it."""
FOLDS = 4
"""One photo in so many is held out at a time, with all that is made of it."""
PAGES = frozenset({"collage", "inset"})
"""Edits that lay a picture beside or onto others."""
LAID_IN = 0.005
"""Share of held-out copies that may be taken for a picture inside another one."""
AMBIGUOUS = 0.05
SINGLE_HUE = 0.3


def ambiguous(sample: Sample) -> bool:
    """A filter over a picture of one colour on white looks like the product in another colour: nobody can tell."""
    recoloured = any(name in RECOLOURS for name in re.split("[+ ]", sample.made))
    colour = sample.found.colour
    return sample.truth == "copy" and recoloured and colour.spread < AMBIGUOUS and colour.hues < SINGLE_HUE


def columns_of(made: Sequence[Sample]) -> dict[str, Floats]:
    """Measurements by name, float64 (n,)."""
    rows = [numbers_of(sample.found) for sample in made]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def balanced(made: Sequence[Sample], shares: Mapping[str, float], untouched: float) -> Floats:
    """Weights that give every truth its share of the whole; in it, an untouched photo beside an edit counts so much."""
    truths = np.array([sample.truth for sample in made])
    weights = np.array([untouched if sample.made.startswith("orig+") else 1.0 for sample in made])
    for truth, share in shares.items():
        here = truths == truth
        weights[here] *= share / max(1.0, float(weights[here].sum()))
    return weights


def fit_heads(made: Sequence[Sample]) -> dict[str, Trees]:
    """The models, each on the samples that its question is asked of."""
    truths, asked = np.array([s.truth for s in made]), np.array([asked_of(s.found) for s in made])
    flat = asked == "flat"
    clear = np.array([not ambiguous(sample) for sample in made])

    def head(
        chosen: NDArray[np.bool_],
        yes: list[str],
        shares: dict[str, float],
        senses: dict[str, int],
        untouched: float = 1.0,
    ) -> Trees:
        rows = np.flatnonzero(chosen & np.isin(truths, [*shares]))
        samples = [made[int(row)] for row in rows]
        return fit(
            columns_of(samples), np.isin(truths[rows], yes), balanced(samples, shares, untouched), senses, ModelParams()
        )

    return {
        "same": head(asked == "same", ["copy", "variant"], COINCIDING, SAME, UNTOUCHED),
        "moved": head(asked == "moved", ["copy", "variant"], SHARES, MOVED, UNTOUCHED),
        "flat": head(flat, ["copy", "variant"], NO_KEYPOINTS, FLAT),
        "variant": head(clear, ["variant"], {"copy": 0.7, "variant": 0.3}, VARIANT, UNTOUCHED),
        "scene": head(~flat, ["scene"], {"scene": 0.5, "none": 0.5}, SCENE),
        "inner": _inner_head(made),
    }


def sides_of(made: Iterable[Sample]) -> Iterator[tuple[dict[str, float], bool]]:
    """Both images of each copy: its numbers, and whether it was laid into the other as a picture of its own."""
    for sample in made:
        if sample.truth != "copy" or not sample.found.inliers:
            continue
        pages = [PAGES & set(name.split(" ")) for name in sample.made.split("+")]
        if len(pages) != 2 or all(pages):
            continue
        for name, beyond in (("a", pages[1]), ("b", pages[0])):
            yield inside_numbers(sample.found, name), bool(beyond)


def _inner_head(made: Sequence[Sample]) -> Trees:
    rows = list(sides_of(made))
    columns = {name: np.array([numbers[name] for numbers, _ in rows]) for name in INNER}
    yes = np.array([inside for _, inside in rows])
    weights = np.where(yes, 0.5 / max(1, int(yes.sum())), 0.5 / max(1, int((~yes).sum())))
    return fit(columns, yes, weights, INNER, ModelParams(trees=80))


Fold = tuple[Mapping[str, Trees], Sequence[Sample]]
"""Models, and samples of photos that these were not fitted on."""


def folds_of(made: Sequence[Sample]) -> list[Fold]:
    """All samples, each beside models that were fitted on other photos alone."""
    return [
        (
            fit_heads([sample for sample in made if sample.source % FOLDS != number]),
            [sample for sample in made if sample.source % FOLDS == number],
        )
        for number in range(FOLDS)
    ]


def limits(folds: Sequence[Fold]) -> dict[str, float]:
    """From which probability on each question is answered with yes, chosen on photos that the models never saw."""

    def said(name: str, truths: tuple[str, ...], asked: tuple[str, ...]) -> Floats:
        return np.array(
            [
                heads[name].probability(numbers_of(sample.found))
                for heads, samples in folds
                for sample in samples
                if sample.truth in truths and asked_of(sample.found) in asked and not ambiguous(sample)
            ]
            or [0.5]
        )

    same = {
        f"{name}_from": _bounded(said(name, ("alike", "scene", "none")[name != "flat" :], (name,)), 1 - share)
        for name, share in LET_PASS.items()
    }
    return {
        **same,
        "variant_from": _bounded(said("variant", ("copy",), ("same", "moved")), 1 - LOSE),
        "scene_from": 0.5,
        "inner_from": _inner_limit(folds),
    }


def _inner_limit(folds: Sequence[Fold]) -> float:
    said = [
        heads["inner"].probability(numbers)
        for heads, samples in folds
        for numbers, inside in sides_of(samples)
        if not inside
    ]
    return _bounded(np.array(said or [0.5]), 1 - LAID_IN)


def _bounded(values: Floats, share: float) -> float:
    return round(float(np.clip(np.quantile(values, share), 0.5, 0.99)), 3)


def write(heads: Mapping[str, Trees], bounds: Mapping[str, float], path: Path) -> None:
    """The judge as a file."""
    written = {**{name: head.written() for name, head in heads.items()}, **bounds}
    path.write_text(json.dumps(written, separators=(",", ":")) + "\n", encoding="utf-8")


_shared: list[Pixels] = []
"""The photos, sent to each process once."""


def _share(chosen: Sequence[Pixels]) -> None:
    cv2.setNumThreads(1)
    _shared[:] = chosen


def _samples(number: int, *, seed: int) -> list[Sample]:
    return samples_of(_shared, number, seed=seed)


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--count", type=int, default=160)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    found = photos(args.photos)
    order = np.random.default_rng(args.seed).permutation(len(found))[: max(BESIDE, args.count)]
    chosen = [found[int(i)] for i in order]
    with ProcessPoolExecutor(args.workers, initializer=_share, initargs=(chosen,)) as pool:
        parts = pool.map(partial(_samples, seed=args.seed), range(min(args.count, len(chosen))))
        made = [sample for part in parts for sample in part]
    fit_all(made, Path(__file__).parents[1])


def fit_all(made: Sequence[Sample], root: Path) -> None:
    """Fit the judge on measured pairs, and write it and its numbers into the tree at `root`.

    Limits and numbers come from models that never saw the photo in question, the judge itself from all photos.
    """
    folds = folds_of(made)
    bounds = limits(folds)
    write(fit_heads(made), bounds, root / "src" / "sosie" / "matching" / "verification" / "judge.json")
    held = list[tuple[Sample, Verdict]]()
    for heads, samples in folds:
        model = Judge(**{**heads, **bounds})  # type: ignore[arg-type]
        held += [(sample, judge(sample.found, model)) for sample in samples]
    report(held, root / "docs")


if __name__ == "__main__":
    main()
