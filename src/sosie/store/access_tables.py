"""The tables of access: tokens of programs, sessions that were ended early, who did what, settings kept for all."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, String, Table, Text

from sosie.store.schema import metadata

token = Table(
    "token",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("created", Float, nullable=False),
    Column("last_used", Float),
)
"""API tokens. `digest` is the SHA-256 of the secret, which is long and random: a slow hash would protect nothing."""

ended_session = Table(
    "ended_session",
    metadata,
    Column("id", String, primary_key=True),
    Column("until", Float, nullable=False),
)
"""Sessions whose people signed out; `until` is when their cookies expire by themselves."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("person", String, nullable=False),
    Column("role", String, nullable=False),
    Column("client", String, nullable=False),
    Column("method", String, nullable=False),
    Column("route", String, nullable=False),
    Column("target", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("request", String, nullable=False),
)
"""Who did what when: changes and sign-ins. `target` is what the route's parameters named, as JSON."""

server_setting = Table(
    "server_setting",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
    Column("person", String, nullable=False),
    Column("at", Float, nullable=False),
)
"""Settings (JSON) that were changed while the service ran; they hold for all servers of this database."""

sign_in_try = Table(
    "sign_in_try",
    metadata,
    Column("client", String, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("at", Float, nullable=False),
)
"""How many sign-ins of a client have failed, and when the last one did (seconds since 1970)."""

Index("audit_by_time", audit.c.at)

__all__ = ["audit", "ended_session", "metadata", "server_setting", "sign_in_try", "token"]
