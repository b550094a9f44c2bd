"""`sosie export`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sosie.cli.options import KnownCatalogOption
from sosie.cli.review_options import ReportOption, RulesOption, catalogue_of, say


class ExportFormat(StrEnum):
    """The values of `--format`."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    HTML = "html"
    URLS = "urls"


def export(
    output: Annotated[Path, typer.Argument(help="The file to write; for `urls` a folder.", show_default=False)],
    form: Annotated[
        ExportFormat | None, typer.Option("--format", help="What to write.", show_default="by the suffix")
    ] = None,
    catalog: KnownCatalogOption = None,
    report: ReportOption = None,
    rules: RulesOption = None,
) -> None:
    """Write all groups with what is decided and planned: CSV, JSON, Parquet, one HTML page, or URLs to drop by brand.

    The page holds thumbnails and opens without a network. The pictures themselves are never changed.

    Example: sosie export groups.html
    """
    from sosie.review import open_desk, rules_in_force
    from sosie.review.exports import export as write
    from sosie.review.exports import format_of

    kind = format_of(output, form.value if form else None)
    with catalogue_of(catalog) as catalogue:
        desk = open_desk(catalogue, report=report)
        count = write(desk, rules_in_force(catalogue.path, rules), output, kind)
    say(f"{count:,} images written to {output}.")
