"""The newest report of each set of scanned paths: where finding ends and acting begins."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from sosie.report import Report
from sosie.store.catalogue import Catalogue
from sosie.store.memo import scan_key
from sosie.store.review_tables import scan


@dataclass(frozen=True, slots=True)
class Scan:
    """A report, the paths it is about, and when it became the newest one (seconds since 1970)."""

    paths: tuple[str, ...]
    at: float
    report: Report


def save_scan(
    catalogue: Catalogue, paths: Iterable[str], key: str, report: bytes, *, now: float, keep: int = 8
) -> None:
    """Remember a report (JSON, deflated) as the newest of these paths; only the newest `keep` sets of paths stay.

    `key` names what went into the report, as for `Catalogue.save_memo`.
    """
    name = scan_key(paths)
    with catalogue.writing() as connection:
        connection.execute(scan.delete().where(scan.c.paths == name))
        connection.execute(scan.insert().values(paths=name, key=key, created=now, report=report))
        newest = select(scan.c.paths).order_by(scan.c.created.desc()).limit(keep)
        connection.execute(scan.delete().where(scan.c.paths.not_in(newest)))


def last_scan(catalogue: Catalogue, paths: Iterable[str] | None = None) -> Scan | None:
    """Return the newest scan, of these very paths when they are given, or None when there is none."""
    query = select(scan.c.paths, scan.c.created, scan.c.report).order_by(scan.c.created.desc()).limit(1)
    if paths is not None:
        query = query.where(scan.c.paths == scan_key(paths))
    with catalogue.reading() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    return Scan(tuple(json.loads(row[0])), row[1], Report.from_json(zlib.decompress(row[2])))
