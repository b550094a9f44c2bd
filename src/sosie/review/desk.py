"""The desk of a reviewer: a scan's report, the decisions on it and the rules, and what follows from them.

The command line, the API and scripts all come in here.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sosie.errors import UsageError
from sosie.grouping.keeper import Facts
from sosie.report import Report
from sosie.review.facts import facts_of
from sosie.review.fields import check_fields
from sosie.review.groups import ReviewGroup, group_key, review_groups
from sosie.review.plan import Method, Plan, is_file
from sosie.review.planning import make_plan
from sosie.review.rules import Rules, load_rules, read_rules, to_toml
from sosie.review.ways import Ways
from sosie.store.catalogue import Catalogue
from sosie.store.decisions import Decisions, Verdict
from sosie.store.journal import Runs
from sosie.store.scans import last_scan
from sosie.types import Group

_AGAIN = "Write the report again with `sosie scan PATH --report FILE`."
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Desk:
    """One report under review. `roots` are the folders that were scanned."""

    catalogue: Catalogue
    report: Report
    roots: tuple[str, ...] = ()

    @property
    def decisions(self) -> Decisions:
        """All decisions of the catalogue."""
        return Decisions(self.catalogue)

    @property
    def runs(self) -> Runs:
        """All runs that were applied from this catalogue."""
        return Runs.beside(self.catalogue.path)

    @cached_property
    def facts(self) -> dict[int, Facts]:
        """What is known of each grouped image, by its id."""
        return facts_of(self.report, self.catalogue)

    @cached_property
    def ways(self) -> Ways:
        """What joins images to the ones that stay for them."""
        return Ways(self.report.edges)

    def groups(self) -> list[ReviewGroup]:
        """Return all groups with what is decided of them now."""
        return review_groups(self.report, self.decisions)

    def open_groups(self) -> list[ReviewGroup]:
        """Return the groups in which something is left to ask."""
        return [group for group in self.groups() if not group.settled]

    def group(self, key: str) -> ReviewGroup:
        """Return a group by its key. Raises `UsageError` when the report has none of this key."""
        if key not in self._by_key:
            raise UsageError(f"There is no group {key}.", next_step="It may have changed: look at the groups again.")
        (group,) = review_groups(replace(self.report, groups=(self._by_key[key],)), self.decisions)
        return group

    @cached_property
    def _by_key(self) -> dict[str, Group]:
        images = self.report.images
        return {
            group_key(bytes.fromhex(images[member].sha256) for member in group.members): group
            for group in self.report.groups
        }

    def settle(
        self, group: ReviewGroup, keep: Iterable[str], *, person: str, reason: str = "", seen: int | None = None
    ) -> list[int]:
        """Decide a whole group: the images at these URIs are kept, all others dropped in favour of the first one.

        Returns the numbers of the decisions. `seen` is the revision that was shown (by default that of `group`): when
        somebody was faster, nothing is recorded and `DecisionConflict` says who. Raises `UsageError` unless one member
        at least is kept.
        """
        verdicts = settling(group, list(keep))
        revision = group.revision if seen is None else seen
        return self.decisions.record(
            verdicts, person=person, now=time.time(), reason=reason, seen=revision, contents=group.contents
        )

    def plan(
        self,
        rules: Rules,
        *,
        method: Method = "quarantine",
        quarantine: str | None = None,
        target: str | None = None,
    ) -> Plan:
        """Return what decisions and rules come to. Nothing is touched."""
        revision = self.decisions.revision()  # before they are read: what comes between counts as newer
        return make_plan(
            self.report,
            self.groups(),
            self.facts,
            rules,
            self.ways,
            created=time.time(),
            method=method,
            quarantine=quarantine,
            target=target,
            roots=self.roots,
            revision=revision,
        )


def settling(group: ReviewGroup, keep: Sequence[str]) -> list[Verdict]:
    """Return the verdicts that keep the images of a group at these URIs and drop its others.

    What two brands list under one URI is one file: it stays for both or goes for both.
    """
    at = group.by_uri
    unknown = [uri for uri in keep if uri not in at]
    if unknown or not keep:
        raise UsageError(
            f"{unknown[0]} is not in the group." if unknown else "A group must keep one image at least.",
            next_step=f"Its images are {', '.join(at)}.",
        )
    keeper = at[keep[0]][0].content
    kept = {member.content for uri in keep for member in at[uri]}
    verdicts = [Verdict("keep", (member.content,), None, uri) for uri in keep for member in at[uri]]
    for member in group.members:
        if member.image.uri not in keep:
            place = member.image.uri if member.content in kept else None
            verdicts.append(Verdict("drop", (member.content,), keeper, place))
    return list(dict.fromkeys(verdicts))


def open_desk(catalogue: Catalogue, *, report: Path | None = None, paths: Iterable[str | Path] = ()) -> Desk:
    """Return the desk for a report: from a file, of the last scan of some paths, or of the last scan at all.

    Raises `UsageError` when there is no such scan, or the file is no report.
    """
    if report is not None:
        return _from_file(catalogue, report)
    wanted = [os.path.abspath(path) for path in paths]
    found = last_scan(catalogue, wanted or None)
    if found is None:
        what = f"of exactly {', '.join(wanted)} " if wanted else ""
        raise UsageError(f"No scan {what}is remembered in {catalogue.path}.", next_step="Run `sosie scan PATH` first.")
    return Desk(catalogue, found.report, found.paths)


def rules_path(catalogue: Path) -> Path:
    """Return the file of a catalogue's own rules: `catalogue.rules.toml` beside `catalogue.db`."""
    return catalogue.with_name(f"{catalogue.stem}.rules.toml")


