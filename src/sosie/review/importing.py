"""Decisions as CSV: out of one catalogue, out of a spreadsheet, into another."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, get_args

from sosie.errors import SosieError, UsageError, why_not
from sosie.store.decisions import KINDS, Decision, Kind, Verdict

COLUMNS = ("decision", "image", "keeper", "other", "reason", "person", "place", "at")
"""`image` is a file or a SHA-256; `keeper` for drop; `other` for apart and together: one or more, set off by blanks or
commas; `place` the path of the one file that is meant among files of equal bytes; `at` is seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Imported:
    """One row: a verdict, who gave it and why; empty where the file does not say."""

    verdict: Verdict
    person: str
    reason: str


def read_decisions(
    file: Path, content: Callable[[str], bytes], place: Callable[[str], str | None] = lambda _: None
) -> list[Imported]:
    """Return the decisions in a CSV file. `content` turns what stands for an image into its SHA-256, `place` into its
    path if it is a file. Raises `UsageError` that names the first line that cannot be.
    """
    try:
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in ("decision", "image") if name not in (reader.fieldnames or ())]
            if missing:
                raise UsageError(f"{file} has no column {missing[0]!r}.", next_step=f"Known are {', '.join(COLUMNS)}.")
            return [_row(row, reader.line_num, file, content, place) for row in reader]
    except (OSError, csv.Error) as error:
        raise UsageError(
            f"{file} cannot be read ({why_not(error)}).", next_step="Check the path, and that it is CSV."
        ) from error


def _row(
    row: dict[str, str | None],
    line: int,
    file: Path,
    content: Callable[[str], bytes],
    place: Callable[[str], str | None],
) -> Imported:
    value = {name: (row.get(name) or "").strip() for name in COLUMNS}
    try:
        kind = _kind(value["decision"].lower())
        contents = [content(value["image"])]
        if kind in ("apart", "together"):
            contents += [content(other) for other in value["other"].replace(",", " ").split()]
        keeper = content(value["keeper"]) if value["keeper"] else None
        if keeper and kind == "drop" and place(value["image"]) == place(value["keeper"]) is not None:
            raise UsageError(
                f"{value['image']} cannot go in favour of itself.", next_step="Name another keeper, or none."
            )
        where = value["place"] or place(value["image"])
        precise = kind == "keep" or (kind == "drop" and (keeper in contents or bool(value["place"])))
        verdict = Verdict(kind, tuple(dict.fromkeys(contents)), keeper, where if precise else None)
    except SosieError as error:
        raise UsageError(f"Line {line} of {file}: {error.message}", next_step=error.next_step) from error
    return Imported(verdict, value["person"], value["reason"])


def _kind(text: str) -> Kind:
    for kind in get_args(Kind):
        if kind == text:
            return kind  # type: ignore[no-any-return]
    raise UsageError(f"There is no decision {text!r}.", next_step=f"Choose from {', '.join(KINDS)}.")


def decision_rows(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """Return decisions as rows of `COLUMNS`, images as SHA-256 in hexadecimal, with their numbers as `id`."""
    return [
        {
            "id": made.id,
            "decision": made.verdict.kind,
            "image": made.verdict.contents[0].hex(),
            "keeper": made.verdict.keeper.hex() if made.verdict.keeper else "",
            "other": " ".join(key.hex() for key in made.verdict.contents[1:]),
            "reason": made.reason,
            "person": made.person,
            "place": made.verdict.place or "",
            "at": f"{made.at:.3f}",
        }
        for made in decisions
    ]


def write_decisions(decisions: Iterable[Decision], file: TextIO) -> None:
    """Write decisions as CSV."""
    writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(decision_rows(decisions))
