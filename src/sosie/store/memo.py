"""The quick way to a report that is known already: no SQLAlchemy, no NumPy, one row.

A rescan of an unchanged folder should cost little more than looking at its names; importing SQLAlchemy alone takes
longer than that. `Catalogue.save_memo` writes what this reads.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


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
