"""Options and words that the commands of reviewing share."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sosie.review import Outcome
    from sosie.store.catalogue import Catalogue


class ActionName(StrEnum):
    """The values of `--method` of `sosie plan`."""

    QUARANTINE = "quarantine"
    TRASH = "trash"
    HARDLINK = "hardlink"
    REFLINK = "reflink"
    LIST = "list"
    WEBHOOK = "webhook"


ReportOption = Annotated[
    Path | None, typer.Option("--report", help="Work on this report instead of the last scan.", show_default=False)
]
RulesOption = Annotated[Path | None, typer.Option("--rules", help="Keep rules.", show_default="those of the catalogue")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do it. Without this, nothing is touched.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Write the result as JSON to stdout.")]
PersonOption = Annotated[str | None, typer.Option("--by", help="Who decides.", show_default="the user's name")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why: kept with the decision.")]


@contextmanager
def catalogue_of(catalog: Path | None) -> Iterator[Catalogue]:
    """Open the catalogue that settings lead to."""
    from sosie.config import load_settings
    from sosie.store.catalogue import Catalogue

    with Catalogue.of(load_settings({"catalog": catalog})) as catalogue:
        yield catalogue


def catalogue_file(catalog: Path | None) -> Path:
    """Return the file of the catalogue that settings lead to."""
    from sosie.config import load_settings

    return load_settings({"catalog": catalog}).catalogue_path


def person_of(named: str | None) -> str:
    """Return who decides: as named, else the user of this process."""
    if named is not None:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in containers
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"


def say(text: str) -> None:
    """Write a line for people to stderr."""
    print(text, file=sys.stderr)


def write_json(value: Mapping[str, Any] | list[Any]) -> None:
    """Write a value for programs to stdout."""
    sys.stdout.write(json.dumps(value) + "\n")


def tell_outcome(outcome: Outcome, verb: str, *, as_json: bool, every: bool = False) -> None:
    """Say what came of a run, refusals grouped by what is to be done about them; for programs, all of it as JSON."""
    from sosie.cli.table import printable, size

    if as_json:
        refused = [{"uri": r.uri, "reason": r.reason, "next_step": r.next_step} for r in outcome.refused]
        write_json({"run": outcome.run, "done": outcome.done, "bytes": outcome.bytes, "refused": refused})
        return
    print(f"{verb} {files(len(outcome.done))}, {size(outcome.bytes)}.")
    shown = outcome.refused if every else outcome.refused[:20]
    for refusal in shown:
        print(f"  {printable(refusal.reason)} {printable(refusal.next_step)}")
    if len(shown) < len(outcome.refused):
        print(f"  ... and {len(outcome.refused) - len(shown):,} more: --json shows all.")


def files(count: int) -> str:
    """Return a number of files in words."""
    return f"{count:,} file" if count == 1 else f"{count:,} files"
