"""The tables of brands: what is declared, and what their sources gave."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from sosie.store.schema import metadata

brand = Table(
    "brand",
    metadata,
    Column("key", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("colour", String, nullable=False),
    Column("sources", Text, nullable=False),
    Column("every_hours", Float),
    Column("created", Float, nullable=False),
    Column("sync_begun", Float),
    Column("last_sync", Float),
    Column("error", Text, nullable=False),
)
"""Brands as they are declared; `sources` is a JSON list. `sync_begun` stands while a sync is not finished."""

brand_setting = Table(
    "brand_setting",
    metadata,
    Column("brand", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)
"""Settings that a brand has of its own; `value` is JSON."""

brand_image = Table(
    "brand_image",
    metadata,
    Column("brand", String, primary_key=True),
    Column("uri", LargeBinary, primary_key=True),
    Column("source", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("aliases", Text, nullable=False),
    Column("sha256", LargeBinary(32)),
    Column("size", BigInteger),
    Column("etag", Text, nullable=False),
    Column("modified", Text, nullable=False),
    Column("fetched", Float),
    Column("seen", Float, nullable=False),
)
"""The images of brands. `sha256` names the original that was fetched, NULL for files of this machine, whose `uri` is
their path. `etag` and `modified` are what the server said, to ask whether anything has changed since; `fetched` is when
it was asked last, `seen` when the source listed the image last. `source` is the key of the source's declaration."""

brand_skip = Table(
    "brand_skip",
    metadata,
    Column("brand", String, primary_key=True),
    Column("uri", LargeBinary, primary_key=True),
    Column("source", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("seen", Float, nullable=False),
)
"""What a source listed and could not be had, with the reason."""

added_content = Table(
    "added_content",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("sha256", LargeBinary(32), nullable=False),
)
"""Contents that `POST /api/check` added, in the order in which that was done."""

Index("brand_image_by_content", brand_image.c.sha256)
