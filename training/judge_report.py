"""The judge's page in the docs: what it asks, how often it is right on held-out pictures, and a plot of that."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sosie.matching.verification.verdict import Verdict
from training.judge_model import reliability
from training.judge_pairs import Sample

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 1.001)
START, END = "<!-- measured: start -->", "<!-- measured: end -->"


def report(held: Sequence[tuple[Sample, Verdict]], docs: Path) -> None:
    """Put the numbers of held-out pairs and their verdicts between the marks of `judge.md`, and the plot beside it."""
    copies = [(sample, verdict) for sample, verdict in held if verdict.relation in ("copy", "contains")]
    said = np.array([verdict.score for _, verdict in copies])
    true = np.array([sample.truth == "copy" for sample, _ in copies])
    rows = reliability(said, true, EDGES)
    table = ["| score of a copy | pairs | truly copies |", "|---|--:|--:|"]
    table += [f"| {mean:.3f} | {number} | {share:.1%} |" for mean, share, number in rows]
    calls: dict[str, Counter[str]] = defaultdict(Counter)
    for sample, verdict in held:
        calls[sample.truth][verdict.relation or "nothing"] += 1
    names = ("copy", "contains", "variant", "scene", "nothing")
    table += ["", f"| truth | {' | '.join(names)} |", "|---|" + "--:|" * len(names)]
    table += [f"| {truth} | {' | '.join(str(calls[truth][n]) for n in names)} |" for truth in sorted(calls)]
    text = (
        f"{START}\n{len(held)} measured pairs, each judged by models that never saw its photo.\n\n"
        + "\n".join(table)
        + f"\n{END}"
    )
    page = docs / "judge.md"
    before, rest = page.read_text(encoding="utf-8").split(START)
    page.write_text(before + text + rest.split(END)[1], encoding="utf-8")
    (docs / "judge-reliability.svg").write_text(plot(rows), encoding="utf-8")


def plot(rows: Sequence[tuple[float, float, int]]) -> str:
    """A reliability diagram as SVG: said across, true up, areas by the number of pairs."""
    dots = "".join(
        f'<circle cx="{40 + 300 * said:.1f}" cy="{320 - 300 * true:.1f}" r="{3 + min(12.0, number**0.4):.1f}"'
        ' fill="#2563eb" fill-opacity="0.7"/>'
        for said, true, number in rows
    )
    marks = "".join(
        f'<text x="{40 + 300 * v:.0f}" y="338" text-anchor="middle">{v:g}</text>'
        f'<text x="34" y="{324 - 300 * v:.0f}" text-anchor="end">{v:g}</text>'
        for v in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 370 370" font-family="sans-serif" font-size="11">'
        '<rect width="370" height="370" fill="#fff"/><path d="M40 20V320H340" fill="none" stroke="#111"/>'
        '<path d="M40 320L340 20" stroke="#999" stroke-dasharray="4"/>'
        f"{marks}{dots}"
        '<text x="190" y="358" text-anchor="middle">score</text>'
        '<text x="12" y="170" text-anchor="middle" transform="rotate(-90 12 170)">share that is right</text></svg>\n'
    )
