"""What people decided, keyed by content: it outlives rescans, moves, renames, other thresholds and other models."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Literal, assert_never

from sqlalchemy import Connection, Select, func, select

from sosie.errors import DecisionConflict, UsageError
from sosie.store import schema
from sosie.store.catalogue import Catalogue
from sosie.store.memo import APART
from sosie.store.review_tables import decided_content, decision

Kind = Literal["keep", "drop", "open", "apart", "together"]
"""keep, drop: what is to become of one content; open: neither any more. apart: these contents are no duplicates of
each other, whatever a scan finds; together: they may be again."""

KINDS: tuple[Kind, ...] = ("keep", "drop", "open", "apart", "together")
_CHUNK = 400
_MANY = 10_000
"""Contents from which on reading every decision is quicker than asking for each content."""

_KEY = 32


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing to decide. `contents` is one SHA-256 for keep, drop and open, two or more for apart and together.

    `keeper` is the content that made a drop right: it is dropped in its favour. `place` (a URI) tells one file from
    others of equal bytes: kept at this place, or dropped at this place only.
    """

    kind: Kind
    contents: tuple[bytes, ...]
    keeper: bytes | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict that was recorded: its number, who gave it, when (seconds since 1970) and why."""

    id: int
    verdict: Verdict
    person: str
    at: float
    reason: str


@dataclass(frozen=True)
class Standing:
    """What holds now. `choices` is the keep or drop of each content, `places` that of one file (content, URI) among
    files of equal bytes; `apart` are the pairs (a < b) set apart.

    `revision` is the number of the newest decision that was looked at: it changes when any of them does.
    """

    choices: Mapping[bytes, Decision] = field(default_factory=dict)
    places: Mapping[tuple[bytes, str], Decision] = field(default_factory=dict)
    apart: Mapping[tuple[bytes, bytes], Decision] = field(default_factory=dict)
    revision: int = 0


class Decisions:
    """The decisions in a catalogue. Recording is one transaction; nothing recorded is ever changed or removed."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def record(
        self,
        verdicts: Sequence[Verdict],
        *,
        person: str,
        now: float,
        reason: str = "",
        seen: int | None = None,
        contents: Iterable[bytes] = (),
    ) -> list[int]:
        """Record verdicts and return their numbers.

        `seen` is the revision that the person was shown for `contents` (a group's members): when somebody has decided
        on one of them since, nothing is recorded and `DecisionConflict` says who and when. Without `seen` the last
        word counts. Raises `UsageError` for a verdict that cannot be.
        """
        for verdict in verdicts:
            check(verdict)
        with self._catalogue.writing() as connection:
            if seen is not None:
                self._refuse_late(connection, seen, set(contents).union(*(v.contents for v in verdicts)))
            ids = [_insert(connection, verdict, person, now, reason) for verdict in verdicts]
            if any(verdict.kind in ("apart", "together") for verdict in verdicts):
                _note_apart(connection, max(ids))
        self._sync()
        return ids

    def history(self, contents: Iterable[bytes]) -> list[Decision]:
        """Return all decisions that speak of one of these contents, oldest first."""
        with self._catalogue.reading() as connection:
            return _history(connection, contents)

    def numbered(self, numbers: Iterable[int]) -> list[Decision]:
        """Return the decisions with these numbers, oldest first; numbers that were never given are left out."""
        wanted = sorted(set(numbers))
        found: list[Decision] = []
        with self._catalogue.reading() as connection:
            for start in range(0, len(wanted), _CHUNK):
                query = _query().where(decision.c.id.in_(wanted[start : start + _CHUNK])).order_by(decision.c.id)
                found += [_decision(row) for row in connection.execute(query)]
        return found

    def since(self, number: int, *, most: int = 1000) -> list[Decision]:
        """Return decisions newer than a number, oldest first: what a reviewer has to be told of."""
        query = _query().where(decision.c.id > number).order_by(decision.c.id).limit(most)
        with self._catalogue.reading() as connection:
            return [_decision(row) for row in connection.execute(query)]

    def standing(self, contents: Iterable[bytes]) -> Standing:
        """Return what holds now between and for these contents."""
        wanted = set(contents)
        return stand(self.history(wanted), wanted)

    def revision(self) -> int:
        """Return the number of the newest decision, 0 when there is none."""
        with self._catalogue.reading() as connection:
            return connection.execute(select(func.max(decision.c.id))).scalar() or 0

    def _sync(self) -> None:
        """Wait until what was recorded is on the disk: unlike findings, decisions cannot be computed again."""
        with self._catalogue.reading() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA wal_checkpoint(FULL)")

    def _refuse_late(self, connection: Connection, seen: int, contents: set[bytes]) -> None:
        newer = [made for made in _history(connection, contents) if made.id > seen]
        if newer:
            last = newer[-1]
            raise DecisionConflict(
                f"{last.person or 'Somebody'} decided on this group meanwhile ({last.verdict.kind}).",
                next_step="Look at the group again, then decide.",
                decisions=newer,
            )


