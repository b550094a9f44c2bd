"""Keep rules: which files are never dropped, and which of several equal ones to keep. See docs/rules.md."""

from __future__ import annotations

import datetime
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from sosie.errors import UsageError, why_not
from sosie.grouping.keeper import CRITERIA, DEFAULT_ORDER, FORMATS, Facts
from sosie.review.patterns import check_pattern, matcher
from sosie.types import MERGED, RELATIONS, Relation

VERSION = 1


@dataclass(frozen=True)
class Condition:
    """What an image must be like; every part that is given must hold, and of a list one entry.

    `path`: patterns for the path or URI. `min_pixels`, `max_pixels`: width times height. `modified_before`,
    `modified_after`: dates of the file. A date or metadata that is not known matches nothing.
    """

    path: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    format: tuple[str, ...] = ()
    metadata: bool | None = None
    min_pixels: int | None = None
    max_pixels: int | None = None
    modified_before: datetime.date | None = None
    modified_after: datetime.date | None = None

    def holds(self, brand: str, facts: Facts) -> bool:
        """Tell whether an image is meant."""
        pixels = facts.width * facts.height
        day = datetime.datetime.fromtimestamp(facts.mtime_ns / 1e9, datetime.UTC).date() if facts.mtime_ns else None
        return (
            (not self.path or self._path_matches(facts.uri))
            and (not self.brand or brand.casefold() in self.brand)
            and (not self.format or facts.format.casefold() in self.format)
            and (self.metadata is None or facts.metadata == self.metadata)
            and (self.min_pixels is None or pixels >= self.min_pixels)
            and (self.max_pixels is None or pixels <= self.max_pixels)
            and (self.modified_before is None or (day is not None and day < self.modified_before))
            and (self.modified_after is None or (day is not None and day > self.modified_after))
        )

    @cached_property
    def _path_matches(self) -> Callable[[str], bool]:
        return matcher(self.path)


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition with the name under which it is given as a reason."""

    name: str
    where: Condition


@dataclass(frozen=True, slots=True)
class OnlyWhen:
    """Images `where` are dropped only when an image `kept` stays in the same group."""

    name: str
    where: Condition
    kept: Condition


@dataclass(frozen=True)
class Rules:
    """All rules. `automatic`: relations whose groups are planned without a person's decision, none but `identical` and
    `copy`. `order`: criteria of the keeper from the first to the last; `formats`: from the one to keep first.
    """

    automatic: tuple[Relation, ...] = ("identical", "copy")
    order: tuple[str, ...] = DEFAULT_ORDER
    formats: tuple[str, ...] = FORMATS
    protect: tuple[Rule, ...] = ()
    only_when: tuple[OnlyWhen, ...] = ()
    prefer: tuple[Rule, ...] = ()
    name: str = field(default="built-in", compare=False)

    @property
    def plain(self) -> bool:
        """Whether order and formats are the ones that a scan chose its keepers by."""
        return self.order == DEFAULT_ORDER and self.formats == FORMATS


def load_rules(path: Path) -> Rules:
    """Return the rules in a file. Raises `UsageError` that names what is wrong in it, and what may stand there."""
    return parse_rules(read_rules(path), path.name)


def read_rules(path: Path) -> str:
    """Return the text of a file of rules. Raises `UsageError` when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The rules {path} cannot be read ({why_not(error)}).", next_step="Check the path.") from error


def parse_rules(text: str, name: str = "rules.toml") -> Rules:
    """Return the rules that a text in TOML states. Raises as `load_rules` does."""
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} is not valid TOML: {error}.", next_step="Correct that line.") from error
    return rules_of(value, name)


def rules_of(given: Mapping[str, Any], name: str) -> Rules:
    """Return the rules in the entries of a file, or of a form. Raises as `load_rules` does."""
    value = dict(given)
    if value.pop("version", None) != VERSION:
        raise UsageError(f"{name} must state `version = {VERSION}`.", next_step="Put it in its first line.")
    _known(value, [item.name for item in fields(Rules) if item.name != "name"], name)
    return Rules(
        automatic=_closed(value, "automatic", Rules.automatic, sorted(MERGED), name),
        order=_closed(value, "order", DEFAULT_ORDER, CRITERIA, name),
        formats=tuple(entry.upper() for entry in _texts(value.get("formats", FORMATS), "formats", name)),
        protect=tuple(_rule(row, "protect", name) for row in _tables(value, "protect", name)),
        only_when=tuple(_only_when(row, name) for row in _tables(value, "only_when", name)),
        prefer=tuple(_rule(row, "prefer", name) for row in _tables(value, "prefer", name)),
        name=name,
    )


