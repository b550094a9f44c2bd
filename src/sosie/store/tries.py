"""Failed sign-ins of each client, counted once for all servers of a database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from sosie.store.access_tables import sign_in_try
from sosie.store.catalogue import Catalogue
from sosie.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Tries:
    """Five tries of a client are free, the next has to wait, each time twice as long. Times are seconds since 1970."""

    catalogue: Catalogue
    free: int = 5
    longest: float = 900.0

    def begin(self, client: str, now: float) -> float:
        """Count a try as failed until `succeed` is called; return 0, or the seconds that have to pass first."""
        query = select(sign_in_try.c.count, sign_in_try.c.at).where(sign_in_try.c.client == client)
        with self.catalogue.writing() as connection:
            connection.execute(delete(sign_in_try).where(sign_in_try.c.at < now - self.longest))
            row = connection.execute(query.with_for_update()).first()
            count, at = (0, now) if row is None else (int(row[0]), float(row[1]))
            wait = at + min(self.longest, 10.0 * 2.0 ** (count - self.free)) - now if count >= self.free else 0.0
            if wait <= 0:
                upsert(connection, sign_in_try, [{"client": client, "count": count + 1, "at": now}], replace=True)
        return max(0.0, wait)

    def succeed(self, client: str) -> None:
        """Forget the failures of a client."""
        with self.catalogue.writing() as connection:
            connection.execute(delete(sign_in_try).where(sign_in_try.c.client == client))
