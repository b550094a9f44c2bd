"""`sosie models`: list, download, verify and import the models that embed images."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sosie.fingerprints.embedders.files import ModelFiles
    from sosie.fingerprints.embedders.model import Model

app = typer.Typer(
    help="The models that tell what looks alike: list, download, verify, import.\n\nExample: sosie models list",
    no_args_is_help=True,
    rich_markup_mode=None,
)

NameArgument = Annotated[str, typer.Argument(help="Name of the model, as listed.", show_default="clip-vit-b32")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")]


@app.command("list")
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="Write the list as JSON to stdout.")] = False,
) -> None:
    """List all models, where each comes from, and whether it is here.

    Example: sosie models list
    """
    from sosie.fingerprints.embedders.registry import MODELS

    rows = [_row(model, _files()) for model in MODELS.values()]
    if as_json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("model", "here", "MB", "dims", "threshold", "licence", "about"):
        table.add_column(column, overflow="fold", no_wrap=column != "about")
    for row in rows:
        size = f"{row['bytes'] / 1e6:.0f}" if row["bytes"] else ""
        values = (row["name"], row["here"] or "no", size, str(row["dims"]), f"{row['threshold']:.2f}")
        table.add_row(*values, row["licence"], row["about"])
    Console(highlight=False).print(table)


def _row(model: Model, files: ModelFiles) -> dict[str, Any]:
    found = files.find(model)
    return {
        "name": model.name,
        "here": found.origin if found else "",
        "path": str(found.path) if found else "",
        "repository": model.repository,
        "revision": model.revision,
        "file": model.file.path,
        "bytes": model.file.size,
        "sha256": (found and found.sha256) or model.file.sha256,
        "precision": model.precision,
        "dims": model.dims,
        "threshold": model.threshold,
        "licence": model.licence,
        "text": model.text is not None,
        "about": model.about,
    }


@app.command()
def download(
    name: NameArgument = "clip-vit-b32",
    text: Annotated[bool, typer.Option("--text", help="Also what sosie search needs.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Download a model and check its bytes; nothing is downloaded twice.

    Example: sosie models download clip-vit-b32 --text
    """
    from sosie.fingerprints.embedders.registry import find_model
    from sosie.fingerprints.embedders.text import text_files

    model, files = find_model(name), _files(quiet=quiet)
    found = files.obtain(model)
    typer.echo(found.path)
    if not model.file.sha256:
        said = f"No digest of {model.name} is published here: it must stay what it is now (SHA-256 {found.sha256})."
        typer.echo(said, err=True)
    if text:
        for path in text_files(model, files):
            typer.echo(path)


@app.command()
def verify(
    name: Annotated[str | None, typer.Argument(help="Name of one model; all that are here by default.")] = None,
) -> None:
    """Read the files of models again and compare them with their digests. Exits with 1 when one differs.

    The digest is the pinned one, that of the hub for the pinned commit, or that of the file when it was read first.

    Example: sosie models verify
    """
    from sosie.fingerprints.embedders.registry import MODELS, find_model

    files, good = _files(), True
    for model in [find_model(name)] if name else MODELS.values():
        found = files.find(model)
        if found is None:
            if name:
                typer.echo(f"{model.name}: not here")
                good = False
            continue
        holds = files.verify(found)
        good &= holds
        typer.echo(f"{model.name}: {'good' if holds else 'DAMAGED, download or import it again'} ({found.path})")
    raise typer.Exit(0 if good else 1)


@app.command("import")
def import_model(
    name: Annotated[str, typer.Argument(help="The model that the file is of.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="An ONNX file.", show_default=False)],
) -> None:
    """Use a file of yours as a model: for SSCD, which nobody publishes as ONNX, or where there is no network.

    The file is copied, loaded and tried on a picture. Its vectors get a space of their own, named by its digest.

    Example: sosie models import sscd sscd_disc_mixup.onnx
    """
    from sosie.fingerprints.embedders.clip import ClipBackend
    from sosie.fingerprints.embedders.files import ModelFiles
    from sosie.fingerprints.embedders.registry import find_model

    model, files = find_model(name), _files()
    files.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files.folder) as folder:  # what was imported before stays until this is tried
        trial = ModelFiles(Path(folder) / "models")
        copied = trial.bring(model, file)
        ClipBackend(model=model, files=trial).open().close()
        found = files.bring(model, copied.path)
    typer.echo(f"{model.name}: {found.path}")


def _files(*, quiet: bool = True) -> ModelFiles:
    from sosie.config import load_settings
    from sosie.fingerprints.embedders.chain import model_files

    return model_files(load_settings(), quiet=quiet)
