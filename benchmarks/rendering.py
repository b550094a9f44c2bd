"""RESULTS.md, rendered from the JSON files of results and from the judgements in looked_at.csv."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import results as stored
from benchmarks.bars import answers, ratio
from benchmarks.data_sets import ABOUT, NAMES
from benchmarks.judgements import LOOKED_AT, Judgements, judged, read_judgements

SECTIONS = (*(f"quality-{name}" for name in NAMES), "speed-transformed", "rescan", "memory", "load", "embedding")
TABLES = {
    "joins": "Joins of hashes",
    "vector-joins": "Joins of vectors",
    "candidates": "Search for candidates",
    "engines": "The same scan by threads, processes and Ray",
}
"""What commands of their own write as Markdown, and the title under which it stands in the page."""
REFERENCES = ("immaculate pdq", "immaculate sscd_distilled", "immaculate sscd")
_NUMBER = re.compile(r"-|[\d.,]+( ?%| of \d+| \(.*\))?")
HEAD = """# Results

Written by `python -m benchmarks.run`, never by hand. How to read it: [docs/benchmarks.md](../docs/benchmarks.md).
"""


def render(folder: Path, judgements: Path = LOOKED_AT) -> str:
    """The whole page from the results in a folder."""
    known = read_judgements(judgements)
    found = {name: _seen(name, stored.load(folder, name), known) for name in SECTIONS if stored.load(folder, name)}
    parts = [HEAD, *_promises(found), *_speed(found), *_quality(found), *_real(found, known)]
    parts += [*_rescan(found), *_memory(found), *_load(found), *_embedding(found)]
    for name, title in TABLES.items():
        file = folder / f"{name}.md"
        parts += [f"## {title}", file.read_text()] if file.exists() else []
    return "\n\n".join(part.strip() for part in [*parts, *_runs(found)]) + "\n"


def _seen(section: str, value: Mapping[str, Any], known: Judgements) -> dict[str, Any]:
    """The results of a section, those on made pictures with what a person saw."""
    data = section.removeprefix("quality-")
    if data == section or data == "real":
        return dict(value)
    rows = {
        name: row if "not_run" in row else {**row, "score": judged(data, row["score"], known)}
        for name, row in value["rows"].items()
    }
    return {**value, "rows": rows}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; columns that hold numbers alone are aligned right."""
    body = [list(row) for row in rows]
    numeric = [all(_NUMBER.fullmatch(row[i]) for row in body) for i in range(len(head))]
    lines = [head, ["--:" if number else "---" for number in numeric], *body]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def _promises(found: Mapping[str, Any]) -> Iterator[str]:
    yield "## Promises"
    yield table(("promise", "measured", "kept"), answers(found))


def _speed(found: Mapping[str, Any]) -> Iterator[str]:
    value = found.get("speed-transformed")
    if not value:
        return
    rows = value["rows"]
    yield "## Speed and memory"
    yield (
        f"Data: {ABOUT['transformed']}. Fresh catalogue for every scan, all tools by turns on the same files, start of "
        "the process included. Wall and CPU seconds are medians (wall: least to most)."
    )
    head = ("tool", "images", "rounds", "wall s", "CPU s", "images/s", "peak MB", *(f"x {name}" for name in REFERENCES))
    yield table(head, (_speed_row(rows, name) for name in rows if "not_run" not in rows[name]))
    yield from _absent(rows)


def _speed_row(rows: Mapping[str, Any], name: str) -> tuple[str, ...]:
    row = rows[name]
    wall = stored.middle(row["wall"])
    spread = f"{wall:.2f} ({min(row['wall']):.2f} to {max(row['wall']):.2f})"
    costs = (str(len(row["wall"])), spread, f"{stored.middle(row['cpu']):.2f}", f"{row['images'] / wall:.0f}")
    return (_titled(name, row), f"{row['images']}", *costs, f"{row['peak_mb']:.0f}", *_ratios(rows, name))


def _ratios(rows: Mapping[str, Any], name: str) -> Iterator[str]:
    for other in REFERENCES:
        try:
            yield f"{ratio(rows, name, other):.2f}"
        except KeyError:
            yield "-"


def _titled(name: str, row: Mapping[str, Any]) -> str:
    return f"{name} {row['version']}"


def _absent(rows: Mapping[str, Any]) -> Iterator[str]:
    missing = [f"- {row['not_run']}" for row in rows.values() if "not_run" in row]
    if missing:
        yield "Not run:\n\n" + "\n".join(missing)


