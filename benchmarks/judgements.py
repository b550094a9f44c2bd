"""What a person saw who looked at pairs that Sosie calls one image and that the truth does not list."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.places import HERE

LOOKED_AT = HERE / "looked_at.csv"
Judgements = Mapping[tuple[str, str], tuple[str, str]]


def read_judgements(path: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """Pairs of file names with a verdict ("right" or "wrong") and why.

    Files of a made set have its name before theirs ("transformed/00234_orig.jpg") and stand for all edits of them.
    """
    if not path.exists():
        return {}
    with path.open() as file:
        return {tuple(sorted((row["a"], row["b"]))): (row["verdict"], row["why"]) for row in csv.DictReader(file)}  # type: ignore[misc]


def judged(data: str, score: Mapping[str, Any], known: Judgements) -> dict[str, Any]:
    """The score of a made set with `precision_seen` beside the precision of its groups: as if the truth listed those
    photos as one that a person found to be one. Each row of its table of photos gets the verdict and why."""
    groups, photos = dict(score["groups"]), list[list[Any]]()
    hits = groups["precision"] * groups["found"]
    for a, b, count in score["wrong"].get("photos", ()):
        verdict = known.get((f"{data}/{a}", f"{data}/{b}"), ("not looked at yet", ""))
        hits += count if verdict[0] == "right" else 0
        photos.append([a, b, str(count), *verdict])
    groups["precision_seen"] = round(hits / max(1, groups["found"]), 5)
    return {**score, "groups": groups, "wrong": {**score["wrong"], "photos": photos}}
