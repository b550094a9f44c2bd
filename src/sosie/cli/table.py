"""The report as people read it in a terminal."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sosie.report import ImageRecord, Report
from sosie.types import Edge, Group

_GROUPS = 25
_MEMBERS = 8
_REASONS = 6


def print_report(report: Report, *, every: bool = False) -> None:
    """Print groups with the image to keep, what was skipped, and a summary; all of them with `every`."""
    console = Console(file=sys.stdout, highlight=False)
    root = _common_folder(image.uri for image in report.images)
    groups = sorted(report.groups, key=lambda group: (-group.gain, group.id))
    shown = groups if every else groups[:_GROUPS]
    if shown:
        console.print(_table(report, shown, root, every=every))
    if len(shown) < len(groups):
        console.print(
            f"[dim]... and {len(groups) - len(shown):,} more groups: --all shows them, --report keeps them.[/]"
        )
    _print_skipped(console, report, every=every)
    _print_links(console, report)
    _print_summary(console, report, root)


def _table(report: Report, groups: Iterable[Group], root: str, *, every: bool) -> Table:
    table = Table(pad_edge=False, box=None, show_header=False, padding=(0, 1))
    table.add_column("image", overflow="fold", ratio=5)
    table.add_column("pixels", justify="right", no_wrap=True, style="dim")
    table.add_column("size", justify="right", no_wrap=True, style="dim")
    table.add_column("why", overflow="fold", ratio=4)
    edges = {(edge.a, edge.b): edge for edge in report.edges}
    for number, group in enumerate(groups, 1):
        rest = [member for member in group.members if member != group.keeper]
        cut = rest if every else rest[:_MEMBERS]
        gain = f"[bold]{size(group.gain)} to gain[/]" if group.gain else ""
        table.add_row(f"[bold]{number}  {group.relation}[/]", "", "", gain)
        table.add_row(*_cells(report.images[group.keeper], root, "●", "green"), f"keep: {escape(group.reason)}")
        for member in cut:
            words = why(edges.get((min(member, group.keeper), max(member, group.keeper))))
            table.add_row(*_cells(report.images[member], root, " ", ""), escape(words))
        if len(cut) < len(rest):
            table.add_row(f"    [dim]... and {len(rest) - len(cut):,} more[/]", "", "", "")
        table.add_row("", "", "", "")
    return table


def _cells(image: ImageRecord, root: str, mark: str, style: str) -> tuple[Padding, str, str]:
    name = Text(f"{mark} {printable(os.path.relpath(image.uri, root) if root else image.uri)}", style, overflow="fold")
    return Padding(name, (0, 0, 0, 2)), f"{image.width}×{image.height}", size(image.bytes)


def why(edge: Edge | None) -> str:
    """Return in a few words what makes an image a copy of the keeper of its group."""
    if edge is None:
        return "a copy of another one here"
    evidence = edge.evidence
    if evidence.equal:
        return f"the same {evidence.equal}"
    if evidence.edits:
        return ", ".join(edit.text for edit in evidence.edits)
    if evidence.pdq_distance is None:
        return "the same picture"
    turned = "" if evidence.orientation in (None, "same") else f"{evidence.orientation}, "
    return f"{turned}hashes {evidence.pdq_distance} of 256 bits apart"


def _print_skipped(console: Console, report: Report, *, every: bool) -> None:
    if not report.skipped:
        return
    console.print(f"\n[yellow]{len(report.skipped):,} skipped[/]")
    if every:
        for skipped in report.skipped:
            console.print(f"  {escape(printable(skipped.uri))} {escape(skipped.reason)}", soft_wrap=True)
        return
    reasons = Counter(skipped.reason for skipped in report.skipped)
    example = {skipped.reason: skipped.uri for skipped in reversed(report.skipped)}
    for reason, count in reasons.most_common(_REASONS):
        name = os.path.basename(example[reason])
        more = "" if count == 1 else f" and {count - 1:,} more"
        console.print(f"  {escape(printable(name))}{more}: {escape(reason)}", soft_wrap=True)
    if len(reasons) > _REASONS:
        console.print("  [dim]... --all shows every one.[/]")


def _print_links(console: Console, report: Report) -> None:
    counts = Counter(edge.relation for edge in report.edges)
    links = {"contains": "stands inside another", "variant": "are variants", "scene": "show the same scene"}
    for relation, words in links.items():
        if counts[relation]:  # type: ignore[index]
            many = counts[relation]  # type: ignore[index]
            console.print(f"{many:,} {'pair' if many == 1 else 'pairs'} that {words}: not grouped, see the report.")


def _print_summary(console: Console, report: Report, root: str) -> None:
    apart = Counter(image.compared for image in report.images if image.compared != "yes")
    for how, count in sorted(apart.items()):
        console.print(f"[dim]{count:,} {how} images were compared for equality only.[/]")
    copies = sum(len(group.members) - 1 for group in report.groups)
    seconds = report.timings.get("total", 0.0)
    console.print(
        f"\n[bold]{len(report.images):,} images[/] in {escape(printable(root)) or '.'}: "
        f"[bold]{len(report.groups):,} groups[/], {copies:,} superfluous copies, "
        f"[bold]{size(report.gain)}[/] to gain. {seconds:.1f} s."
    )
    for fallback in report.fallbacks:
        console.print(f"[yellow]{escape(fallback)}[/]")


def printable(text: str) -> str:
    """Return a name as a terminal can show it: bytes that are no text as \\xNN, control characters escaped."""
    shown = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)


def size(count: int) -> str:
    """Return a number of bytes in the unit that people read best."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def _common_folder(uris: Iterable[str]) -> str:
    folders = {os.path.dirname(uri) for uri in uris}
    try:
        return os.path.commonpath(folders) if folders else ""
    except ValueError:
        return ""
