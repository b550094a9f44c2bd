"""The report as people read it in a terminal."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sosie.report import ImageRecord, Report
from sosie.types import Group, Relation
from sosie.wording import Links

_GROUPS = 25
_MEMBERS = 8
_REASONS = 6
_FACTS = 24
"""Columns that the mark, the pixels and the size of an image take."""
_WHY = 36
"""Columns that the words on an image need beside its name, or they go below it."""


def print_report(report: Report, *, every: bool = False, console: Console | None = None) -> None:
    """Print groups with the image to keep, what was skipped, and a summary; all of them with `every`."""
    console = console or Console(file=sys.stdout, highlight=False)
    root = _common_folder(image.uri for image in report.images)
    groups = sorted(report.groups, key=lambda group: (-group.gain, group.id))
    shown = groups if every else groups[:_GROUPS]
    if shown:
        _print_groups(console, report, shown, root, every=every)
    if len(shown) < len(groups):
        console.print(
            f"[dim]... and {len(groups) - len(shown):,} more groups: --all shows them, --report keeps them.[/]"
        )
    _print_skipped(console, report, every=every)
    _print_links(console, report)
    _print_summary(console, report, root)


def _print_groups(console: Console, report: Report, groups: Sequence[Group], root: str, *, every: bool) -> None:
    names = {image.id: _name(image, root) for image in report.images}
    links = Links(report)
    longest = max((len(names[member]) for group in groups for member in _members(group, every)), default=0)
    wide = console.width - longest - _FACTS >= _WHY
    for number, group in enumerate(groups, 1):
        gain = f", {size(group.gain)} to gain" if group.gain else ""
        console.print(f"[bold]{number}  {group.relation}{gain}[/]")
        table = Table(pad_edge=False, box=None, show_header=False, padding=(0, 1, 0, 0))
        table.add_column("mark", width=3, justify="right")
        table.add_column("image", overflow="fold", min_width=longest if wide else None)
        for member in _members(group, every):
            kept = member == group.keeper
            words = f"keep: {group.reason}" if kept else links.why(member, group.keeper)
            name = Text(names[member], "green" if kept else "")
            for row in _rows(name, report.images[member], words, wide=wide):
                table.add_row(Text("●" if kept and row[0] is name else "", "green"), *row)
        console.print(table)
        left = len(group.members) - len(_members(group, every))
        console.print(f"    [dim]... and {left:,} more[/]\n" if left else "")


def _members(group: Group, every: bool) -> list[int]:
    rest = [member for member in group.members if member != group.keeper]
    return [group.keeper, *(rest if every else rest[:_MEMBERS])]


def _rows(name: Text, image: ImageRecord, words: str, *, wide: bool) -> list[tuple[Text | Padding, ...]]:
    """Return one row of four cells where there is room, else two rows of one: the name, and what is said of it."""
    pixels, weight = f"{image.width}×{image.height}", size(image.bytes)
    if wide:
        return [(name, Text(f"{pixels:>11}", "dim"), Text(f"{weight:>7}", "dim"), Text(words))]
    return [(name,), (Padding(Text.assemble((f"{pixels}  {weight}  ", "dim"), words), (0, 0, 0, 2)),)]


def _name(image: ImageRecord, root: str) -> str:
    return printable(os.path.relpath(image.uri, root) if root else image.uri)


def _print_skipped(console: Console, report: Report, *, every: bool) -> None:
    if not report.skipped:
        return
    console.print(f"[yellow]{len(report.skipped):,} skipped[/]")
    if every:
        for skipped in report.skipped:
            console.print(f"  {escape(printable(skipped.uri))} {escape(skipped.reason)}", soft_wrap=True)
        return
    reasons = Counter(skipped.reason for skipped in report.skipped)
    example = {skipped.reason: skipped.uri for skipped in reversed(report.skipped)}
    for reason, count in reasons.most_common(_REASONS):
        name = Path(example[reason]).name
        more = "" if count == 1 else f" and {count - 1:,} more"
        console.print(f"  {escape(printable(name))}{more}: {escape(reason)}", soft_wrap=True)
    if len(reasons) > _REASONS:
        console.print("  [dim]... --all shows every one.[/]")


def _print_links(console: Console, report: Report) -> None:
    counts = Counter(edge.relation for edge in report.edges)
    links: dict[Relation, str] = {
        "contains": "one image stands inside the other",
        "variant": "one product in two colours or patterns",
        "scene": "two photographs of one scene",
    }
    for relation, words in links.items():
        if many := counts[relation]:
            console.print(f"{many:,} {'pair' if many == 1 else 'pairs'} not grouped: {words}. --report names them.")


def _print_summary(console: Console, report: Report, root: str) -> None:
    apart = Counter(image.compared for image in report.images if image.compared != "yes")
    for how, count in sorted(apart.items()):
        images = _count(count, f"{how} image was", f"{how} images were")
        console.print(f"[dim]{images} compared for equality only.[/]")
    duplicates = [group for group in report.groups if group.relation != "similar"]
    copies = sum(len(group.members) - 1 for group in duplicates)
    seconds = report.timings.get("total", 0.0)
    where = f" in {escape(printable(root))}" if root else ""
    found = "no duplicates"
    if copies:
        many = f"{_count(len(duplicates), 'group')}[/] with {_count(copies, 'copy', 'copies')} to spare"
        found = f"[bold]{many}, [bold]{size(report.gain)}[/] to gain"
    images = _count(len(report.images), "image")
    if alike := len(report.groups) - len(duplicates):
        found += f"; {_count(alike, 'group')} of pictures that look alike"
    console.print(f"\n[bold]{images}[/]{where}: {found}. {seconds:.1f} s.")
    for fallback in report.fallbacks:
        console.print(f"[yellow]{escape(fallback)}[/]", soft_wrap=True)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def printable(text: str) -> str:
    """Return a name as a terminal can show it: bytes that are no text as \\xNN, control characters escaped."""
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    if "\udc80" <= char <= "\udcff":  # one byte that is no UTF-8 (PEP 383)
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode()


def size(count: int) -> str:
    """Return a number of bytes in the unit that people read best."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def _common_folder(uris: Iterable[str]) -> str:
    folders = {str(Path(uri).parent) for uri in uris}
    try:
        return os.path.commonpath(folders) if folders else ""
    except ValueError:
        return ""
