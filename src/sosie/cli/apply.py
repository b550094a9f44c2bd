"""`sosie apply`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sosie.cli.options import KnownCatalogOption
from sosie.cli.review_options import (
    JsonOption,
    PersonOption,
    YesOption,
    catalogue_file,
    catalogue_of,
    person_of,
    say,
    tell_outcome,
)

if TYPE_CHECKING:
    from sosie.review import Plan
    from sosie.store.catalogue import Catalogue


def apply(
    plan: Annotated[Path, typer.Argument(help="A plan that `sosie plan` wrote.", show_default=False)],
    yes: YesOption = False,
    catalog: KnownCatalogOption = None,
    person: PersonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Carry out a plan; without --yes, only read all its files and say what would happen.

    Before each file it and its keeper are read again and must be as they were reviewed, and nobody may have decided
    otherwise since. A run that was interrupted is finished by the same command; `sosie undo` takes it back. Exit code
    3: some files were left as they are.

    Example: sosie apply plan.json --yes
    """
    from sosie.review import apply_plan, load_plan, rehearse
    from sosie.store.decisions import Decisions
    from sosie.store.journal import Runs

    made = load_plan(plan)
    with catalogue_of(catalog) as catalogue, _reader(made, catalogue, catalog) as reread:
        decisions = Decisions(catalogue)
        if yes:
            runs = Runs.beside(catalogue_file(catalog))
            try:
                outcome = apply_plan(made, runs, person=person_of(person), reread=reread, decisions=decisions)
            except KeyboardInterrupt as error:
                begun = runs.of_plan(made.key)
                name = begun.run if begun else "--last"
                say(f"sosie: stopped; the same command goes on, `sosie undo {name} --yes` takes back what was done.")
                raise typer.Exit(130) from error
        else:
            outcome = rehearse(made, reread=reread, decisions=decisions)
    tell_outcome(outcome, "Dropped" if yes else "Would drop", as_json=as_json)
    if yes:
        say(f"Run {outcome.run}. `sosie undo {outcome.run} --yes` takes it back.")
    else:
        say("Nothing was touched: --yes does it.")
    raise typer.Exit(3 if outcome.refused else 0)


@contextmanager
def _reader(plan: Plan, catalogue: Catalogue, catalog: Path | None) -> Iterator[Callable[[str], str] | None]:
    """Give what reads the images of a plan that are elsewhere; None for plans of files."""
    if plan.method not in ("list", "webhook"):
        yield None
        return
    from sosie.config import load_settings
    from sosie.pipeline.rereading import Rereader

    with Rereader(catalogue, load_settings({"catalog": catalog})) as reread:
        yield reread
