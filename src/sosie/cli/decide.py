"""`sosie decide`."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sosie.cli.options import CatalogOption, KnownCatalogOption
from sosie.cli.review_options import JsonOption, PersonOption, ReasonOption, catalogue_of, person_of, say, write_json
from sosie.errors import UsageError

if TYPE_CHECKING:
    from sosie.store.decisions import Verdict

decide = typer.Typer(
    help="Decide what is kept, what goes, and what is no duplicate. Decisions hang on content, not on names."
    "\n\nExample: sosie decide keep poster.png",
    no_args_is_help=True,
)
Images = Annotated[list[str], typer.Argument(help="Files, or SHA-256 in hexadecimal.", show_default=False)]


@decide.command()
def keep(
    images: Images, reason: ReasonOption = "", person: PersonOption = None, catalog: KnownCatalogOption = None
) -> None:
    """Keep these images: no rule drops them.

    Example: sosie decide keep poster.png --reason "the master"
    """
    from sosie.store.decisions import Verdict

    _record([Verdict("keep", (content_of(image),), None, _place(image)) for image in images], person, reason, catalog)


@decide.command()
def drop(
    images: Images,
    keeper: Annotated[str | None, typer.Option(help="The image in favour of which they go.")] = None,
    reason: ReasonOption = "",
    person: PersonOption = None,
    catalog: KnownCatalogOption = None,
) -> None:
    """Drop these images where a copy of them stays. Nothing is touched before `sosie apply`.

    Example: sosie decide drop poster-small.png --keeper poster.png
    """
    from sosie.store.decisions import Verdict

    favoured = content_of(keeper) if keeper else None
    verdicts = []
    for image in images:
        content = content_of(image)
        if keeper and _place(image) is not None and _place(image) == _place(keeper):
            raise UsageError(f"{image} cannot go in favour of itself.", next_step="Name another --keeper, or none.")
        verdicts.append(Verdict("drop", (content,), favoured, _place(image) if content == favoured else None))
    _record(verdicts, person, reason, catalog)


@decide.command()
def apart(
    images: Images, reason: ReasonOption = "", person: PersonOption = None, catalog: KnownCatalogOption = None
) -> None:
    """Say that no two of these images are duplicates: no scan puts them into one group again.

    Example: sosie decide apart blue-tie.jpg black-tie.jpg
    """
    from sosie.store.decisions import Verdict

    _record([Verdict("apart", tuple({content_of(image): None for image in images}))], person, reason, catalog)


@decide.command()
def together(
    images: Images, reason: ReasonOption = "", person: PersonOption = None, catalog: KnownCatalogOption = None
) -> None:
    """Take back that these images are no duplicates: the next scan judges them afresh.

    Example: sosie decide together blue-tie.jpg blue-tie-small.jpg
    """
    from sosie.store.decisions import Verdict

    _record([Verdict("together", tuple({content_of(image): None for image in images}))], person, reason, catalog)


@decide.command("open")
def reopen(
    images: Images, reason: ReasonOption = "", person: PersonOption = None, catalog: KnownCatalogOption = None
) -> None:
    """Take back keep and drop: these images are asked about again.

    Example: sosie decide open poster.png
    """
    from sosie.store.decisions import Verdict

    _record([Verdict("open", (content_of(image),)) for image in images], person, reason, catalog)


@decide.command("import")
def import_csv(
    file: Annotated[Path, typer.Argument(help="A CSV file.", show_default=False)],
    reason: ReasonOption = "",
    person: PersonOption = None,
    catalog: CatalogOption = None,
) -> None:
    """Take decisions from a CSV file with the columns decision, image, keeper, other, reason, person.

    Images are files or SHA-256; of a file with a bad row nothing is taken. docs/review.md shows an example.

    Example: sosie decide import decisions.csv
    """
    from sosie.review.importing import read_decisions
    from sosie.store.decisions import Decisions

    rows = read_decisions(file, content_of, _place)
    with catalogue_of(catalog) as catalogue:
        decisions = Decisions(catalogue)
        for row in rows:
            decisions.record(
                [row.verdict], person=row.person or person_of(person), now=time.time(), reason=row.reason or reason
            )
    say(f"{len(rows):,} decisions recorded.")


@decide.command("list")
def list_all(catalog: KnownCatalogOption = None, as_json: JsonOption = False) -> None:
    """List all decisions, oldest first, as CSV that `sosie decide import` reads.

    Example: sosie decide list > decisions.csv
    """
    from sosie.review.importing import decision_rows, write_decisions
    from sosie.store.decisions import Decisions

    with catalogue_of(catalog) as catalogue:
        made = Decisions(catalogue).since(0, most=sys.maxsize)
    if as_json:
        write_json(
            [{**row, "at": datetime.fromtimestamp(float(row["at"]), UTC).isoformat()} for row in decision_rows(made)]
        )
    else:
        write_decisions(made, sys.stdout)


def _record(verdicts: list[Verdict], person: str | None, reason: str, catalog: Path | None) -> None:
    from sosie.store.decisions import Decisions

    with catalogue_of(catalog) as catalogue:
        Decisions(catalogue).record(verdicts, person=person_of(person), now=time.time(), reason=reason)
    say(f"{len(verdicts):,} {'decision' if len(verdicts) == 1 else 'decisions'} recorded.")


def content_of(image: str) -> bytes:
    """Return the SHA-256 that a file has, or that is written out. Raises `UsageError` for neither."""
    if re.fullmatch("[0-9a-fA-F]{64}", image) and not Path(image).exists():
        return bytes.fromhex(image)
    try:
        with Path(image).open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except (OSError, ValueError) as error:  # ValueError: a NUL, which no name has
        from sosie.cli.table import printable

        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(
            f"{printable(image)} is neither a file that can be read nor a SHA-256 ({why}).", next_step="Check the path."
        ) from error


def _place(image: str) -> str | None:
    return os.path.abspath(image) if os.path.exists(image) else None
