"""Fit what neighbours may say of a pair: the votes of `grouping/consistency.py`, written to `votes.json` beside it.

    python -m training.votes_fit PHOTOS [--count 40]

Variants: makes families of a photo and of a variant of it (the product in another colour or pattern), each with edits,
and lets the judge say what every two of a family are. Two edits of one photo that are called variants should be
outvoted by the copies that both have; a photo and its variant should not. The fewest votes are taken that leave all but
one in a hundred true variants standing.

Blends: makes families of two photos, each with edits, and blends of the two. Blends are copies of both and should not
join the edits of one photo to those of the other. Of the limits that join next to none, those are taken that join most
edits of one photo.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, product
from pathlib import Path

import cv2
import numpy as np

from sosie.grouping import connected, lone_copies
from sosie.grouping.consistency import Votes
from sosie.matching.verification import Verdict, judge, measure, prepare
from sosie.matching.verification.measurements import enlargement
from sosie.pipeline.ties import LIKELY
from sosie.types import Pairs
from training.canvas import Pixels
from training.edits import LAYERS, LOSSES, MOVES, TONES, apply
from training.judge_pairs import ready
from training.judge_views import colour_variant
from training.pictures import photos

DISSOLVED = 0.01
"""Share of true variants that may be outvoted: each is a product that a group would swallow."""
JOINED = 0.001
"""Share of the pairs in groups that may be of two photos."""
_OTHERS = (2, 3, 4, 5, 6)
_CONFIRMED = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
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


@dataclass(frozen=True, slots=True)
class Web:
    """The copies that the judge finds in a family of two photos: `sources`, per picture 0, 1 or -1 for a blend."""

    sources: list[int]
    copies: list[tuple[int, int, float]]

    def joined(self, votes: Votes) -> tuple[int, int, int]:
        """How many pairs of edits of one photo groups hold, how many of the two photos, and how many they could."""
        lone = lone_copies([(a, b) for a, b, _ in self.copies], votes)
        kept = [each for each in self.copies if each[:2] not in lone]
        a, b, scores = (np.array([each[k] for each in kept]) for k in range(3))
        pairs = Pairs(a.astype(np.int64), b.astype(np.int64), scores.astype(np.float32))
        labels = connected(len(self.sources), pairs)
        right = wrong = every = 0
        for one, other in combinations([n for n, source in enumerate(self.sources) if source >= 0], 2):
            same = self.sources[one] == self.sources[other]
            every += same
            right += bool(same and labels[one] == labels[other])
            wrong += bool(not same and labels[one] == labels[other])
        return right, wrong, every


def web(photo: Pixels, other: Pixels, rng: np.random.Generator, edits: int = 7, blends: int = 3) -> Web:
    """Two photos, edits of each, and blends of them."""
    made, sources = [photo, other], [0, 1]
    # In half of the families the other photo is alone, as most photos of a collection are.
    for source in (0, 1) if rng.random() < 0.5 else (0,):
        for name in rng.choice(_EDITS, edits, replace=False).tolist():
            made.append(apply(name, (photo, other)[source], seed=int(rng.integers(1 << 30))).pixels)
            sources.append(source)
    for _ in range(blends):
        made.append(apply("blend", photo, seed=int(rng.integers(1 << 30)), others=[other]).pixels)
        sources.append(-1)
    found = verdicts(made)
    likely = [(a, b, v.score) for (a, b), v in found.items() if v.relation == "copy" and v.score >= LIKELY]
    return Web(sources, likely)


def verdicts(made: Sequence[Pixels]) -> dict[tuple[int, int], Verdict]:
    """What the judge says of every two pictures."""
    images = [prepare(ready(pixels)) for pixels in made]
    sizes = [(pixels.shape[1], pixels.shape[0]) for pixels in made]
    return {
        (a, b): judge(measure(images[a], images[b], enlarged=enlargement(sizes[a], sizes[b])))
        for a, b in combinations(range(len(made)), 2)
    }


def best_limits(webs: Sequence[Web], outvoted: int) -> Votes:
    """The votes that join most edits of one photo among those that join at most `JOINED` of the pairs wrongly."""
    best: tuple[float, float, Votes] | None = None
    for others, confirmed in product(_OTHERS, _CONFIRMED):
        votes = Votes(outvoted=outvoted, others=others, confirmed=confirmed)
        right, wrong, every = np.sum([each.joined(votes) for each in webs], axis=0).tolist()
        excess = max(0.0, wrong / max(1, right + wrong) - JOINED)
        print(f"others {others}, confirmed {confirmed}: {right / every:.2%} joined, {wrong} wrong pairs")
        if best is None or (-excess, right) > (best[0], best[1]):
            best = (-excess, right, votes)
    if best is None:
        raise ValueError("nothing to choose from")
    return best[2]


def votes(made: Sequence[Pixels], other: Sequence[bool]) -> Iterator[tuple[bool, int]]:
    """Of each two that are called variants: whether they are, and how many copies both have."""
    said = {pair: verdict.relation for pair, verdict in verdicts(made).items()}
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
    rows, webs = list[tuple[bool, int]](), list[Web]()
    for number in np.random.default_rng(args.seed).permutation(len(found))[: args.count].tolist():
        rng = np.random.default_rng([args.seed, number])
        made = family(found[number], rng)
        rows += votes(*made) if made else ()
        webs.append(web(found[number], found[(number + int(rng.integers(1, len(found)))) % len(found)], rng))
    true, count = (np.array(column) for column in zip(*rows, strict=True))
    least = next(n for n in range(1, 100) if np.count_nonzero(count[true] >= n) <= DISSOLVED * np.count_nonzero(true))
    path = Path(__file__).parents[1] / "src" / "sosie" / "grouping" / "votes.json"
    path.write_text(json.dumps(asdict(best_limits(webs, least))) + "\n", encoding="utf-8")
    print(f"{np.count_nonzero(true)} true variants, {np.count_nonzero(~true)} false ones; votes needed: {least}")
    print(
        f"dissolved: {(count[true] >= least).mean():.1%} of the true, {(count[~true] >= least).mean():.1%} of the false"
    )


if __name__ == "__main__":
    main()
