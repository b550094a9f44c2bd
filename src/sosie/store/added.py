"""Which contents were added one by one since a result was made, so that every server finds them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from sosie.store.brand_tables import added_content
from sosie.store.catalogue import Catalogue


def note_added(catalogue: Catalogue, sha256: bytes) -> None:
    """Let all servers know of a content."""
    with catalogue.writing() as connection:
        connection.execute(added_content.insert().values(sha256=sha256))


def added_since(catalogue: Catalogue, number: int) -> Sequence[tuple[int, bytes]]:
    """Return the contents that were added after a number, each with its own, ascending."""
    query = select(added_content.c.number, added_content.c.sha256).where(added_content.c.number > number)
    with catalogue.reading() as connection:
        rows = connection.execute(query.order_by(added_content.c.number))
        return [(int(row), bytes(key)) for row, key in rows]
