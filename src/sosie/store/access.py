"""Who may do what, and who did what: tokens, ended sessions, the audit log, settings that were changed at work."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select, delete, func, insert, select, update

from sosie.store.access_tables import audit, ended_session, server_setting, token
from sosie.store.catalogue import Catalogue
from sosie.store.schema import meta
from sosie.store.upsert import upsert

Role = Literal["viewer", "reviewer", "admin"]
_KEPT = 100_000
"""Entries of the audit log that are kept; the oldest go first."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as it is stored; times are seconds since 1970."""

    id: str
    name: str
    role: Role
    digest: bytes
    created: float
    last_used: float | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of the audit log. `id` is 0 before it is written."""

    at: float
    person: str
    role: str
    client: str
    method: str
    route: str
    target: Mapping[str, str]
    status: int
    request: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class AccessStore:
    """Reads and writes the tables of access."""

    catalogue: Catalogue

    def tokens(self) -> list[TokenRow]:
        """List all tokens, oldest first."""
        with self.catalogue.reading() as connection:
            rows = connection.execute(select(token).order_by(token.c.created, token.c.id)).mappings()
            return [TokenRow(**row) for row in rows]

    def token(self, name: str) -> TokenRow | None:
        """Return a token by its id."""
        return self._token(select(token).where(token.c.id == name))

    def token_called(self, name: str) -> TokenRow | None:
        """Return the token of a name."""
        return self._token(select(token).where(token.c.name == name).limit(1))

    def add_token(self, row: TokenRow) -> None:
        """Keep a new token."""
        values = {name: getattr(row, name) for name in TokenRow.__slots__}
        with self.catalogue.writing() as connection:
            connection.execute(insert(token).values(**values))

    def remove_token(self, name: str) -> bool:
        """Forget a token by its id; False when there is none."""
        with self.catalogue.writing() as connection:
            return connection.execute(delete(token).where(token.c.id == name)).rowcount > 0

    def note_use(self, name: str, now: float) -> None:
        """Note that a token was used."""
        with self.catalogue.writing() as connection:
            connection.execute(update(token).where(token.c.id == name).values(last_used=now))

    def end_session(self, name: str, *, until: float, now: float) -> None:
        """Let a session end before its time; those that have ended anyway are forgotten."""
        with self.catalogue.writing() as connection:
            connection.execute(delete(ended_session).where(ended_session.c.until < now))
            upsert(connection, ended_session, [{"id": name, "until": until}])

    def ended_sessions(self) -> frozenset[str]:
        """Return the sessions that ended before their time."""
        with self.catalogue.reading() as connection:
            return frozenset(connection.execute(select(ended_session.c.id)).scalars())

    def shared_secret(self, name: str, fresh: str) -> str:
        """Return the value that all servers of this database share under a name; `fresh` if there was none."""
        with self.catalogue.writing() as connection:
            upsert(connection, meta, [{"key": name, "value": fresh}])
            return str(connection.execute(select(meta.c.value).where(meta.c.key == name)).scalar_one())

    def note(self, deed: Deed) -> None:
        """Add an entry to the audit log."""
        values = {name: getattr(deed, name) for name in Deed.__slots__ if name != "id"}
        values["target"] = json.dumps(dict(deed.target))
        with self.catalogue.writing() as connection:
            key = connection.execute(insert(audit).values(**values)).inserted_primary_key
            if key is not None and key[0] % 1000 == 0:
                connection.execute(delete(audit).where(audit.c.id <= key[0] - _KEPT))

    def deeds(self, *, before: int | None, limit: int) -> list[Deed]:
        """Return entries of the audit log, newest first; `before` is the id of the last one seen."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        with self.catalogue.reading() as connection:
            rows = connection.execute(query).mappings()
            return [Deed(**{**row, "target": json.loads(row["target"])}) for row in rows]

    def settings(self) -> dict[str, Any]:
        """Return the settings that were changed at work."""
        with self.catalogue.reading() as connection:
            rows = connection.execute(select(server_setting.c.name, server_setting.c.value))
            return {name: json.loads(value) for name, value in rows}

    def change_settings(self, values: Mapping[str, Any], *, person: str, now: float) -> None:
        """Keep new values of settings; None forgets one."""
        gone = [name for name, value in values.items() if value is None]
        rows = [
            {"name": name, "value": json.dumps(value), "person": person, "at": now}
            for name, value in values.items()
            if value is not None
        ]
        with self.catalogue.writing() as connection:
            connection.execute(delete(server_setting).where(server_setting.c.name.in_(gone)))
            upsert(connection, server_setting, rows, replace=True)

    def holds_tokens(self) -> bool:
        """Tell whether there is any token."""
        with self.catalogue.reading() as connection:
            return bool(connection.execute(select(func.count()).select_from(token)).scalar())

    def _token(self, query: Select[Any]) -> TokenRow | None:
        with self.catalogue.reading() as connection:
            row = connection.execute(query).mappings().first()
            return None if row is None else TokenRow(**row)
