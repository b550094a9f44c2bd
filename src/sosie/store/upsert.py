"""Writing rows that may be there already, in the words of each database."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Table


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *, replace: bool = False) -> None:
    """Insert rows; one whose key is there already stays as it was, or is replaced."""
    if not rows:
        return
    # "insert or update" is in no standard: each dialect has its own, and importing the other one takes its time.
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    if replace:
        values = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
        statement = statement.on_conflict_do_update(index_elements=keys, set_=values)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    # In the order of their keys: two writers of the same rows then wait for each other rather than both for ever.
    connection.execute(statement, sorted(rows, key=lambda row: [row[name] for name in keys]))
