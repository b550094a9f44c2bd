"""What was found and decided, for spreadsheets, programs, data tools and shops."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import quote

from sosie.errors import UsageError
from sosie.review.choosing import choose
from sosie.review.desk import Desk
from sosie.review.rules import Rules

if TYPE_CHECKING:
    from sosie.review.page import Read

Format = Literal["csv", "json", "parquet", "html", "urls"]
FORMATS: tuple[Format, ...] = get_args(Format)
Role = Literal["keeper", "keep", "drop", "open"]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SUFFIXES: dict[str, Format] = {".csv": "csv", ".json": "json", ".parquet": "parquet", ".html": "html"}


@dataclass(frozen=True, slots=True)
class Row:
    """One grouped image: its group, what it is, and what decisions and rules make of it (`role`) and why.

    `open` images wait for a decision. `decided_by` and `decided_at` (ISO 8601) are empty where nobody decided.
    """

    group: str
    relation: str
    role: Role
    uri: str
    brand: str
    title: str
    sha256: str
    width: int
    height: int
    format: str
    bytes: int
    reason: str
    decided_by: str
    decided_at: str


def rows_of(desk: Desk, rules: Rules) -> list[Row]:
    """Return one row an image of every group, the keeper of each group first."""
    rows = []
    for group in desk.groups():
        chosen = choose(group, desk.facts, rules, desk.ways)
        found: list[tuple[Any, Role, str]] = [(chosen.stay[0][0], "keeper", chosen.stay[0][1])]
        found += [(member, "keep", reason) for member, reason in chosen.stay[1:]]
        found += [(going.member, "drop", going.by) for going in chosen.go]
        found += [(member, "open", reason) for member, reason in chosen.left]
        for member, role, reason in found:
            image, made = member.image, member.decision
            rows.append(
                Row(
                    group=group.key,
                    relation=group.group.relation,
                    role=role,
                    uri=image.uri,
                    brand=image.brand,
                    title=image.title,
                    sha256=image.sha256,
                    width=image.width,
                    height=image.height,
                    format=image.format,
                    bytes=image.bytes,
                    reason=reason,
                    decided_by=made.person if made else "",
                    decided_at=datetime.fromtimestamp(made.at, UTC).isoformat() if made else "",
                )
            )
    return rows


def format_of(path: Path, named: str | None = None) -> Format:
    """Return the named format, else the one that a file's suffix stands for. Raises `UsageError` for others."""
    found = named or _SUFFIXES.get(path.suffix.lower())
    for known in FORMATS:
        if known == found:
            return known
    what = f"{path} has no known suffix" if path.suffix else f"{path} does not say by its suffix what to write"
    raise UsageError(f"{what}.", next_step=f"Choose --format from {', '.join(FORMATS)}.")


def export(desk: Desk, rules: Rules, path: Path, kind: Format, *, brand: str = "", read: Read | None = None) -> int:
    """Write what was found and decided to a file (for `urls` a folder); return how many images it holds.

    With `brand` only groups in which it has an image, for `urls` only its own list. `read` gives the pictures of a page
    where they are no files of this machine.

    The pictures themselves are never changed. Raises `UsageError` when the file cannot be written.
    """
    rows = rows_of(desk, rules)
    if brand:
        its = {row.group for row in rows if row.brand == brand}
        rows = [row for row in rows if row.group in its and (kind != "urls" or row.brand == brand)]
    try:
        if kind == "urls":
            return _write_urls(rows, path)
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(_encoded(desk, rows, kind, read))
        part.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}).", next_step="Name another file.") from error
    return len(rows)


def _encoded(desk: Desk, rows: Sequence[Row], kind: Format, read: Read | None) -> bytes:
    match kind:
        case "csv":
            return _csv(rows)
        case "json":
            return json.dumps({"version": 1, "images": [asdict(row) for row in rows]}, indent=1).encode("ascii")
        case "parquet":
            return _parquet(rows)
        case _:
            from sosie.review.page import page, read_here

            return page(desk.report, rows, read or read_here).encode("utf-8", "backslashreplace")


def _csv(rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(Row.__slots__)
    for row in rows:
        writer.writerow([_harmless(value) for value in asdict(row).values()])
    return text.getvalue().encode("utf-8", "surrogateescape")


def _harmless(value: object) -> object:
    """Spreadsheets run what looks like a formula: a quote before it makes it text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _parquet(rows: Sequence[Row]) -> bytes:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow.", next_step="Run `pip install sosie[parquet]`.") from error
    values = [{name: _text(value) for name, value in asdict(row).items()} for row in rows]
    kinds = {"width": pyarrow.int32(), "height": pyarrow.int32(), "bytes": pyarrow.int64()}
    schema = pyarrow.schema([(name, kinds.get(name, pyarrow.string())) for name in Row.__slots__])
    file = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(values, schema=schema), file)
    return file.getvalue()


def _text(value: object) -> object:
    """Parquet holds UTF-8 only: other bytes of a name become \\xNN."""
    return (
        value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        if isinstance(value, str)
        else value
    )


def _write_urls(rows: Sequence[Row], folder: Path) -> int:
    """Write one list a brand: what is to go, a URI a line."""
    folder.mkdir(parents=True, exist_ok=True)
    brands: dict[str, list[str]] = {}
    for row in rows:
        if row.role == "drop":
            brands.setdefault(row.brand, []).append(row.uri)
    taken: set[str] = set()
    for brand, uris in sorted(brands.items()):
        name = re.sub(r"[^\w.-]+", "-", brand, flags=re.ASCII).strip(".-") or "no-brand"
        while name.casefold() in taken:
            name += "-2"
        taken.add(name.casefold())
        lines = "".join(f"{_line(uri)}\n" for uri in sorted(uris))
        (folder / f"{name}.txt").write_bytes(lines.encode("utf-8", "surrogateescape"))
    return sum(map(len, brands.values()))


def _line(uri: str) -> str:
    """Give a URI as one line: the path of a file whose name has a line break becomes a file URL (RFC 8089)."""
    return f"file://{quote(os.fsencode(uri))}" if "\n" in uri or "\r" in uri else uri
