"""Reports held against the truth: by the referee's score.py, and pair by pair where the page shows more."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.data_sets import DataSet
from benchmarks.peers import joined
from benchmarks.places import Places

SAME = frozenset({"identical", "copy", "contains"})
VIEWS = "ukbench"
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a report says of image pairs: the relation of each edge, and the pairs that stand in one group."""

    relations: Mapping[Pair, str]
    grouped: frozenset[Pair]

    @property
    def same(self) -> set[Pair]:
        """Pairs that are called one image, by an edge or by a group."""
        return {pair for pair, relation in self.relations.items() if relation in SAME} | self.grouped


def ordered(a: str, b: str) -> Pair:
    """A pair of names in one order."""
    return (a, b) if a < b else (b, a)


def report_of_groups(printed: Mapping[str, Any]) -> dict[str, Any]:
    """Groups of paths as other tools print them, as a report in Sosie's format; groups that share a path are one."""
    groups: list[list[str]] = [*printed.get("exact", ()), *printed.get("near", ())]
    names = sorted({path for group in groups for path in group})
    number = {path: n for n, path in enumerate(names)}
    links = [(number[group[0]], number[path]) for group in groups for path in group[1:]]
    merged = [[number[p] for p in group] for group in joined(names, links)]
    pairs = [pair for group in merged for pair in combinations(sorted(group), 2)]
    return {
        "version": 1,
        "images": [{"id": n, "uri": path} for path, n in number.items()],
        "edges": [{"a": a, "b": b, "relation": "copy", "score": 1.0, "evidence": {}} for a, b in pairs],
        "groups": [{"id": n, "relation": "copy", "members": group} for n, group in enumerate(merged)],
        "skipped": [],
    }


def read_finding(report: Path) -> Finding:
    """The pairs of a report by file name."""
    value = json.loads(report.read_text())
    name = {image["id"]: Path(image["uri"]).name for image in value["images"]}
    relations = {ordered(name[edge["a"]], name[edge["b"]]): edge["relation"] for edge in value["edges"]}
    grouped = {
        ordered(name[a], name[b])
        for group in value["groups"]
        if group["relation"] in ("identical", "copy")
        for a, b in combinations(group["members"], 2)
    }
    return Finding(relations, frozenset(grouped))


def score(report: Path, data: DataSet, places: Places, *, listed: int) -> dict[str, Any]:
    """All that the page shows of one report: the referee's numbers, the share found of each edit, the wrong pairs.

    At most `listed` wrong pairs are named; all are counted.
    """
    finding = read_finding(report)
    command = [sys.executable, str(places.referee / "score.py"), str(report.resolve()), str(data.truth)]
    done = subprocess.run(
        command + ["--real"] * (data.name == "real"), check=True, capture_output=True, text=True, cwd=places.referee
    )
    if data.name == "real":
        truth = _real_truth(data)
        return {
            **_parse_real(done.stdout),
            "found": _real_found(finding, truth),
            "outside": _outside(finding, truth, data, listed),
        }
    rows = _manifest(data)
    return {**_parse_edits(done.stdout), "edits": _edits_found(finding, rows), "wrong": _wrong(finding, rows, listed)}


def _parse_edits(text: str) -> dict[str, Any]:
    pattern = r"^(\w+), ([a-z ]+?)\s*: precision ([\d.]+)  recall ([\d.]+)  \((\d+) found, (\d+) true\)"
    found = {}
    for kind, which, precision, recall, count, true in re.findall(pattern, text, re.MULTILINE):
        key = kind if which == "single source" else f"{kind} all"
        found[key] = {"precision": float(precision), "recall": float(recall), "found": int(count), "true": int(true)}
    return found


def _parse_real(text: str) -> dict[str, Any]:
    recall = {}
    for kind, line in re.findall(r"^(\w+) recall: (.*)$", text, re.MULTILINE):
        recall[kind] = {name: float(share) for name, share in re.findall(r"(\w+) ([\d.]+)", line)}
    hard = re.search(r"called the same image: (\d+) of (\d+)", text)
    views = re.search(r"other views of one object are called: \{(.*)\}", text)
    return {
        "recall": recall,
        "hard": int(hard[1]) if hard else None,
        "hard_total": int(hard[2]) if hard else None,
        "views": {name: int(n) for name, n in re.findall(r"'(\w+)': (\d+)", views[1] if views else "")},
    }


