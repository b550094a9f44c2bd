"""Reviewing on a server: `sosie --server URL decide|plan|apply|undo|rules|export|audit ...`."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from sosie.cli.client import Client, part
from sosie.cli.decide import Images, content_of
from sosie.cli.export import ExportFormat
from sosie.cli.remote import JsonOption, server_of
from sosie.cli.review_options import ActionName, ReasonOption, YesOption, files, say
from sosie.cli.rules import FileArgument
from sosie.errors import NotFound, UsageError

_PAGE = 1000
_COLUMNS = ("decision", "image", "keeper", "other", "reason", "person", "place", "at")

decide = typer.Typer(
    help="Decide on images of a server. Decisions hang on content: name files of this machine, or SHA-256."
    "\n\nExample: sosie --server http://localhost:8000 decide keep poster.png",
    no_args_is_help=True,
    rich_markup_mode=None,
)
rules = typer.Typer(
    help="The server's keep rules.\n\nExample: sosie --server http://localhost:8000 rules test rules.toml",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@decide.command()
def keep(context: typer.Context, images: Images, reason: ReasonOption = "") -> None:
    """Keep these images: no rule drops them."""
    _record(context, [{"decision": "keep", "image": _key(image), "reason": reason} for image in images])


@decide.command()
def drop(
    context: typer.Context,
    images: Images,
    keeper: Annotated[str | None, typer.Option(help="The image in favour of which they go.")] = None,
    reason: ReasonOption = "",
) -> None:
    """Drop these images where a copy of them stays. Nothing is touched before `apply`."""
    favoured = _key(keeper) if keeper else ""
    rows = [{"decision": "drop", "image": _key(image), "keeper": favoured, "reason": reason} for image in images]
    _record(context, rows)


@decide.command()
def apart(context: typer.Context, images: Images, reason: ReasonOption = "") -> None:
    """Say that no two of these images are duplicates: no job puts them into one group again."""
    _record(context, [_joined("apart", images, reason)])


@decide.command()
def together(context: typer.Context, images: Images, reason: ReasonOption = "") -> None:
    """Take back that these images are no duplicates: the next job judges them afresh."""
    _record(context, [_joined("together", images, reason)])


@decide.command("open")
def reopen(context: typer.Context, images: Images, reason: ReasonOption = "") -> None:
    """Take back keep and drop: these images are asked about again."""
    _record(context, [{"decision": "open", "image": _key(image), "reason": reason} for image in images])


@decide.command("import")
def import_csv(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="A CSV file.", show_default=False)]
) -> None:
    """Take decisions from a CSV file, as docs/review.md has it; images are SHA-256, or URIs of the server's images."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}).", next_step="Check its name.") from error
    _send(context, data)


@decide.command("list")
def list_all(context: typer.Context, as_json: JsonOption = False) -> None:
    """List all decisions of the server, oldest first, as CSV that `sosie decide import` reads."""
    with Client(server_of(context)) as client:
        rows = list(_decisions(client))
    if as_json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    table = csv.DictWriter(sys.stdout, _COLUMNS)
    table.writeheader()
    for row in rows:
        first, *others = row["contents"]
        same = {name: row[name] for name in ("reason", "person")}
        named = {"decision": row["kind"], "image": first, "other": " ".join(others), "at": f"{row['at']:.3f}"}
        table.writerow({**same, **named, "keeper": row["keeper"] or "", "place": row["place"] or ""})


def _decisions(client: Client, content: str = "") -> Iterator[dict[str, Any]]:
    after: int | None = 0
    while after is not None:
        page = client.ask("GET", "/api/decisions", params={"after": after, "content": content, "limit": _PAGE})
        yield from page["decisions"]
        after = page["next"]


def _key(image: str) -> str:
    return content_of(image).hex()


def _joined(kind: str, images: list[str], reason: str) -> dict[str, str]:
    first, *others = (_key(image) for image in images)
    return {"decision": kind, "image": first, "other": " ".join(others), "reason": reason}


