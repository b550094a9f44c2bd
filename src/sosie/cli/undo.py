"""`sosie undo`."""

from __future__ import annotations

from typing import Annotated

import typer

from sosie.cli.options import KnownCatalogOption
from sosie.cli.review_options import JsonOption, YesOption, catalogue_file, files, say, tell_outcome
from sosie.errors import UsageError


def undo(
    run: Annotated[str | None, typer.Argument(help="The run to take back.", show_default=False)] = None,
    last: Annotated[bool, typer.Option("--last", help="The newest run that is not undone.")] = False,
    only: Annotated[list[str] | None, typer.Option(help="Only files that match this pattern; repeatable.")] = None,
    yes: YesOption = False,
    catalog: KnownCatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring back the files of a run, with their bytes, times, permissions and links; without --yes, only say which.

    A run or an undo that was interrupted is taken back just the same. Exit code 3: some files could not be restored.

    Example: sosie undo --last --yes
    """
    from sosie.cli.table import printable
    from sosie.review import undo_run
    from sosie.review.applying import last_run, to_undo
    from sosie.store.journal import Runs

    if (run is None) == (not last):
        raise UsageError("Name either a run or --last.", next_step="`sosie audit --runs` lists all runs.")
    runs = Runs.beside(catalogue_file(catalog))
    chosen = run or last_run(runs, say)
    patterns = tuple(only or ())
    if not yes:
        uris = to_undo(chosen, runs, only=patterns)
        for uri in uris:
            typer.echo(printable(uri))
        say(f"Run {chosen}: would restore {files(len(uris))}. Nothing was touched: --yes does it.")
        return
    outcome = undo_run(chosen, runs, only=patterns)
    tell_outcome(outcome, "Restored", as_json=as_json)
    raise typer.Exit(3 if outcome.refused else 0)
