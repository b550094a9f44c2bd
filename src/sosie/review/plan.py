"""A plan: what would happen to which file and why, in a form that people read and programs check."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from sosie.errors import UsageError
from sosie.review.fields import check_fields

VERSION = 1
Method = Literal["quarantine", "trash", "hardlink", "reflink", "list", "webhook"]
"""quarantine: move to a folder on the same volume; trash: move to the system's; hardlink, reflink: the file goes to the
quarantine and the keeper's bytes appear under its name; list, webhook: for images that are no files of this machine."""

METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, slots=True)
class Keep:
    """A file that stays, and why."""

    uri: str
    sha256: str
    reason: str


@dataclass(frozen=True, slots=True)
class Drop:
    """A file to act on. `keeper` stays in its place; `by` says who or which rule chose so, `why` the keeper's merit.

    `names` are other hard links of the same file, which go with it. `evidence` are the report's edges that lead from
    the file to its keeper.
    """

    uri: str
    sha256: str
    bytes: int
    keeper: str
    keeper_sha256: str
    relation: str
    by: str
    why: str
    names: tuple[str, ...] = ()
    brand: str = ""
    decision: int | None = None
    evidence: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """A file that could have been dropped and is not, with the reason."""

    uri: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """What is to become of one group."""

    key: str
    relation: str
    keeps: tuple[Keep, ...]
    drops: tuple[Drop, ...]
    left: tuple[Left, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All that one run would do. `quarantine` is the folder to move to, None for one beside the images on each volume;
    `target` the file of `list` or the address of `webhook`; `rules` the name of the rules; `created` is in seconds.
    `revision` is the number of the newest decision that was looked at; None where a plan does not say.
    """

    method: Method
    groups: tuple[PlannedGroup, ...]
    created: float
    rules: str = "built-in"
    quarantine: str | None = None
    target: str | None = None
    roots: tuple[str, ...] = ()
    revision: int | None = None
    summary: Mapping[str, int] = field(default_factory=dict, compare=False)

    @cached_property
    def drops(self) -> tuple[Drop, ...]:
        """All files to act on, in order: their positions number the steps of a run."""
        return tuple(drop for group in self.groups for drop in group.drops)

    @property
    def left(self) -> tuple[Left, ...]:
        """All files that are left as they are."""
        return tuple(left for group in self.groups for left in group.left)

    @property
    def gain(self) -> int:
        """Bytes of all files to act on."""
        return sum(drop.bytes for drop in self.drops)

    @cached_property
    def key(self) -> str:
        """What tells this plan from every other (16 hexadecimal digits): a run belongs to exactly one."""
        digest = hashlib.sha256()
        for piece in self._pieces():
            digest.update(piece.encode("ascii"))
        return digest.hexdigest()[:16]

    def to_json(self) -> str:
        """Return the plan as JSON, a line a file, ASCII: names that are not UTF-8 survive as escaped surrogates."""
        return "".join(self._pieces())

    def to_value(self) -> dict[str, Any]:
        """Return what `to_json` writes as values, which share what is in the plan."""
        return {**self._head, "groups": [_fields(group) | _lists(group) for group in self.groups]}

    @property
    def _head(self) -> dict[str, Any]:
        value = {"version": VERSION, **{name: getattr(self, name) for name in _NAMES}}
        value |= {} if self.revision is None else {"revision": self.revision}
        return value | {"summary": {"files": len(self.drops), "bytes": self.gain, "left": len(self.left)}}

    def _pieces(self) -> Iterator[str]:
        """Yield the JSON in pieces: a plan of many files would be held several times otherwise."""
        yield json.dumps(self._head, indent=1)[:-2] + ',\n "groups": ['
        for number, group in enumerate(self.groups):
            rows = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in _fields(group).items()]
            rows += [f'"{name}": [{_lines(listed)}]' for name, listed in _lists(group).items()]
            yield f"{',' if number else ''}\n  {{{', '.join(rows[:2])},\n   {', '.join(rows[2:])}}}"
        yield "\n ]\n}\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Plan:
        """Return the plan that `to_json` wrote. Raises `UsageError` for anything else, and for one that is not safe."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UsageError("This is no plan.", next_step="Write one with `sosie plan --output PLAN`.") from error
        plan = cls._built(value)
        check_fields(plan)
        if not all(_is_evidence(row) for drop in plan.drops for row in drop.evidence):
            raise UsageError("The evidence of this plan is none.", next_step="Plan again.")
        if plan.quarantine is not None and not os.path.isabs(plan.quarantine):
            raise UsageError(f"The quarantine {plan.quarantine!r} is no absolute path.", next_step="Plan again.")
        check(plan)
        return plan

    @classmethod
    def from_value(cls, given: Any) -> Plan:
        """Return the plan that `to_value` gave, as journals hold it. Raises `UsageError` for what is none."""
        plan = cls._built(given)
        check(plan)
        return plan

    @classmethod
    def _built(cls, given: Any) -> Plan:
        if not isinstance(given, dict) or "version" not in given:
            raise UsageError("This is no plan.", next_step="Write one with `sosie plan --output PLAN`.")
        value = dict(given)
        version = value.pop("version")
        if version != VERSION:
            raise UsageError(f"Plans of version {version!r:.40} are not understood.", next_step="Plan again.")
        try:
            groups = tuple(_group(row) for row in _listed(value.pop("groups")))
            return cls(**{**value, "groups": groups, "roots": _listed(value["roots"])})
        except (TypeError, KeyError, AttributeError) as error:
            raise UsageError(f"This plan is incomplete ({error}).", next_step="Plan again.") from error


_EVIDENCE = (("a", str), ("b", str), ("relation", str), ("score", int | float), ("evidence", Mapping))
_NAMES = ("method", "created", "rules", "quarantine", "target", "roots")


def _fields(group: PlannedGroup) -> dict[str, Any]:
    return {"key": group.key, "relation": group.relation}


def _lists(group: PlannedGroup) -> dict[str, list[dict[str, Any]]]:
    return {"keeps": _rows(group.keeps), "drops": _rows(group.drops), "left": _rows(group.left)}


def _rows(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{part: getattr(row, part) for part in row.__slots__} for row in rows]


def _lines(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write rows one a line."""
    if not rows:
        return ""
    return "\n    " + ",\n    ".join(json.dumps(row) for row in rows) + "\n   "


def load_plan(path: Path) -> Plan:
    """Return the plan in a file. Raises `UsageError` when there is none or it is not safe."""
    try:
        return Plan.from_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"The plan {path} cannot be read ({error.strerror}).", next_step="Check the path.") from error


def check(plan: Plan) -> None:
    """Raise `UsageError` unless every file is dropped once, in favour of one that the same plan does not drop."""
    if plan.method not in METHODS:
        raise UsageError(f"There is no method {plan.method!r}.", next_step=f"Choose from {', '.join(METHODS)}.")
    dropped: set[str] = set()
    for name in (name for drop in plan.drops for name in (drop.uri, *drop.names)):
        if _place(name) in dropped:
            raise UsageError(f"The plan drops {name} twice.", next_step="Plan again.")
        dropped.add(_place(name))
    for stays in [drop.keeper for drop in plan.drops] + [keep.uri for group in plan.groups for keep in group.keeps]:
        if _place(stays) in dropped:
            raise UsageError(f"The plan drops {stays} and relies on it.", next_step="Plan again.")


def is_file(uri: str) -> bool:
    """Tell whether a URI is a path of this machine."""
    return "://" not in uri and not uri.startswith("upload:")


def _place(uri: str) -> str:
    return os.path.normpath(uri) if is_file(uri) else uri


def _group(row: Mapping[str, Any]) -> PlannedGroup:
    return PlannedGroup(
        key=row["key"],
        relation=row["relation"],
        keeps=tuple(Keep(**keep) for keep in _listed(row["keeps"])),
        drops=tuple(
            Drop(**{**drop, "names": _listed(drop["names"]), "evidence": _listed(drop["evidence"])})
            for drop in _listed(row["drops"])
        ),
        left=tuple(Left(**left) for left in _listed(row["left"])),
    )


def _is_evidence(row: Mapping[str, Any]) -> bool:
    return all(isinstance(row.get(name), kind) for name, kind in _EVIDENCE)


def _listed(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{type(value).__name__} where a list belongs")
    return tuple(value)