def _record(context: typer.Context, rows: list[dict[str, str]]) -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, _COLUMNS)
    table.writeheader()
    table.writerows(rows)
    _send(context, text.getvalue().encode())


def _send(context: typer.Context, data: bytes) -> None:
    with Client(server_of(context)) as client:
        found = client.ask("POST", "/api/decisions/import", files={"file": ("decisions.csv", data)})
    count = len(found["decisions"])
    say(f"{count:,} {'decision' if count == 1 else 'decisions'} recorded.")


def plan(
    context: typer.Context,
    result: Annotated[str, typer.Argument(help="A job whose result is planned.")] = "latest",
    method: Annotated[ActionName, typer.Option(help="What is to be done to dropped files.")] = ActionName.QUARANTINE,
    target: Annotated[str | None, typer.Option(help="The address of `webhook`.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Let the server write down what would happen to which file and why. Nothing is touched; the server keeps the plan.

    Example: sosie --server http://localhost:8000 plan
    """
    from sosie.cli.table import size

    with Client(server_of(context)) as client:
        made = client.ask("POST", "/api/plans", json={"result": result, "method": method.value, "target": target})
    if as_json:
        sys.stdout.write(json.dumps(made) + "\n")
        return
    for row in made["drops"]:
        typer.echo(f"drop  {row['uri']}  ({row['relation']}, by {row['by']}; keeper {row['keeper']})")
    for row in made["left"]:
        typer.echo(f"leave {row['uri']}  ({row['reason']})")
    more = made["total_drops"] + made["total_left"] - len(made["drops"]) - len(made["left"])
    if more:
        typer.echo(f"... and {more:,} more")
    say(f"{files(made['total_drops'])} to drop, {size(made['gain'])} to gain; {files(made['total_left'])} left.")
    say(f"Nothing was touched: `sosie --server {server_of(context)} apply {made['id']} --yes` does it.")


def apply(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(help="The id of a plan that the server keeps.", show_default=False)],
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Let the server carry out a plan; without --yes, only say how much it drops. Exit code 3: some files were left.

    Example: sosie --server http://localhost:8000 apply 0123456789abcdef --yes
    """
    with Client(server_of(context)) as client:
        made = _plan(client, plan)
        if not yes:
            if as_json:
                sys.stdout.write(json.dumps(made) + "\n")
            say(f"Would drop {files(made['total_drops'])}. Nothing was touched: --yes does it.")
            return
        run = client.ask("POST", f"/api/plans/{part(plan)}/apply", json={"confirm": made["total_drops"]})
    _tell(run, f"Dropped {files(run['done'])}.", as_json=as_json)
    say(f"Run {run['id']}. `sosie --server {server_of(context)} undo {run['id']} --yes` takes it back.")
    raise typer.Exit(3 if run["refused"] else 0)


def _plan(client: Client, plan: str) -> Any:
    try:
        return client.ask("GET", f"/api/plans/{part(plan)}")
    except NotFound as error:
        raise UsageError(f"The server has no plan {plan!r}.", next_step="`plan` makes one and says its id.") from error


def undo(
    context: typer.Context,
    run: Annotated[str | None, typer.Argument(help="The run to take back.", show_default=False)] = None,
    last: Annotated[bool, typer.Option("--last", help="The newest run that is not undone.")] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Let the server bring back the files of a run. Exit code 3: some files could not be restored.

    Example: sosie --server http://localhost:8000 undo --last --yes
    """
    if (run is None) == (not last):
        raise UsageError("Name either a run or --last.", next_step="`audit --runs` lists all runs.")
    with Client(server_of(context)) as client:
        rows = client.ask("GET", "/api/runs")["runs"]
        chosen = [row for row in rows if row["id"] == run or (last and row["done"] > row["undone"])]
        if not chosen:
            raise UsageError("There is no such run to take back.", next_step="`audit --runs` lists all runs.")
        if not yes:
            if as_json:
                sys.stdout.write(json.dumps(chosen[0]) + "\n")
            count = files(chosen[0]["done"] - chosen[0]["undone"])
            say(f"Run {chosen[0]['id']}: would restore {count}. Nothing was touched: --yes does it.")
            return
        made = client.ask("POST", f"/api/runs/{chosen[0]['id']}/undo")
    _tell(made, f"Restored {files(made['undone'])}.", as_json=as_json)
    raise typer.Exit(3 if made["refused"] else 0)


def _tell(run: dict[str, Any], line: str, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(run) + "\n")
        return
    typer.echo(line)
    for row in run["refused"]:
        typer.echo(f"  {row['reason']} {row['next_step']}")


@rules.command("test")
def try_out(context: typer.Context, file: FileArgument, as_json: JsonOption = False) -> None:
    """Show what these rules would change in the plan of the newest result. Nothing is touched."""
    with Client(server_of(context)) as client:
        found = client.ask("POST", "/api/results/latest/rules/test", json={"text": _text(file)})
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for row in found["rows"]:
        typer.echo(f"{row['change']}: {row['uri']}  ({row['why']}; keeper {row['keeper']})")
    say(f"{found['changed']:,} changes.")


@rules.command()
def use(context: typer.Context, file: FileArgument) -> None:
    """Put rules in force on the server."""
    with Client(server_of(context)) as client:
        client.ask("PUT", "/api/rules", json={"text": _text(file)})
    say("The rules are in force.")


@rules.command()
def show(context: typer.Context) -> None:
    """Show the rules in force on the server."""
    with Client(server_of(context)) as client:
        typer.echo(client.ask("GET", "/api/rules")["text"].rstrip())


def _text(file: Path) -> str:
    from sosie.review.rules import read_rules

    return read_rules(file)


def export(
    context: typer.Context,
    output: Annotated[Path, typer.Argument(help="The file to write; `urls` gives a ZIP.", show_default=False)],
    form: Annotated[
        ExportFormat | None, typer.Option("--format", help="What to write.", show_default="by the suffix")
    ] = None,
    result: Annotated[str, typer.Option(help="The job whose result is written.")] = "latest",
) -> None:
    """Write all groups of a server's result with what is decided: CSV, JSON, Parquet, one HTML page, or URLs to drop.

    Example: sosie --server http://localhost:8000 export groups.html
    """
    from sosie.review.exports import format_of

    kind = "urls" if output.suffix == ".zip" else format_of(output, form.value if form else None)
    with Client(server_of(context)) as client:
        data = client.data(f"/api/results/{part(result)}/export", {"format": kind})
    try:
        output.write_bytes(data)
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written ({error.strerror}).", next_step="Choose another place."
        ) from error
    say(f"{len(data):,} bytes written to {output}.")


def audit(
    context: typer.Context,
    image: Annotated[
        str | None, typer.Argument(help="A file of this machine or a SHA-256: what was decided.", show_default=False)
    ] = None,
    runs: Annotated[bool, typer.Option("--runs", help="List all runs.")] = False,
    deeds: Annotated[
        bool, typer.Option("--deeds", help="List who changed what over the network, newest first.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Tell what was decided on an image, and by whom; without one, what the newest job could not compare and why.

    Example: sosie --server http://localhost:8000 audit beach-small.jpg
    """
    with Client(server_of(context)) as client:
        if image is not None:
            rows = list(_decisions(client, _key(image)))
            shown = [f"{_when(row['at'])}  {row['kind']}, {row['person']}  {row['reason']}".rstrip() for row in rows]
        elif runs:
            rows = client.ask("GET", "/api/runs")["runs"]
            shown = [f"{r['id']}  {r['state']:<13}  {r['method']:<10}  {r['done']:,} done" for r in rows]
        elif deeds:
            rows = client.ask("GET", "/api/audit", params={"limit": _PAGE})["deeds"]
            shown = [f"{_when(r['at'])}  {r['person']}  {r['method']} {r['route']}  {r['status']}" for r in rows]
        else:
            rows = client.ask("GET", "/api/results/latest/skipped", params={"limit": _PAGE})["skipped"]
            shown = [f"{row['uri']}  ({row['reason']})" for row in rows]
    if as_json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    for line in shown:
        typer.echo(line)


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