def _quality(found: Mapping[str, Any]) -> Iterator[str]:
    for name in NAMES:
        value = found.get(f"quality-{name}")
        if value and name != "real":
            rows = {key: row for key, row in value["rows"].items() if "not_run" not in row}
            yield f"## Quality: {name}"
            yield f"{ABOUT[name][0].upper()}{ABOUT[name][1:]}."
            head = (
                "tool",
                "images",
                "precision",
                "as a person saw it",
                "recall",
                "precision, edges",
                "recall, edges",
                "with joint pages: precision",
                "recall",
                "wrong pairs",
            )
            yield table(head, (_quality_row(key, row) for key, row in rows.items()))
            yield "Share of edited images that are called one image with their original:"
            yield _edits(rows)
            yield from _wrong(rows)
            yield from _absent(value["rows"])


def _quality_row(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    score = row["score"]
    kinds = [score[kind] for kind in ("groups", "edges", "edges all")]
    numbers = [text for kind in kinds for text in (f"{kind['precision']:.5f}", f"{kind['recall']:.4f}")]
    numbers.insert(1, f"{score['groups']['precision_seen']:.5f}")
    return (_titled(name, row), str(row["images"]), *numbers, str(score["wrong"]["count"]))


def _edits(rows: Mapping[str, Any]) -> str:
    shares = {name: row["score"]["edits"] for name, row in rows.items()}
    leading = next(iter(shares.values()))
    ranked = sorted(leading, key=lambda edit: (shares.get("sosie auto", leading)[edit], edit))
    return table(("edit", *shares), ((edit, *(f"{share[edit]:.2f}" for share in shares.values())) for edit in ranked))


def _wrong(rows: Mapping[str, Any]) -> Iterator[str]:
    for name, row in rows.items():
        wrong = row["score"]["wrong"]
        if name.startswith("sosie") and wrong["count"]:
            counts = f"{wrong['count']}: {wrong['edges']} by an edge, the others by standing in one group"
            yield f"Wrong pairs of {name} ({counts}; {wrong['same_edit']} have the same edit on both), edges first:"
            yield table(("one", "other", "called"), wrong["pairs"])
            if wrong["photos"]:
                yield f"Photos of which edits stand in one group of {name}, and what a person saw:"
                yield table(("one", "other", "pairs", "looked at", "why"), wrong["photos"])


def _real(found: Mapping[str, Any], known: Judgements) -> Iterator[str]:
    value = found.get("quality-real")
    if not value:
        return
    rows = {key: row for key, row in value["rows"].items() if "not_run" not in row}
    sets = list(next(iter(rows.values()))["score"]["found"]) if rows else []
    yield "## Quality: real photos"
    yield (
        f"{ABOUT['real'][0].upper()}{ABOUT['real'][1:]}. Recall of each set of true pairs by edges, then what "
        "should not be called the same image: look-alikes (most are colour variants), other views of one object, and "
        "all pairs that the truth does not list."
    )
    head = ("tool", *sets, "look-alikes", "other views", "outside the truth")
    yield table(head, (_real_row(name, row, sets) for name, row in rows.items()))
    yield from _looked_at(rows, known)
    yield from _absent(value["rows"])


def _real_row(name: str, row: Mapping[str, Any], sets: Sequence[str]) -> tuple[str, ...]:
    score = row["score"]
    shares = [f"{hits / total:.3f} ({hits} of {total})" for hits, total in map(score["found"].get, sets)]
    views = sum(score["views"].get(relation, 0) for relation in ("identical", "copy", "contains"))
    ends = (f"{score['hard']} of {score['hard_total']}", f"{views} of {sum(score['views'].values())}")
    return (_titled(name, row), *shares, *ends, str(score["outside"]["count"]))


def _looked_at(rows: Mapping[str, Any], judgements: Judgements) -> Iterator[str]:
    """Every pair outside the truth that Sosie calls the same image, with what a person saw."""
    known = dict(judgements)
    seen: dict[tuple[str, str], list[str]] = {}
    for name, row in rows.items():
        if name.startswith("sosie"):
            for a, b, relation, kind in row["score"]["outside"]["pairs"]:
                seen.setdefault((a, b), []).append(f"{name.removeprefix('sosie ')}: {relation}")
                if kind == "other view":
                    known.setdefault((a, b), ("wrong", "another view of one object, says the truth"))
    if seen:
        verdicts = [known.get(pair, ("not looked at yet", ""))[0] for pair in seen]
        counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in sorted(set(verdicts)))
        yield f"Pairs outside the truth that Sosie calls the same image: {counts}."
        lines = (
            (a, b, "; ".join(how), *known.get((a, b), ("not looked at yet", "")))
            for (a, b), how in sorted(seen.items())
        )
        yield table(("one", "other", "called", "looked at", "why"), lines)


