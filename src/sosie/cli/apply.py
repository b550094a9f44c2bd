"""`sosie apply`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sosie.cli.options import CatalogOption
from sosie.cli.review_options import JsonOption, PersonOption, YesOption, catalogue_file, person_of, say, tell_outcome


def apply(
    plan: Annotated[Path, typer.Argument(help="A plan that `sosie plan` wrote.", show_default=False)],
    yes: YesOption = False,
    catalog: CatalogOption = None,
    person: PersonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Carry out a plan; without --yes, only read all its files and say what would happen.

    Before each file it and its keeper are read again and must be as they were reviewed. A run that was interrupted is
    finished by the same command; `sosie undo` takes it back. Exit code 3: some files were left as they are.

    Example: sosie apply plan.json --yes
    """
    from sosie.review import apply_plan, load_plan, rehearse
    from sosie.store.journal import Runs

    made = load_plan(plan)
    if yes:
        outcome = apply_plan(made, Runs.beside(catalogue_file(catalog)), person=person_of(person))
        tell_outcome(outcome, "Dropped", as_json=as_json)
        say(f"Run {outcome.run}. `sosie undo {outcome.run} --yes` takes it back.")
    else:
        outcome = rehearse(made)
        tell_outcome(outcome, "Would drop", as_json=as_json)
        say("Nothing was touched: --yes does it.")
    raise typer.Exit(3 if outcome.refused else 0)
