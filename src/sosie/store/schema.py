"""The tables of the catalogue. Content is keyed by its SHA-256 everywhere: a moved file loses nothing."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

VERSION = 1
"""Number of the schema; each change of a table raises it and adds a migration."""

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))

location = Table(
    "location",
    metadata,
    Column("uri", LargeBinary, primary_key=True),
    Column("state", String, nullable=False),
    Column("sha256", LargeBinary(32)),
    Column("reason", Text),
    Column("reader", String, nullable=False),
)
"""What was found where, in which state; `reason` says why there is no content. `reader` is the decoder's revision."""

content = Table(
    "content",
    metadata,
    Column("sha256", LargeBinary(32), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("format", String, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("bits", Integer, nullable=False),
    Column("alpha", Integer, nullable=False),
    Column("lossless", Integer, nullable=False),
    Column("quality", Integer),
    Column("metadata", Integer, nullable=False),
    Column("detail", Float, nullable=False),
    Column("detail_side", Integer, nullable=False),
    Column("pixels_sha256", LargeBinary(32)),
)
"""What an image is. `detail` was measured on pixels whose shorter side is `detail_side`.
`pixels_sha256` is filled in when a comparison first needs it; empty means there is none."""

fingerprint = Table(
    "fingerprint",
    metadata,
    Column("space", String, primary_key=True),
    Column("sha256", LargeBinary(32), primary_key=True),
    Column("row", LargeBinary, nullable=False),
)

verdict = Table(
    "verdict",
    metadata,
    Column("judge", String, primary_key=True),
    Column("a", LargeBinary(32), primary_key=True),
    Column("b", LargeBinary(32), primary_key=True),
    Column("finding", Text),
)
"""What a judge said of a pair (a < b), as JSON; NULL for strangers. `judge` is its revision with its parameters."""

memo = Table(
    "memo",
    metadata,
    Column("key", String, primary_key=True),
    Column("created", Float, nullable=False),
    Column("report", LargeBinary, nullable=False),
)
"""Whole reports by what went into them, for runs in which nothing changed."""

Index("location_by_content", location.c.sha256)
