"""Whatever people do to a folder between scans, decisions, runs and undoing: nothing is lost, and nothing comes back.

A state machine over a real folder. Its own model of the world knows which contents exist and what was decided.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from itertools import product
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from sosie.review import Desk, Plan, Rules, apply_plan, parse_rules, undo_run
from sosie.review.groups import ReviewGroup
from sosie.review.plan import Method
from sosie.store.catalogue import Catalogue
from sosie.store.decisions import Verdict
from tests.review.folders import contents, report_of, tree, write

PICTURES = ("sun", "moon", "star")
FOLDERS = ("archive", "phone", "web")
RULES = (
    Rules(),
    parse_rules('version = 1\n[[protect]]\npath = "archive/"'),
    parse_rules('version = 1\nautomatic = ["identical"]\n[[prefer]]\npath = "phone/"'),
    parse_rules('version = 1\n[[only_when]]\npath = "phone/"\nkept = { path = "archive/" }'),
)


class Library(RuleBasedStateMachine):
    """Scan, decide, apply, undo, move, rename, delete, add, change."""

    plans = Bundle("plans")

    @initialize()
    def start(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="sosie-model-"))
        self.root = self.home / "photos"
        self.root.mkdir()
        self.catalogue = Catalogue(self.home / "data/catalogue.db")
        self.number = 0
        self.settled: set[bytes] = set()
        self.apart: set[tuple[bytes, bytes]] = set()
        self.known: set[bytes] = set()
        for picture, version, folder in product(PICTURES[:2], (3, 0), FOLDERS[:2]):
            self.add(picture, version, folder)

    def teardown(self) -> None:
        if hasattr(self, "home"):
            self.catalogue.close()
            shutil.rmtree(self.home)

    # What people and other programs do -----------------------------------------------------------------------------

    @rule(picture=st.sampled_from(PICTURES), version=st.integers(0, 4), folder=st.sampled_from(FOLDERS))
    def add(self, picture: str, version: int, folder: str) -> None:
        self.number += 1
        write(self.root / folder / f"{self.number}.png", f"{picture} " + "large " * version, mode=0o600 + version)
        self.known |= contents(self.root)

    @rule(data=st.data(), folder=st.sampled_from(FOLDERS))
    def move(self, data: st.DataObject, folder: str) -> None:
        if file := self._some_file(data):
            self.number += 1
            (self.root / folder).mkdir(exist_ok=True)
            file.rename(self.root / folder / f"moved {self.number}.png")

    @rule(data=st.data())
    def link(self, data: st.DataObject) -> None:
        if file := self._some_file(data):
            self.number += 1
            os.link(file, file.with_name(f"linked {self.number}.png"))

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if file := self._some_file(data):
            file.unlink()
            self.known = contents(self.root)  # people may lose contents, Sosie may not

    @rule(data=st.data(), picture=st.sampled_from(PICTURES))
    def change(self, data: st.DataObject, picture: str) -> None:
        if file := self._some_file(data):
            self.number += 1
            file.unlink()
            write(file, f"{picture} changed {self.number}")
            self.known = contents(self.root)

    # What Sosie does ------------------------------------------------------------------------------------------------

    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        desk = self._desk()
        groups = desk.groups()
        if groups:
            group = data.draw(st.sampled_from(groups))
            keep = data.draw(st.sets(st.sampled_from([m.image.uri for m in group.members]), min_size=1))
            desk.settle(group, sorted(keep), person="ann")
            self.settled |= set(group.contents)

    @rule(data=st.data())
    def set_apart(self, data: st.DataObject) -> None:
        groups = [group for group in self._desk().groups() if len(group.contents) > 1]
        if groups:
            group = data.draw(st.sampled_from(groups))
            pair = sorted(data.draw(st.permutations(group.contents))[:2])
            self._desk().decisions.record([Verdict("apart", tuple(pair))], person="bob", now=1.0)
            self.apart.add((pair[0], pair[1]))

    @rule(target=plans, rules=st.sampled_from(RULES), method=st.sampled_from(["quarantine", "hardlink"]))
    def plan(self, rules: Rules, method: Method) -> Plan:
        before = tree(self.root)
        plan = Plan.from_json(self._desk().plan(rules, method=method).to_json())
        assert tree(self.root) == before
        return plan

    @rule(plan=plans)
    def apply(self, plan: Plan) -> None:
        desk = self._desk()
        visible = self._visible()
        undoing = [run for run in desk.runs.names() if desk.runs.open(run).undo_begun]
        for run in undoing:
            undo_run(run, desk.runs)
        journal = desk.runs.of_plan(plan.key)
        if journal is not None and journal.undo_begun and "undo finished" not in journal.marks:
            return  # half undone for good: something else took its place
        outcome = apply_plan(plan, desk.runs)
        gone = visible - self._visible()
        dropped = {drop.sha256: drop for drop in plan.drops if drop.uri in outcome.done}
        for content in gone:
            drop = dropped[content]
            assert drop.keeper_sha256 in self._visible(), "a keeper went with its copy"

    @rule(plan=plans)
    def apply_and_undo(self, plan: Plan) -> None:
        desk = self._desk()
        if desk.runs.of_plan(plan.key) is not None:
            return
        before = tree(self.root)
        outcome = apply_plan(plan, desk.runs)
        undone = undo_run(outcome.run, desk.runs)
        assert not undone.refused
        assert tree(self.root) == before

    @precondition(lambda self: self._desk().runs.names())
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        runs = self._desk().runs
        only = data.draw(st.sampled_from([(), ("archive/",), ("phone/",)]))
        undo_run(data.draw(st.sampled_from(runs.names())), runs, only=only)

    # What always holds ----------------------------------------------------------------------------------------------

    @invariant()
    def no_content_disappears(self) -> None:
        if hasattr(self, "known"):
            assert contents(self.root) >= self.known

    @invariant()
    def what_is_decided_is_not_asked_again(self) -> None:
        if hasattr(self, "settled"):
            for group in self._desk().groups():
                assert not self.settled & set(group.asked)

    @invariant()
    def pairs_set_apart_are_never_in_one_group(self) -> None:
        if hasattr(self, "apart"):
            for group in self._desk().groups():
                assert not [pair for pair in self.apart if set(pair) <= set(group.contents)]

    @invariant()
    def plans_keep_one_of_each_group(self) -> None:
        if hasattr(self, "root"):
            desk = self._desk()
            groups: dict[str, ReviewGroup] = {group.key: group for group in desk.groups()}
            for planned in desk.plan(Rules()).groups:
                members = {member.image.uri for member in groups[planned.key].members}
                assert members - {drop.uri for drop in planned.drops}
                assert planned.keeps

    # --------------------------------------------------------------------------------------------------------------

    def _desk(self) -> Desk:
        images = {bytes.fromhex(image.sha256) for image in report_of(self.root).images}
        apart = Desk(self.catalogue, report_of(self.root)).decisions.standing(images).apart
        return Desk(self.catalogue, report_of(self.root, apart), (str(self.root),))

    def _files(self) -> list[Path]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return sorted(path for path in found if ".sosie-quarantine" not in path.parts)

    def _some_file(self, data: st.DataObject) -> Path | None:
        files = self._files()
        return data.draw(st.sampled_from(files)) if files else None

    def _visible(self) -> set[str]:
        return {image.sha256 for image in report_of(self.root).images}


TestLibrary = Library.TestCase
TestLibrary.settings = settings(
    max_examples=int(os.environ.get("SOSIE_MODEL_RUNS", "8")),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
