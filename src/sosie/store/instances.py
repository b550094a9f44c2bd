"""Which servers share the database and live: each one's heart beats in a row of its own."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable

from sqlalchemy import select, update

from sosie.store.catalogue import Catalogue
from sosie.store.job_tables import instance, schedule


class Heart:
    """The beat of one server, and its ear for those of the others.

    A server is dead when its beat has not changed for `patience` seconds by this server's own clock, so clocks may
    differ; on this very machine, as soon as its process is gone.
    """

    def __init__(self, catalogue: Catalogue, *, patience: float, clock: Callable[[], float]) -> None:
        self.id = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self.host = _machine()
        """Servers of one host see each other's processes."""
        self._catalogue = catalogue
        self._patience = patience
        self._clock = clock
        self._heard: dict[str, tuple[int, float]] = {}
        self._last = clock()

    def start(self) -> None:
        """Enter this server among those that live."""
        with self._catalogue.writing() as connection:
            values = {"id": self.id, "host": self.host, "pid": os.getpid(), "beat": 0}
            connection.execute(instance.insert().values(values))

    def beat(self) -> bool:
        """Say that this server lives. False when others took it for dead meanwhile; from now on it lives again.

        Who was away for some seconds itself (asleep, or waiting for the database) begins to listen to others anew.
        """
        if self._clock() - self._last > self._patience / 2:
            self._heard.clear()
        with self._catalogue.writing() as connection:
            mine = update(instance).where(instance.c.id == self.id)
            known = bool(connection.execute(mine.values(beat=instance.c.beat + 1)).rowcount)
        if not known:
            self.start()
        self._last = self._clock()
        return known

    def stop(self) -> None:
        """Take this server's name off the list."""
        with self._catalogue.writing() as connection:
            connection.execute(instance.delete().where(instance.c.id == self.id))

    def living(self) -> list[str]:
        """Return the servers on the list."""
        with self._catalogue.reading() as connection:
            return [row[0] for row in connection.execute(select(instance.c.id))]

    def bury(self) -> list[str]:
        """Return the servers that are found dead now, each to one caller only, and take them off the list."""
        buried = []
        for name, host, pid, beat in self._others():
            if not self._is_dead(name, host, pid, beat):
                continue
            with self._catalogue.writing() as connection:
                grave = instance.delete().where(instance.c.id == name, instance.c.beat == beat)
                if connection.execute(grave).rowcount:
                    buried.append(name)
        return buried

    def _others(self) -> list[tuple[str, str, int, int]]:
        query = select(instance.c.id, instance.c.host, instance.c.pid, instance.c.beat)
        with self._catalogue.reading() as connection:
            rows = [(name, host, pid, beat) for name, host, pid, beat in connection.execute(query)]
        return [row for row in rows if row[0] != self.id]

    def _is_dead(self, name: str, host: str, pid: int, beat: int) -> bool:
        if host == self.host and _is_gone(pid):
            return True
        now = self._clock()
        known, since = self._heard.get(name, (beat - 1, now))
        if known != beat:
            self._heard[name] = (beat, now)
            return False
        return now - since > self._patience


def _machine() -> str:
    """Return a name that two servers share only when they see the same processes: containers may share a host's."""
    try:
        return f"{socket.gethostname()}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def claim_turn(catalogue: Catalogue, brand: str, *, due_before: float, now: float) -> bool:
    """Tell whether this server is the one to put a brand into work: its last turn was before `due_before`."""
    with catalogue.writing() as connection:
        last = connection.execute(select(schedule.c.at).where(schedule.c.brand == brand)).scalar()
        if last is not None and last > due_before:
            return False
        connection.execute(schedule.delete().where(schedule.c.brand == brand))
        connection.execute(schedule.insert().values(brand=brand, at=now))
    return True


def _is_gone(pid: int) -> bool:
    """Tell whether no process of this machine has this number; one that cannot be asked counts as living."""
    if os.name == "nt":
        return False  # there, signal 0 would end the process
    if pid == os.getpid():
        return True  # an earlier server had this number: its container or machine was started anew
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
