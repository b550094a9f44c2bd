"""The quick way to a report that is known already: no SQLAlchemy, no NumPy, one row.

A rescan of an unchanged folder should cost little more than looking at its names; importing SQLAlchemy alone takes
longer than that. `Catalogue.save_memo` writes what this reads.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

APART = "apart"
"""Key in `meta` of the newest decision that set contents apart or let them together again."""


def apart_revision(catalogue: Path) -> str:
    """Return what changes whenever a pair is set apart: reports that were made before hold no longer."""
    if not catalogue.is_file():
        return ""
    try:
        with closing(sqlite3.connect(f"{catalogue.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (APART,)).fetchone()
    except sqlite3.DatabaseError:
        return ""  # the full way opens the catalogue again and says what is wrong with it
    return str(row[0]) if row else ""


def scan_key(paths: Iterable[str]) -> str:
    """Return the one name of a set of paths: a JSON list, sorted, ASCII."""
    return json.dumps(sorted(set(paths)))


def note_scan(catalogue: Path, paths: str, key: str, report: bytes, now: float) -> bool:
    """Note that a recalled report is the newest of these paths (their `scan_key`); False when that cannot be noted."""
    row = {"now": now, "paths": paths, "key": key, "report": report}
    same = "UPDATE scan SET created = :now WHERE paths = :paths AND key = :key"
    other = "REPLACE INTO scan (paths, key, created, report) VALUES (:paths, :key, :now, :report)"
    uri = f"{catalogue.absolute().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=10)) as connection, connection:
            newest = connection.execute("SELECT paths, key FROM scan ORDER BY created DESC LIMIT 1").fetchone()
            if newest == (paths, key):
                return True  # the usual case: writing would cost more than all the rest of a rescan
            if connection.execute(same, row).rowcount == 0:
                connection.execute(other, row)
    except sqlite3.DatabaseError:
        return False  # the full way opens the catalogue again and says what is wrong with it
    return True


def recall(catalogue: Path, key: str) -> bytes | None:
    """Return the report that was remembered under `key`, or None: also when there is no such catalogue."""
    if not catalogue.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{catalogue.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
            row = connection.execute("SELECT report FROM memo WHERE key = ?", (key,)).fetchone()
    except sqlite3.DatabaseError:
        return None  # the full way opens the catalogue again and says what is wrong with it
    return row[0] if row else None
