"""The tables of reviewing: who decided what, and which report the last scan of some paths gave."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, String, Table, Text

from sosie.store.schema import metadata

decision = Table(
    "decision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("contents", LargeBinary, nullable=False),
    Column("keeper", LargeBinary(32)),
    Column("place", LargeBinary),
    Column("person", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("reason", Text, nullable=False),
)
"""Every decision ever made, never changed: a later row outranks an earlier one. `contents` are SHA-256 end to end,
`place` the URI of the one file that is meant among files of equal bytes."""

decided_content = Table(
    "decided_content",
    metadata,
    Column("sha256", LargeBinary(32), primary_key=True),
    Column("decision", Integer, primary_key=True),
)
"""Which decisions speak of a content."""

scan = Table(
    "scan",
    metadata,
    Column("paths", Text, primary_key=True),
    Column("key", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("report", LargeBinary, nullable=False),
)
"""The newest report of each set of paths (a JSON list).

`key` is what went into it, `created` when it became the newest.
"""

Index("decided_content_by_decision", decided_content.c.decision)

__all__ = ["decided_content", "decision", "metadata", "scan"]
