"""`sosie rules`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from sosie.cli.options import KnownCatalogOption
from sosie.cli.review_options import JsonOption, ReportOption, RulesOption, catalogue_of, say, write_json
from sosie.errors import UsageError

rules = typer.Typer(
    help="Keep rules: see what a change would change, and put it in force.\n\nExample: sosie rules test rules.toml",
    no_args_is_help=True,
)
FileArgument = Annotated[Path, typer.Argument(help="A file of rules.", show_default=False)]


@rules.command("test")
def try_out(
    file: FileArgument,
    catalog: KnownCatalogOption = None,
    report: ReportOption = None,
    against: RulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what these rules would change in the plan, against those in force (or --rules). Nothing is touched.

    Example: sosie rules test rules.toml
    """
    from sosie.review import load_rules, open_desk, rules_in_force
    from sosie.review.planning import changes

    candidate = load_rules(file)
    with catalogue_of(catalog) as catalogue:
        desk = open_desk(catalogue, report=report)
        found = changes(desk.plan(rules_in_force(catalogue.path, against)), desk.plan(candidate))
    if as_json:
        write_json(found)
        return
    from sosie.cli.table import printable

    for kind, rows in found.items():
        for row in rows:
            print(f"{kind}: {printable(row['uri'])}  ({printable(row['why'])}; keeper {printable(row['keeper'])})")
    say(", ".join(f"{len(rows):,} {kind}" for kind, rows in found.items()) + ".")


@rules.command()
def use(file: FileArgument, catalog: KnownCatalogOption = None) -> None:
    """Put a file of rules in force for this catalogue, after checking it.

    Example: sosie rules use rules.toml
    """
    from sosie.review import load_rules, rules_path

    load_rules(file)
    with catalogue_of(catalog) as catalogue:
        target = rules_path(catalogue.path)
    part = target.with_name(f"{target.name}.part")
    try:
        shutil.copyfile(file, part)
        part.replace(target)
    except OSError as error:
        why = "it is this very file" if isinstance(error, shutil.SameFileError) else error.strerror
        raise UsageError(f"{target} cannot be written ({why}).", next_step="Check its permissions.") from error
    say(f"{file} is in force.")


@rules.command()
def show(catalog: KnownCatalogOption = None) -> None:
    """Write the rules in force to stdout.

    Example: sosie rules show > rules.toml
    """
    from sosie.review.desk import rules_text

    with catalogue_of(catalog) as catalogue:
        typer.echo(rules_text(catalogue.path), nl=False)