def stand(history: Iterable[Decision], contents: set[bytes]) -> Standing:
    """Return what a history (oldest first) comes to for some contents: of each two words on a matter the later one."""
    choices: dict[bytes, Decision] = {}
    places: dict[tuple[bytes, str], Decision] = {}
    apart: dict[tuple[bytes, bytes], Decision] = {}
    revision = 0
    for made in history:
        revision = made.id
        named = [key for key in made.verdict.contents if key in contents]
        match made.verdict.kind:
            case "keep" | "drop":
                _choose(made, named, choices, places)
            case "open":
                for key in named:
                    choices.pop(key, None)
                    _forget_places(key, places)
            case "apart":
                apart.update(dict.fromkeys(combinations(sorted(named), 2), made))
            case "together":
                for pair in combinations(sorted(named), 2):
                    apart.pop(pair, None)
            case _:
                assert_never(made.verdict.kind)
    return Standing(choices, places, apart, revision)


def _choose(
    made: Decision,
    named: Iterable[bytes],
    choices: dict[bytes, Decision],
    places: dict[tuple[bytes, str], Decision],
) -> None:
    for key in named:
        if made.verdict.place is not None:
            places[key, made.verdict.place] = made
        else:
            _forget_places(key, places)
        if made.verdict.place is None or made.verdict.kind == "keep":
            choices[key] = made


def _forget_places(key: bytes, places: dict[tuple[bytes, str], Decision]) -> None:
    for place in [place for place in places if place[0] == key]:
        del places[place]


def check(verdict: Verdict) -> None:
    """Raise `UsageError` for a verdict that cannot be."""
    if verdict.kind not in KINDS:
        raise UsageError(f"There is no decision {verdict.kind!r}.", next_step=f"Choose from {', '.join(KINDS)}.")
    if any(len(key) != _KEY for key in (*verdict.contents, verdict.keeper or bytes(_KEY))):
        raise UsageError("A decision names contents by SHA-256, 64 hexadecimal digits.")
    several = verdict.kind in ("apart", "together")
    if (len(set(verdict.contents)) < 2) if several else (len(verdict.contents) != 1):
        raise UsageError(
            f"A decision {verdict.kind!r} is about {'two contents or more' if several else 'one content'}."
        )
    if verdict.keeper in verdict.contents and verdict.place is None:
        raise UsageError("A content cannot be dropped in favour of itself.")


def _insert(connection: Connection, verdict: Verdict, person: str, now: float, reason: str) -> int:
    keys = sorted(set(verdict.contents))
    row: dict[str, Any] = {"kind": verdict.kind, "contents": b"".join(keys), "keeper": verdict.keeper}
    row["place"] = None if verdict.place is None else os.fsencode(verdict.place)
    row |= {"person": person, "at": now, "reason": reason}
    made = connection.execute(decision.insert().returning(decision.c.id), row).scalar_one()
    connection.execute(decided_content.insert(), [{"sha256": key, "decision": made} for key in keys])
    return int(made)


def _note_apart(connection: Connection, number: int) -> None:
    """Remembered reports hold only for the pairs that were set apart when they were made."""
    connection.execute(schema.meta.delete().where(schema.meta.c.key == APART))
    connection.execute(schema.meta.insert().values(key=APART, value=str(number)))


def _query() -> Select[Any]:
    names = ("id", "kind", "contents", "keeper", "place", "person", "at", "reason")
    return select(*(decision.c[name] for name in names))


def _history(connection: Connection, contents: Iterable[bytes]) -> list[Decision]:
    wanted = set(contents)
    if len(wanted) > _MANY:
        every = (_decision(row) for row in connection.execute(_query().order_by(decision.c.id)))
        return [made for made in every if not wanted.isdisjoint(made.verdict.contents)]
    keys = sorted(wanted)
    found: dict[int, Decision] = {}
    for start in range(0, len(keys), _CHUNK):
        of_these = select(decided_content.c.decision).where(decided_content.c.sha256.in_(keys[start : start + _CHUNK]))
        for row in connection.execute(_query().where(decision.c.id.in_(of_these))):
            found[row[0]] = _decision(row)
    return [found[number] for number in sorted(found)]


def _decision(row: Sequence[Any]) -> Decision:
    number, kind, joined, keeper, place, person, at, reason = row
    contents = tuple(joined[start : start + _KEY] for start in range(0, len(joined), _KEY))
    verdict = Verdict(kind, contents, keeper, None if place is None else os.fsdecode(place))
    return Decision(number, verdict, person, at, reason)
