"""The tables of the service's jobs: what was asked for, how far it is, what came of it, and which servers live."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from sosie.store.schema import metadata

job = Table(
    "job",
    metadata,
    Column("id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("brands", Text, nullable=False),
    Column("params", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("queued", Float, nullable=False),
    Column("started", Float),
    Column("finished", Float),
    Column("progress", Text, nullable=False),
    Column("failed_brands", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("next_step", Text, nullable=False),
    Column("person", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("claim", Integer, nullable=False),
    Column("owner", String, nullable=False),
    Column("stopping", Integer, nullable=False),
    Column("events", Integer, nullable=False),
)
"""Jobs; ids rise with time. `digest` is equal for equal brands and params, `attempt` counts retries. `claim` rises
whenever a server takes the job over: only the holder of the newest claim may write. `stopping` asks it to stop.
`queued` is when it last began to wait, `events` the number of its newest event."""

job_brand = Table(
    "job_brand",
    metadata,
    Column("brand", String, primary_key=True),
    Column("job", String, primary_key=True),
)
"""Which jobs a brand takes part in."""

job_event = Table(
    "job_event",
    metadata,
    Column("job", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("data", Text, nullable=False),
)
"""A job as it was (JSON), each time that something of it changed; the oldest go first."""

result = Table(
    "result",
    metadata,
    Column("job", String, primary_key=True),
    Column("created", Float, nullable=False),
    Column("report", LargeBinary, nullable=False),
)
"""The report of a job (JSON, deflated)."""

result_part = Table(
    "result_part",
    metadata,
    Column("job", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""What goes with a report and is loaded when it is asked for: "pairs" of looser similarity, the "map"."""

instance = Table(
    "instance",
    metadata,
    Column("id", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("beat", BigInteger, nullable=False),
)
"""The servers that live: `beat` rises every few seconds."""

schedule = Table(
    "schedule",
    metadata,
    Column("brand", String, primary_key=True),
    Column("at", Float, nullable=False),
)
"""When each brand was last put into work by its schedule."""

Index("job_by_state", job.c.state, job.c.id)
Index("job_by_digest", job.c.digest)
Index("job_brand_by_job", job_brand.c.job)

__all__ = ["instance", "job", "job_brand", "job_event", "metadata", "result", "result_part", "schedule"]
