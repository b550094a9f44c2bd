"""`sosie plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sosie.cli.options import KnownCatalogOption
from sosie.cli.review_options import (
    ActionName,
    JsonOption,
    ReportOption,
    RulesOption,
    catalogue_of,
    files,
    say,
)
from sosie.errors import UsageError

if TYPE_CHECKING:
    from sosie.review import Plan


def plan(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="The paths of a scan.", show_default="those of the last one")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the plan to this file.")] = None,
    catalog: KnownCatalogOption = None,
    report: ReportOption = None,
    rules: RulesOption = None,
    method: Annotated[ActionName, typer.Option(help="What is to be done to dropped files.")] = ActionName.QUARANTINE,
    quarantine: Annotated[
        Path | None,
        typer.Option(
            help="Folder on the same volume to hold it.", show_default=".sosie-quarantine in the scanned folder"
        ),
    ] = None,
    target: Annotated[str | None, typer.Option(help="The file of `list`, the address of `webhook`.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write down what would happen to which file and why. Nothing is touched.

    Decisions count first, then the keep rules; groups of copies and identical files are planned without asking, all
    other relations only as somebody decided. `sosie apply PLAN` carries it out.

    Example: sosie plan --output plan.json
    """
    from sosie.review import open_desk, rules_in_force

    _check_target(method, target)
    with catalogue_of(catalog) as catalogue:
        desk = open_desk(catalogue, report=report, paths=paths or ())
        folder = str(quarantine.absolute()) if quarantine else None
        destination = str(Path(target).absolute()) if target and method is ActionName.LIST else target
        made = desk.plan(
            rules_in_force(catalogue.path, rules), method=method.value, quarantine=folder, target=destination
        )
        waiting = len(desk.open_groups())
    if output:
        _write(output, made)
    if as_json:
        typer.echo(made.to_json(), nl=False)
    else:
        _show(made, waiting, output)


def _check_target(method: ActionName, target: str | None) -> None:
    if (method in (ActionName.LIST, ActionName.WEBHOOK)) != (target is not None):
        raise UsageError(
            f"--method {method.value} {'takes no' if target else 'needs a'} --target.",
            next_step="`list` takes a file, `webhook` an address.",
        )


def _write(path: Path, made: Plan) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(made.to_json(), encoding="ascii")
        part.replace(path)
    except OSError as error:
        raise UsageError(f"The plan cannot be written to {path} ({error.strerror}).") from error


def _show(made: Plan, waiting: int, output: Path | None) -> None:
    from sosie.cli.table import printable, size

    for group in made.groups:
        for keep in group.keeps:
            print(f"keep  {printable(keep.uri)}  ({printable(keep.reason)})")
        for drop in group.drops:
            print(f"drop  {printable(drop.uri)}  ({drop.relation}, by {printable(drop.by)})")
        for left in group.left:
            print(f"leave {printable(left.uri)}  ({printable(left.reason)})")
        print()
    say(f"{files(len(made.drops))} to drop, {size(made.gain)} to gain; {files(len(made.left))} left as they are.")
    if waiting:
        say(f"{waiting:,} {'group is' if waiting == 1 else 'groups are'} not decided on.")
    if output:
        say(f"Nothing was touched. `sosie apply {output}` rehearses it, `sosie apply {output} --yes` does it.")
    else:
        say("Nothing was touched, and nothing written: --output PLAN keeps the plan.")