def rules_text(catalogue: Path) -> str:
    """Return the rules in force for a catalogue as the text of a file. Raises `UsageError` when that cannot be read."""
    found = _file_in_force(catalogue)
    return to_toml(Rules()) if found is None else read_rules(found)


def rules_in_force(catalogue: Path, named: Path | None = None) -> Rules:
    """Return the named rules, else those of the catalogue, else the built-in ones.

    A catalogue without rules of its own goes by `rules.toml` beside it, where that is there.
    """
    found = named or _file_in_force(catalogue)
    return Rules() if found is None else load_rules(found)


def _file_in_force(catalogue: Path) -> Path | None:
    own, shared = rules_path(catalogue), catalogue.with_name("rules.toml")
    return own if own.is_file() else shared if shared.is_file() else None


def _from_file(catalogue: Catalogue, path: Path) -> Desk:
    try:
        report = Report.from_json(path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"The report {path} cannot be read ({error.strerror}).", next_step="Check the path."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{path} is no report ({error}).", next_step="Write one with `sosie scan PATH --report FILE`."
        ) from error
    _check_report(report)
    folders = [str(Path(image.uri).parent) for image in report.images if is_file(image.uri)]
    return Desk(catalogue, report, _common(folders))


def _check_report(report: Report) -> None:
    """Raise `UsageError` unless all values are of their kinds, and all numbers are of images that the report has."""
    check_fields(report)
    known = range(len(report.images))
    wrong = next((i.sha256 for n, i in enumerate(report.images) if i.id != n or not _SHA256.fullmatch(i.sha256)), None)
    if wrong is not None:
        raise UsageError(f"The image {wrong[:64]!r} is not in its place or no SHA-256.", next_step=_AGAIN)
    if not all(edge.a in known and edge.b in known and edge.inner in (None, edge.a, edge.b) for edge in report.edges):
        raise UsageError("An edge of this report is of images that it has not.", next_step=_AGAIN)
    if not all(
        group.keeper in group.members and all(member in known for member in group.members) for group in report.groups
    ):
        raise UsageError("A group of this report is of images that it has not.", next_step=_AGAIN)


def _common(folders: Sequence[str]) -> tuple[str, ...]:
    try:
        common = os.path.commonpath(folders) if folders else ""
    except ValueError:  # several drives
        return ()
    return (common,) if common and Path(common).parent != Path(common) else ()