def _rule(row: dict[str, Any], kind: str, file: str) -> Rule:
    rest = dict(row)
    where = f"[[{kind}]] in {file}"
    name = _texts(rest.pop("name", None) or "", f"name of {where}", file)
    condition = _condition(rest, where)
    return Rule(name[0] or _said(rest), condition)


def _only_when(row: dict[str, Any], file: str) -> OnlyWhen:
    rest = dict(row)
    kept = rest.pop("kept", None)
    if not isinstance(kept, dict):
        raise UsageError(
            f"[[only_when]] in {file} needs `kept`.", next_step='Write for example kept = { path = "a/" }.'
        )
    rule = _rule(rest, "only_when", file)
    return OnlyWhen(rule.name, rule.where, _condition(kept, f"`kept` of [[only_when]] in {file}"))


def _condition(row: Mapping[str, Any], where: str) -> Condition:
    _known(row, [item.name for item in fields(Condition)], where)
    if not row:
        raise UsageError(f"{where} says nothing of the images it means.", next_step='Write for example path = "a/".')
    return Condition(**{key: _part(key, value, where) for key, value in row.items()})


def _part(key: str, value: Any, where: str) -> Any:
    match key:
        case "path":
            return tuple(_pattern(text, where) for text in _texts(value, key, where))
        case "brand" | "format":
            return tuple(text.casefold() for text in _texts(value, key, where))
        case "metadata" if isinstance(value, bool):
            return value
        case "min_pixels" | "max_pixels" if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        case "modified_before" | "modified_after" if isinstance(value, datetime.date):
            return value.date() if isinstance(value, datetime.datetime) else value
    kinds = {"metadata": "true or false", "min_pixels": "a number", "max_pixels": "a number"}
    raise UsageError(
        f"`{key}` in {where} cannot be {value!r}.", next_step=f"Give {kinds.get(key, 'a date: 2024-01-31')}."
    )


def _pattern(text: str, where: str) -> str:
    try:
        check_pattern(text)
    except ValueError as error:
        raise UsageError(
            f"`path` in {where} cannot be {text!r}: {error}.", next_step='Write for example path = "archive/".'
        ) from error
    return text


def _tables(value: Mapping[str, Any], key: str, file: str) -> Sequence[dict[str, Any]]:
    rows = value.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"`{key}` in {file} must be tables.", next_step=f"Write [[{key}]] on a line of its own.")
    return rows


def _texts(value: Any, key: str, where: str) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise UsageError(f"`{key}` in {where} must be a text or a list of texts.")
    return tuple(texts)


def _closed(value: Mapping[str, Any], key: str, default: Sequence[str], known: Sequence[str], file: str) -> Any:
    texts = _texts(value.get(key, list(default)), key, file)
    wrong = [text for text in texts if text not in known]
    if wrong:
        never = wrong[0] in RELATIONS
        why = f"{wrong[0]!r} is never acted on without a person" if never else f"{wrong[0]!r} is not known"
        raise UsageError(f"`{key}` in {file}: {why}.", next_step=f"Choose from {', '.join(known)}.")
    return texts


def _known(row: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    unknown = sorted(set(row) - set(known))
    if unknown:
        raise UsageError(f"{where} has an unknown entry {unknown[0]!r}.", next_step=f"Known are {', '.join(known)}.")


def _said(row: Mapping[str, Any]) -> str:
    parts = {key: " or ".join(map(str, value)) if isinstance(value, list) else value for key, value in row.items()}
    return ", ".join(f"{key} {value}" for key, value in parts.items())


def to_toml(rules: Rules) -> str:
    """Return rules as the text of a file, which `parse_rules` reads back as equal rules."""
    lines = [f"version = {VERSION}", ""]
    lines += [f"{name} = {_written(getattr(rules, name))}" for name in ("automatic", "order", "formats")]
    for kind in ("protect", "only_when", "prefer"):
        for rule in getattr(rules, kind):
            lines += ["", f"[[{kind}]]", f"name = {_written(rule.name)}"]
            lines += [f"{key} = {value}" for key, value in _parts(rule.where)]
            if isinstance(rule, OnlyWhen):
                inside = ", ".join(f"{key} = {value}" for key, value in _parts(rule.kept))
                lines.append(f"kept = {{ {inside} }}")
    return "\n".join(lines) + "\n"


def _parts(condition: Condition) -> list[tuple[str, str]]:
    values = [(item.name, getattr(condition, item.name)) for item in fields(Condition)]
    return [(name, _written(value)) for name, value in values if value is not None and value != ()]


def _written(value: object) -> str:
    match value:
        case tuple():
            return f"[{', '.join(_written(entry) for entry in value)}]"
        case bool():
            return "true" if value else "false"
        case str():
            # JSON's escapes are TOML's, but for the one character that JSON leaves as it is
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case _:
            return str(value)
