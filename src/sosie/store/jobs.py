"""Jobs as rows: asked for, taken, told of, ended. Every server that shares the database sees and steers all of them."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, Select, Update, func, select, update

from sosie.errors import Busy, NotFound, UsageError
from sosie.store.catalogue import Catalogue
from sosie.store.job_tables import job, job_brand, job_event, result, result_part
from sosie.store.upsert import storable

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
Wish = Literal["go on", "stop", "leave"]
UNFINISHED: tuple[JobState, ...] = ("queued", "running")
KEPT_EVENTS = 400
"""Events of a job that are kept: who was away for longer is told the newest ones."""

NO_PROGRESS: Mapping[str, Any] = {
    "stages": [],
    "skipped": 0,
    "last_skipped": [],
    "recent": [],
    "fallbacks": [],
    "steps": [],
}
_ID = re.compile(r"[0-9a-f]{22}")
_OBJECTS = ("brands", "params", "progress", "failed_brands")
_COLUMNS = tuple(column.name for column in job.columns)


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job. Times are seconds since 1970; `progress` is what its worker told last, a JSON object.

    `claim` rises whenever a server takes the job over: only the holder of the newest one may write.
    """

    id: str
    state: JobState
    brands: tuple[str, ...]
    params: Mapping[str, Any]
    digest: str
    created: float
    queued: float
    started: float | None = None
    finished: float | None = None
    progress: Mapping[str, Any] = field(default_factory=lambda: NO_PROGRESS)
    failed_brands: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    next_step: str = ""
    person: str = ""
    attempt: int = 0
    claim: int = 0
    owner: str = ""
    stopping: int = 0
    events: int = 0

    @property
    def ended(self) -> bool:
        """Whether nothing more happens with it unless somebody asks."""
        return self.state not in UNFINISHED

    def shown(self) -> dict[str, Any]:
        """Return what people are told of it, ready for JSON."""
        hidden = ("digest", "queued", "attempt", "claim", "owner", "stopping", "events")
        value = {name: getattr(self, name) for name in _COLUMNS if name not in hidden}
        return {**value, "brands": list(self.brands)}


