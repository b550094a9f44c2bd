"""Writing rows that may be there already, in the words of each database."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, String, Table


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *, replace: bool = False) -> None:
    """Insert rows, all with the same columns; one whose key is there already stays as it was, or is replaced."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    # In the order of their keys: two writers of the same rows then wait for each other rather than both for ever.
    rows = sorted(rows, key=itemgetter(*keys))
    rows = _storable_rows(table, rows)
    statement = _statement(connection.dialect.name, table, keys, replace=replace)
    if connection.dialect.name != "sqlite":
        connection.execute(statement, rows)
        return
    # SQLAlchemy takes longer to look at thousands of plain rows than SQLite to write them.
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))
    values = itemgetter(*(compiled.positiontup or ()))  # of two columns or more: it gives tuples
    connection.exec_driver_sql(str(compiled), list(map(values, rows)))


def storable(text: str) -> str:
    """Return a text as every database takes it: without null characters and halves of surrogate pairs."""
    if text.isascii():
        return text.replace("\0", "")
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _storable_rows(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows whose texts are storable: what strangers call their images may be anything."""
    texts = [column.name for column in table.columns if isinstance(column.type, String) and column.name in rows[0]]
    if all(row[name] is None or (row[name].isascii() and "\0" not in row[name]) for row in rows for name in texts):
        return rows
    return [{**row, **{name: row[name] and storable(row[name]) for name in texts}} for row in rows]


def _statement(dialect: str, table: Table, keys: Sequence[str], *, replace: bool) -> Any:
    # "insert or update" is in no standard: each dialect has its own, and importing the other one takes its time.
    statement = import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
    if not replace:
        return statement.on_conflict_do_nothing(index_elements=keys)
    values = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=values)
