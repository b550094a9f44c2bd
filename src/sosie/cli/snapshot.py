"""`sosie snapshot`: what to attach to a report of a bug."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from sosie.cli.options import KnownCatalogOption


def snapshot(
    job: Annotated[
        str, typer.Argument(help="The job's id, as in the interface or `sosie --server URL jobs`.", show_default=False)
    ],
    catalog: KnownCatalogOption = None,
) -> None:
    """Write a job's parameters, versions, timings, counts and last errors as JSON: no images, names or secrets.

    Example: sosie snapshot 0192f0c1 > snapshot.json
    """
    from sosie.config import load_settings
    from sosie.server.views.snapshot import snapshot_of
    from sosie.store.catalogue import Catalogue
    from sosie.store.jobs import Jobs
    from sosie.store.results import load_result

    settings = load_settings({"catalog": catalog})
    with Catalogue.of(settings) as catalogue:
        row = Jobs(catalogue).get(job)
        report = load_result(catalogue, row.id) if row.state == "done" else None
        found = snapshot_of(row, report, settings, catalogue.counts())
    json.dump(found, sys.stdout, indent=2)
    sys.stdout.write("\n")