def _rescan(found: Mapping[str, Any]) -> Iterator[str]:
    if "rescan" not in found:
        return
    yield "## Rescan of an unchanged folder"
    head = (
        "tool",
        "images",
        "first scan, wall s",
        "again, wall s",
        "share",
        "again, CPU s",
        "catalogue bytes an image",
    )
    yield table(head, (_rescan_row(name, row) for name, row in found["rescan"]["rows"].items()))


def _rescan_row(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    first, again, cpu = row["first"]["wall"][0], stored.middle(row["again"]["wall"]), stored.middle(row["again"]["cpu"])
    size = f"{row['catalogue_bytes_per_image']:,.0f}"
    return name, f"{row['images']}", f"{first:.2f}", f"{again:.2f}", f"{row['ratio']:.1%}", f"{cpu:.2f}", size


def _memory(found: Mapping[str, Any]) -> Iterator[str]:
    if "memory" not in found:
        return
    yield "## Growth of memory"
    yield "Drawn pictures of 480 x 360 pixels without anything in common, fresh catalogues."
    head = ("tool", "images", "peak MB", "images", "peak MB", "bytes an image more", "wall s", "wall s")
    yield table(head, (_memory_row(name, row) for name, row in found["memory"]["rows"].items()))


def _load(found: Mapping[str, Any]) -> Iterator[str]:
    if "load" not in found:
        return
    yield "## Checks under load"
    yield (
        "`POST /api/check` mixed with pages of groups, over loopback, at a fixed rate whether or not answers come in "
        "time; milliseconds from when a request was due. The generator runs on the same cores. CPU ms: processor time "
        "of the servers for one request of the mix, of either kind."
    )
    head = ("what", "servers", "a second", "answered a second", "p50", "p95", "p99", "errors", "CPU ms", "memory MB")
    yield table(head, (_load_row(name, row) for name, row in found["load"]["rows"].items()))


def _load_row(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    times = (f"{row[share]:,.1f}" for share in ("p50", "p95", "p99"))
    rates = (f"{row['servers']}", f"{row['offered']:g}", f"{row['rate']:g}")
    return (name, *rates, *times, f"{row['errors']} of {row['asked']}", f"{row['cpu_ms']:g}", f"{row['memory_mb']:,}")


def _embedding(found: Mapping[str, Any]) -> Iterator[str]:
    if "embedding" not in found:
        return
    yield "## Embedding"
    yield (
        "A ViT-B/32 with random weights, from JPEG files to rows in a catalogue, beside ONNX Runtime on prepared "
        "tensors with as many threads (bare) and with its defaults, round by round: milliseconds of wall time an "
        "image, and the share of the bare speed that is left, as the median of the rounds. Peak: of the whole "
        "process; before: with the model loaded, before the first picture."
    )
    head = ("pictures", "images", "workers", "batch", "ours ms", "bare ms", "defaults ms", "share, wall", "share, CPU")
    yield table((*head, "peak MB", "before MB"), (_embedding_row(*row) for row in found["embedding"]["rows"].items()))


def _embedding_row(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    times = [f"{row[f'{key}_wall_ms']:.1f}" if f"{key}_wall_ms" in row else "-" for key in _EMBEDDED]
    shares = [f"{row[f'of_bare_{kind}']:.3f}" if f"of_bare_{kind}" in row else "-" for kind in ("wall", "cpu")]
    sizes = (f"{row['peak_mb']:.0f}", f"{row['before_mb']:.0f}")
    return (name, *(f"{row[key]}" for key in ("images", "workers", "batch")), *times, *shares, *sizes)


_EMBEDDED = ("scan", "bare", "bare_default")


def _memory_row(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    sides = [
        (f"{count}", f"{row[key]['peak_mb']:.0f}")
        for count, key in zip(row["images"], ("first", "second"), strict=True)
    ]
    walls = [f"{row[key]['wall'][0]:.1f}" for key in ("first", "second")]
    return (name, *sides[0], *sides[1], f"{row['growth_bytes']:,.0f}", *walls)


def _runs(found: Mapping[str, Any]) -> Iterator[str]:
    yield "## Where the rows come from"
    lines: dict[tuple[str, ...], list[str]] = {}
    for section, value in found.items():
        for name, row in value["rows"].items():
            run = row["run"]
            versions = ", ".join(f"{package} {number}" for package, number in run["versions"].items())
            key = (run["date"], run["scale"], run["revision"], run["machine"], f"{run['load']}", versions)
            lines.setdefault(key, []).append(f"{section}: {name}")
    head = ("date", "scale", "revision", "machine", "load before", "versions", "rows")
    yield table(head, ((*key, "; ".join(names)) for key, names in sorted(lines.items())))