class Jobs:
    """The jobs of a catalogue. Each method is one transaction; all are safe from any number of servers at once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def submit(
        self,
        brands: Iterable[str],
        params: Mapping[str, Any],
        *,
        now: float,
        person: str = "",
        most_waiting: int = 100,
    ) -> tuple[JobRow, bool]:
        """Queue a job and return it with True; or return the equal one that has not ended, with False.

        Raises `Busy` when as many as `most_waiting` wait already.
        """
        keys = tuple(sorted(set(brands)))
        digest = hashlib.sha256(json.dumps([keys, params], sort_keys=True).encode()).hexdigest()
        made = JobRow(_new_id(now), "queued", keys, dict(params), digest, created=now, queued=now, person=person)
        with self._catalogue.writing() as connection:
            same = _one(connection, _query().where(job.c.digest == digest, job.c.state.in_(UNFINISHED)))
            if same is not None and not same.stopping:
                return same, False
            _refuse_when_full(connection, most_waiting)
            connection.execute(job.insert().values(_values(made)))
            if keys:
                connection.execute(job_brand.insert(), [{"brand": key, "job": made.id} for key in keys])
            return _told(connection, made.id, now), True

    def get(self, name: str) -> JobRow:
        """Return a job. Raises `NotFound`."""
        with self._catalogue.reading() as connection:
            return _known(connection, name)

    def page(
        self, *, state: JobState | None = None, brand: str = "", before: str = "", limit: int = 50
    ) -> tuple[list[JobRow], str | None]:
        """Return jobs, newest first, and the cursor of the next page; raises `UsageError` for a cursor of others."""
        if before and not _ID.fullmatch(before):
            raise UsageError("The cursor is not one of this list.", next_step="Begin again without it.")
        query = _query().order_by(job.c.id.desc()).limit(limit + 1)
        if state is not None:
            query = query.where(job.c.state == state)
        if brand:
            query = query.where(job.c.id.in_(select(job_brand.c.job).where(job_brand.c.brand == storable(brand))))
        if before:
            query = query.where(job.c.id < before)
        with self._catalogue.reading() as connection:
            rows = [_row(row) for row in connection.execute(query)]
        return rows[:limit], rows[limit - 1].id if len(rows) > limit else None

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are in each state."""
        with self._catalogue.reading() as connection:
            rows = connection.execute(select(job.c.state, func.count()).group_by(job.c.state))
            return {str(state): int(count) for state, count in rows}

    def unfinished(self) -> list[JobRow]:
        """Return the jobs that wait or run, oldest first."""
        with self._catalogue.reading() as connection:
            query = _query().where(job.c.state.in_(UNFINISHED)).order_by(job.c.id)
            return [_row(row) for row in connection.execute(query)]

    def newest_of(self, brands: Iterable[str] | None = None) -> dict[str, tuple[str | None, str | None]]:
        """Return for each brand its job that has not ended, and its newest one that is done."""
        query = select(job_brand.c.brand, job.c.state, func.max(job.c.id)).join(job, job.c.id == job_brand.c.job)
        query = query.where(job.c.state.in_((*UNFINISHED, "done"))).group_by(job_brand.c.brand, job.c.state)
        if brands is not None:
            query = query.where(job_brand.c.brand.in_(list(brands)))
        found: dict[str, tuple[str | None, str | None]] = {}
        with self._catalogue.reading() as connection:
            for brand, state, name in connection.execute(query):
                working, done = found.get(brand, (None, None))
                found[brand] = (working, name) if state == "done" else (max(working or "", name), done)
        return found

    def take(self, name: str, owner: str, *, now: float, attempt: int | None = None) -> JobRow | None:
        """Make a server the one that works on a job, whoever did before.

        None when it has ended or is gone, or is at another attempt than the given one.
        """
        values = {"state": "running", "owner": owner, "claim": job.c.claim + 1}
        changes = update(job).where(job.c.id == name, job.c.state.in_(UNFINISHED))
        if attempt is not None:
            changes = changes.where(job.c.attempt == attempt)
        with self._catalogue.writing() as connection:
            if not connection.execute(changes.values(values)).rowcount:
                return None
            connection.execute(update(job).where(job.c.id == name, job.c.started.is_(None)).values(started=now))
            return _told(connection, name, now)

    def tell(
        self, taken: JobRow, *, now: float, progress: Mapping[str, Any], failed_brands: Mapping[str, str]
    ) -> JobRow | None:
        """Write how far a job is; return it as it stands now, or None when another server has taken it over."""
        values = {"progress": json.dumps(progress), "failed_brands": json.dumps(failed_brands)}
        return self._change(taken, values, now)

    def end(self, taken: JobRow, state: JobState, *, now: float, error: str = "", next_step: str = "") -> JobRow | None:
        """Write how a job ended; None when another server has taken it over."""
        values = {"state": state, "finished": now, "error": storable(error), "next_step": storable(next_step)}
        return self._change(taken, values, now)

    def wish(self, taken: JobRow) -> Wish:
        """Return what whoever works on a job is to do: `leave` when another server has taken it over."""
        query = select(job.c.stopping, job.c.claim).where(job.c.id == taken.id)
        with self._catalogue.reading() as connection:
            row = connection.execute(query).first()
        if row is None or row[1] != taken.claim:
            return "leave"
        return "stop" if row[0] else "go on"

    def cancel(self, name: str, *, now: float, living: Iterable[str]) -> JobRow:
        """Ask a job to stop: at once when nobody works on it (`living` are the servers there are).

        A job that has ended stays as it is. Raises `NotFound`.
        """
        with self._catalogue.writing() as connection:
            found = _known(connection, name)
            if found.ended:
                return found
            worked_on = found.state == "running" and found.owner in set(living)
            ended = {} if worked_on else {"state": "cancelled", "finished": now, "claim": job.c.claim + 1}
            connection.execute(update(job).where(job.c.id == name).values(stopping=1, **ended))
            return _told(connection, name, now)

    def retry(self, name: str, *, now: float, most_waiting: int = 100) -> JobRow:
        """Queue a job again that failed or was cancelled. Raises `NotFound`, `Busy`, and `UsageError` for others."""
        with self._catalogue.writing() as connection:
            found = _known(connection, name)
            if not found.ended:
                return found
            if found.state == "done":
                raise UsageError("This job is done.", next_step="Start a new job to process its brands again.")
            _refuse_when_full(connection, most_waiting)
            values = {"state": "queued", "queued": now, "started": None, "finished": None, "stopping": 0}
            values |= {"error": "", "next_step": "", "progress": json.dumps(NO_PROGRESS), "failed_brands": "{}"}
            values |= {"attempt": job.c.attempt + 1}
            connection.execute(update(job).where(job.c.id == name).values(values))
            return _told(connection, name, now)

    def remove(self, name: str) -> JobRow:
        """Forget a job with its events and its result. Raises `NotFound`, and `UsageError` while it runs."""
        with self._catalogue.writing() as connection:
            found = _known(connection, name)
            if not found.ended:
                raise UsageError("The job has not ended.", next_step="Cancel it first.")
            _forget(connection, name)
        return found

    def trim(self, like: JobRow, keep: int) -> list[JobRow]:
        """Forget all but the newest `keep` jobs that are done and equal to one; return those that went."""
        equal = _query().where(job.c.digest == like.digest, job.c.state == "done").order_by(job.c.id.desc())
        with self._catalogue.writing() as connection:
            old = [_row(row) for row in connection.execute(equal.offset(keep))]
            for row in old:
                _forget(connection, row.id)
        return old

    def events(self, name: str, after: int, *, limit: int = 100) -> list[tuple[int, str]]:
        """Return events newer than a number, oldest first: number, and the job as it was (JSON)."""
        query = select(job_event.c.number, job_event.c.data).where(job_event.c.job == name, job_event.c.number > after)
        with self._catalogue.reading() as connection:
            rows = connection.execute(query.order_by(job_event.c.number).limit(limit))
            return [(number, data) for number, data in rows]

    def _change(self, taken: JobRow, values: Mapping[str, Any], now: float) -> JobRow | None:
        changes: Update = update(job).where(job.c.id == taken.id, job.c.claim == taken.claim)
        with self._catalogue.writing() as connection:
            if not connection.execute(changes.where(job.c.state == "running").values(values)).rowcount:
                return None
            return _told(connection, taken.id, now)