def _manifest(data: DataSet) -> list[dict[str, str]]:
    with (data.truth / "manifest.csv").open() as file:
        return list(csv.DictReader(file))


def _edits_found(finding: Finding, rows: Iterable[Mapping[str, str]]) -> dict[str, float]:
    """For each edit the share of edited files that are called one image with their original."""
    rows, same = list(rows), finding.same
    original = {row["sources"]: row["file"] for row in rows if row["edit"] == "orig"}
    hits: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        if row["edit"] != "orig":
            hits[row["edit"]].append(ordered(row["file"], original[row["sources"].split("+")[0]]) in same)
    return {edit: sum(found) / len(found) for edit, found in hits.items()}


def _wrong(finding: Finding, rows: Iterable[Mapping[str, str]], listed: int) -> dict[str, Any]:
    """Pairs without a common source that are called one image: how many, and those with the same layer on both.

    `photos`: the untouched photos of such pairs, pages of several left out, with how many pairs groups hold of them.
    """
    rows = list(rows)
    original = {row["sources"]: row["file"] for row in rows if row["edit"] == "orig"}
    about = {row["file"]: (set(row["sources"].split("+")), row["edit"]) for row in rows}
    wrong = sorted(pair for pair in finding.same if not about[pair[0]][0] & about[pair[1]][0])
    layered = [pair for pair in wrong if about[pair[0]][1] == about[pair[1]][1] != "orig"]
    named = [[a, b, finding.relations.get((a, b), "group only")] for a, b in wrong]
    by_edge = sum(relation in SAME for *_, relation in named)
    first = sorted(named, key=lambda row: row[2] not in SAME)[: min(listed, 100)]
    sources = [
        [next(iter(about[end][0])) for end in pair]
        for pair in wrong
        if pair in finding.grouped and all(len(about[end][0]) == 1 for end in pair)
    ]
    photos = Counter(ordered(*(original[source] for source in pair)) for pair in sources)
    listed_photos = [[a, b, count] for (a, b), count in sorted(photos.items())][:listed]
    return {"count": len(wrong), "edges": by_edge, "same_edit": len(layered), "pairs": first, "photos": listed_photos}


def _real_truth(data: DataSet) -> dict[Pair, str]:
    """The pairs of two files that groups.csv lists, with their sets. It lists some files twice: those are no pairs."""
    groups: dict[Pair, set[str]] = defaultdict(set)
    with (data.truth / "groups.csv").open() as file:
        for row in csv.DictReader(file):
            groups[row["set"], row["group"]].add(row["file"])
    return {ordered(a, b): key[0] for key, files in groups.items() for a, b in combinations(sorted(files), 2)}


def _real_found(finding: Finding, truth: Mapping[Pair, str]) -> dict[str, list[int]]:
    """For each set of copies how many of its pairs the edges call one image, and how many there are."""
    same = {pair for pair, relation in finding.relations.items() if relation in SAME}
    totals = Counter(truth.values())
    hits = Counter(name for pair, name in truth.items() if pair in same)
    return {name: [hits[name], total] for name, total in totals.items() if name != VIEWS}


def _outside(finding: Finding, truth: Mapping[Pair, str], data: DataSet, listed: int) -> dict[str, Any]:
    """Pairs of the real set that are called one image and that the truth does not list as copies, and what they are."""
    with (data.truth / "hard_negative_candidates.csv").open() as file:
        known = {ordered(row["a"], row["b"]): "look-alike" for row in csv.DictReader(file)}
    known |= {pair: "other view" for pair, name in truth.items() if name == VIEWS}
    pairs = sorted(pair for pair in finding.same if truth.get(pair, VIEWS) == VIEWS)
    named = [[a, b, finding.relations.get((a, b), "group only"), known.get((a, b), "")] for a, b in pairs]
    return {"count": len(pairs), "pairs": sorted(named, key=lambda row: row[2] not in SAME)[:listed]}
