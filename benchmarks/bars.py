"""What Sosie promises, each promise held against the last results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.results import middle

Results = Mapping[str, Mapping[str, Any]]
Answer = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Bar:
    """A promise in words, and a function from all results to what was measured and whether it is kept.

    The function raises `KeyError` where something that it needs was not measured.
    """

    promise: str
    measure: Callable[[Results], Answer]


def answers(results: Results) -> Iterator[tuple[str, str, str]]:
    """Each promise, what was measured, and "yes", "no" or "not measured"."""
    for bar in BARS:
        try:
            measured, kept = bar.measure(results)
        except KeyError:
            yield bar.promise, "", "not measured"
        else:
            yield bar.promise, measured, "yes" if kept else "no"


def ratio(rows: Mapping[str, Any], name: str, other: str, key: str = "wall") -> float:
    """Median of a cost of one contender over that of another in the same run; `KeyError` where there is no such run."""
    ours, theirs = rows[name], rows[other]
    if "not_run" in ours or "not_run" in theirs or ours["run"] != theirs["run"]:
        raise KeyError(other)
    return middle(ours[key]) / middle(theirs[key])


def _score(results: Results, data: str, method: str) -> Any:
    return results[f"quality-{data}"]["rows"][f"sosie {method}"]["score"]


def _precise(data: str, method: str, precision: float, recall: float) -> Callable[[Results], Answer]:
    def measure(results: Results) -> Answer:
        groups = _score(results, data, method)["groups"]
        seen = groups["precision_seen"]
        told = f" ({seen:.5f} with what a person saw)" if seen != groups["precision"] else ""
        text = f"precision {groups['precision']:.5f}{told}, recall {groups['recall']:.4f}"
        return text, seen >= precision and groups["recall"] >= recall

    return measure


def _edits(results: Results) -> Answer:
    found = _score(results, "edits", "auto")["edits"]
    high, lowest = sum(share >= 0.97 for share in found.values()), min(found, key=lambda edit: found[edit])
    text = f"{high} of {len(found)} at 0.97, lowest {lowest} {found[lowest]:.2f}"
    return text, high >= 31 and found[lowest] >= 0.85


def _layers(results: Results) -> Answer:
    wrong = _score(results, "edits", "auto")["wrong"]["same_edit"]
    return f"{wrong} pairs", wrong == 0


def _real_recall(results: Results) -> Answer:
    found = _score(results, "real", "auto")["found"]
    recall = {name: hits / total for name, (hits, total) in found.items()}
    return ", ".join(f"{name} {share:.3f}" for name, share in recall.items()), min(recall.values()) >= 0.98


def _hard(method: str, most: int) -> Callable[[Results], Answer]:
    def measure(results: Results) -> Answer:
        found = _score(results, "real", method)
        return f"{found['hard']} of {found['hard_total']}", found["hard"] <= most

    return measure


def _views(results: Results) -> Answer:
    views = _score(results, "real", "auto")["views"]
    wrong = sum(views.get(relation, 0) for relation in ("identical", "copy", "contains"))
    return f"{wrong} of {sum(views.values())}", wrong == 0


def _time(method: str, peer: str, most: float) -> Callable[[Results], Answer]:
    def measure(results: Results) -> Answer:
        rows = results["speed-transformed"]["rows"]
        share = ratio(rows, f"sosie {method}", f"immaculate {peer}")
        return (
            f"{share:.2f} times (CPU {ratio(rows, f'sosie {method}', f'immaculate {peer}', 'cpu'):.2f})",
            share <= most,
        )

    return measure


def _peak(method: str, most: float) -> Callable[[Results], Answer]:
    def measure(results: Results) -> Answer:
        peaks = [results["speed-transformed"]["rows"][f"sosie {method}"]["peak_mb"]]
        if "memory" in results:
            peaks.append(results["memory"]["rows"][f"sosie {method}"]["first"]["peak_mb"])
        return f"{max(peaks):.0f} MB", max(peaks) < most

    return measure


def _growth(results: Results) -> Answer:
    grown = results["memory"]["rows"]["sosie auto"]["growth_bytes"] / 1000
    return f"{grown:.1f} KB", grown < 8


def _again(method: str) -> Callable[[Results], Answer]:
    def measure(results: Results) -> Answer:
        share = results["rescan"]["rows"][f"sosie {method}"]["ratio"]
        return f"{share:.1%} of the first scan", share < 0.05

    return measure


def _embedding(results: Results) -> Answer:
    row = next(row for row in results["embedding"]["rows"].values() if "of_bare_wall" in row)
    return f"{row['of_bare_wall']:.3f} (CPU {row['of_bare_cpu']:.3f})", row["of_bare_wall"] >= 0.95


BARS = (
    Bar("hash, transformed, by groups: precision 1.000, recall 0.399", _precise("transformed", "hash", 0.9995, 0.399)),
    Bar("hash, real: no look-alike called the same image", _hard("hash", 0)),
    Bar("hash: at most 1.2 times the wall time of immaculate pdq", _time("hash", "pdq", 1.2)),
    Bar("hash: peak memory under 250 MB", _peak("hash", 250)),
    Bar("hash: a rescan under 5 % of the first scan", _again("hash")),
    Bar("auto, transformed, by groups: precision 0.999, recall 0.990", _precise("transformed", "auto", 0.999, 0.990)),
    Bar("auto, edits, by groups: precision 0.9995, recall 0.985", _precise("edits", "auto", 0.9995, 0.985)),
    Bar("auto, edits: 31 of 33 found at 0.97 or more from the original, none under 0.85", _edits),
    Bar("auto, edits: a shared banner or slogan joins no two photos", _layers),
    Bar("auto, real: recall 0.98 in every set of copies", _real_recall),
    Bar("auto, real: at most 3 look-alikes called the same image", _hard("auto", 3)),
    Bar("auto, real: no other view of an object called the same image", _views),
    Bar("auto: at most 1.0 times the wall time of immaculate sscd_distilled", _time("auto", "sscd_distilled", 1.0)),
    Bar("auto: under 0.35 times the wall time of immaculate sscd", _time("auto", "sscd", 0.35)),
    Bar("auto: peak memory under 400 MB for 5,000 images", _peak("auto", 400)),
    Bar("auto: memory grows by under 8 KB an image after that", _growth),
    Bar("auto: a rescan under 5 % of the first scan", _again("auto")),
    Bar("clip: at least 0.95 of the speed of bare ONNX Runtime, reading and decoding included", _embedding),
)