def _new_id(now: float) -> str:
    """Return a name that sorts by time and that nobody can guess."""
    return f"{int(now * 1000):012x}{secrets.token_hex(5)}"


def _refuse_when_full(connection: Connection, most: int) -> None:
    waiting = connection.execute(select(func.count()).where(job.c.state == "queued")).scalar_one()
    if waiting >= most:
        raise Busy(
            f"{waiting} jobs are waiting already, and no more may (setting jobs_waiting).",
            next_step="Try again when some have ended, or cancel some.",
        )


def _forget(connection: Connection, name: str) -> None:
    for table in (job_brand, job_event, result, result_part):
        connection.execute(table.delete().where(table.c.job == name))
    connection.execute(job.delete().where(job.c.id == name))


def _told(connection: Connection, name: str, now: float) -> JobRow:
    """Add an event that says how the job stands now, and return it."""
    connection.execute(update(job).where(job.c.id == name).values(events=job.c.events + 1))
    found = _known(connection, name)
    data = json.dumps(found.shown())
    connection.execute(job_event.insert().values(job=name, number=found.events, at=now, data=data))
    oldest = found.events - KEPT_EVENTS
    connection.execute(job_event.delete().where(job_event.c.job == name, job_event.c.number <= oldest))
    return found


def _query() -> Select[Any]:
    return select(*(job.c[name] for name in _COLUMNS))


def _one(connection: Connection, query: Select[Any]) -> JobRow | None:
    row = connection.execute(query.limit(1)).first()
    return None if row is None else _row(row)


def _known(connection: Connection, name: str) -> JobRow:
    found = _one(connection, _query().where(job.c.id == name)) if _ID.fullmatch(name) else None
    if found is None:
        raise NotFound(f"There is no job {name[:40]}.", next_step="It may have been deleted: look at the list of jobs.")
    return found


def _row(row: Sequence[Any]) -> JobRow:
    values = dict(zip(_COLUMNS, row, strict=True))
    values |= {name: json.loads(values[name]) for name in _OBJECTS}
    return JobRow(**{**values, "brands": tuple(values["brands"])})


def _values(row: JobRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _COLUMNS}
    return {**values, **{name: json.dumps(values[name]) for name in _OBJECTS}}
