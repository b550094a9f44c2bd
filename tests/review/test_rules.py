"""Keep rules: what they protect, prefer and demand, and what is wrong in a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sosie.errors import UsageError
from sosie.grouping.keeper import DEFAULT_ORDER
from sosie.review.deciding import suggestions
from sosie.review.desk import Desk, rules_in_force, rules_path, rules_text
from sosie.review.exports import rows_of
from sosie.review.patterns import matcher
from sosie.review.plan import Plan
from sosie.review.rules import Condition, OnlyWhen, Rule, Rules, parse_rules, to_toml
from sosie.review.ways import Ways
from sosie.store.catalogue import Catalogue
from sosie.store.decisions import Verdict
from sosie.types import Edge, Edit, Evidence, Relation
from tests.review.folders import report_of, write

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("archive/", "/home/ann/archive/2020/a.png", True),
        ("archive/", "/home/ann/my archive/a.png", False),
        ("archive/", "/home/ann/archive", False),
        ("*.png", "/home/ann/a.png", True),
        ("*.png", "/home/ann/a.png.jpg", False),
        ("2020/*.png", "/home/2020/a.png", True),
        ("2020/*.png", "/home/2020/b/a.png", False),
        ("2020/**/*.png", "/home/2020/b/c/a.png", True),
        ("2020/**/*.png", "/home/2020/a.png", True),
        ("/home/*/a.png", "/home/ann/a.png", True),
        ("/home/*/a.png", "/mnt/home/ann/a.png", False),
        ("https://cdn.example/", "https://cdn.example/x/a.png", True),
        ("img_[0-9].png", "/x/IMG_7.PNG", True),
        ("img_[!0-9].png", "/x/img_7.png", False),
        ("caf\u00e9/", "/x/cafe\u0301/a.png", True),
        ("a+b (1)/", "/x/a+b (1)/c.png", True),
    ],
)
def test_patterns_mean_what_people_write(pattern: str, path: str, expected: bool) -> None:
    assert matcher([pattern])(path) is expected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "photos"
    write(root / "archive/sun.png", "sun")
    write(root / "phone/sun.png", "sun large")
    write(root / "web/sun.png", "sun largest of all")
    write(root / "phone/moon.png", "moon large")
    write(root / "phone/moon2.png", "moon")
    return root


def planned(folder: Path, rules: Rules, relation: Relation = "copy", *verdicts: Verdict) -> Plan:
    with Catalogue(folder.parent / "data/catalogue.db") as catalogue:
        desk = Desk(catalogue, report_of(folder, relation=relation), (str(folder),))
        if verdicts:
            desk.decisions.record(verdicts, person="ann", now=1.0)
        return desk.plan(rules)


def dropped(plan: Plan, folder: Path) -> Mapping[str, str]:
    return {str(Path(d.uri).relative_to(folder)): str(Path(d.keeper).relative_to(folder)) for d in plan.drops}


def test_without_rules_the_keeper_of_the_scan_stays(folder: Path) -> None:
    found = dropped(planned(folder, Rules()), folder)
    assert found == {
        "archive/sun.png": "web/sun.png",
        "phone/sun.png": "web/sun.png",
        "phone/moon2.png": "phone/moon.png",
    }


def test_a_protected_folder_loses_nothing_and_its_files_become_the_keepers(folder: Path) -> None:
    rules = parse_rules('version = 1\n[[protect]]\nname = "the archive"\npath = "archive/"')
    plan = planned(folder, rules)
    assert dropped(plan, folder)["web/sun.png"] == "archive/sun.png"
    assert "archive/sun.png" not in dropped(plan, folder)
    assert "protected by the archive" in {keep.reason for group in plan.groups for keep in group.keeps}


def test_only_when_asks_for_a_kept_image_elsewhere(folder: Path) -> None:
    rules = parse_rules('version = 1\n[[only_when]]\nname = "archived"\npath = "phone/"\nkept = { path = "archive/" }')
    plan = planned(folder, rules)
    assert "phone/moon2.png" not in dropped(plan, folder)
    assert "phone/sun.png" not in dropped(plan, folder), "archive/sun.png is not kept: web/sun.png is"
    assert any("archived" in left.reason for left in plan.left)
    both = parse_rules(
        'version = 1\n[[only_when]]\npath = "phone/"\nkept = { path = "archive/" }\n[[protect]]\npath = "archive/"'
    )
    assert dropped(planned(folder, both), folder)["phone/sun.png"] == "archive/sun.png"


def test_preferences_count_in_their_order(folder: Path) -> None:
    rules = parse_rules('version = 1\n[[prefer]]\nname = "phones"\npath = "phone/"\n[[prefer]]\npath = "web/"')
    plan = planned(folder, rules)
    assert dropped(plan, folder)["web/sun.png"] == "phone/sun.png"
    reasons = {keep.uri: keep.reason for group in plan.groups for keep in group.keeps}
    assert reasons[str(folder / "phone/sun.png")] == "phones"


def test_the_order_of_criteria_can_be_changed(folder: Path) -> None:
    rules = parse_rules('version = 1\norder = ["name"]')
    assert dropped(planned(folder, rules), folder)["archive/sun.png"] == "web/sun.png"
    assert dropped(planned(folder, rules), folder)["phone/moon2.png"] == "phone/moon.png"


@pytest.mark.parametrize("relation", ["similar", "scene", "variant", "contains"])
def test_looser_relations_lose_only_what_somebody_decided(folder: Path, relation: Relation) -> None:
    plan = planned(folder, Rules(), relation)
    assert not plan.drops
    assert all("waits for a decision" in left.reason for left in plan.left)
    sun = bytes.fromhex(report_of(folder).images[1].sha256)
    moon = next(image for image in report_of(folder).images if image.uri.endswith("moon2.png"))
    decided = planned(folder, Rules(), relation, Verdict("drop", (bytes.fromhex(moon.sha256),)))
    assert list(dropped(decided, folder)) == ["phone/moon2.png"]
    assert decided.drops[0].by == "decision 1 by ann"
    assert decided.drops[0].decision == 1
    assert sun


def test_a_person_outranks_preferences_and_protection_outranks_a_person(folder: Path) -> None:
    images = {image.uri: bytes.fromhex(image.sha256) for image in report_of(folder).images}
    archive, web = images[str(folder / "archive/sun.png")], images[str(folder / "web/sun.png")]
    rules = parse_rules('version = 1\n[[prefer]]\npath = "phone/"')
    plan = planned(folder, rules, "copy", Verdict("keep", (archive,)), Verdict("drop", (web,), archive))
    assert dropped(plan, folder)["web/sun.png"] == "archive/sun.png"
    assert dropped(plan, folder)["phone/sun.png"] == "archive/sun.png"
    protecting = parse_rules('version = 1\n[[protect]]\npath = "web/"')
    assert "web/sun.png" not in dropped(planned(folder, protecting), folder)


@pytest.mark.parametrize("apart_first", [True, False])
def test_nothing_goes_in_favour_of_what_it_is_set_apart_from(folder: Path, apart_first: bool) -> None:
    images = {image.uri: bytes.fromhex(image.sha256) for image in report_of(folder).images}
    one, two = images[str(folder / "phone/moon.png")], images[str(folder / "phone/moon2.png")]
    for verdict in (Verdict("drop", (two,)), Verdict("drop", (two,), one)):
        said = [Verdict("apart", (one, two)), verdict][:: 1 if apart_first else -1]
        plan = planned(folder, Rules(), "copy", *said)
        assert "phone/moon2.png" not in dropped(plan, folder)
        assert [left.reason for left in plan.left if left.uri.endswith("moon2.png")] == [
            "somebody said that it is no duplicate of the images that are kept"
        ]


def test_what_was_dropped_for_an_image_it_is_set_apart_from_waits_but_goes_for_others(folder: Path) -> None:
    images = {image.uri: bytes.fromhex(image.sha256) for image in report_of(folder).images}
    archive, web, phone = (images[str(folder / f"{name}/sun.png")] for name in ("archive", "web", "phone"))
    kept = [Verdict("keep", (archive,)), Verdict("keep", (web,)), Verdict("apart", (archive, phone))]
    assert "phone/sun.png" not in dropped(
        planned(folder, Rules(), "copy", *kept, Verdict("drop", (phone,), archive)), folder
    )
    assert (
        dropped(planned(folder, Rules(), "copy", Verdict("drop", (phone,))), folder)["phone/sun.png"] == "web/sun.png"
    )


def test_when_all_were_dropped_one_stays(folder: Path) -> None:
    verdicts = [Verdict("drop", (bytes.fromhex(image.sha256),)) for image in report_of(folder).images]
    plan = planned(folder, Rules(), "copy", *verdicts)
    assert len(plan.drops) == 3
    assert all(group.keeps for group in plan.groups)


def test_a_byte_identical_file_goes_although_its_group_waits(folder: Path) -> None:
    write(folder / "web/again.png", "sun large")
    plan = planned(folder, parse_rules('version = 1\nautomatic = ["identical"]'))
    assert dropped(plan, folder) in ({"web/again.png": "phone/sun.png"}, {"phone/sun.png": "web/again.png"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "version = 1"),
        ("version = 2", "version = 1"),
        ("version = ", "not valid TOML"),
        ('version = 1\nautomatic = ["similar"]', "never acted on without a person"),
        ('version = 1\norder = ["luck"]', "'luck' is not known.*frames"),
        ("version = 1\nlucky = true", "unknown entry 'lucky'.*protect"),
        ("version = 1\n[[protect]]", "says nothing of the images"),
        ('version = 1\n[[protect]]\npaht = "a/"', "unknown entry 'paht'.*path"),
        ("version = 1\n[[protect]]\npath = 3", "must be a text"),
        ('version = 1\n[[only_when]]\npath = "a/"', "needs `kept`"),
        ('version = 1\n[[prefer]]\nmin_pixels = "many"', "cannot be 'many'.*a number"),
        ('version = 1\n[[prefer]]\nmodified_before = "May"', "cannot be 'May'.*2024-01-31"),
        ("version = 1\nprotect = 3", r"must be tables.*\[\[protect\]\]"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_what_may_stand_there(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_rules(text)


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
conditions = st.builds(
    Condition,
    path=st.lists(texts.filter(lambda text: "[" not in text), min_size=1, max_size=3).map(tuple),
    brand=st.lists(texts.map(str.casefold), max_size=2).map(tuple),
    metadata=st.none() | st.booleans(),
    min_pixels=st.none() | st.integers(0, 10**9),
    modified_before=st.none() | st.dates(),
)
named = st.builds(Rule, name=texts, where=conditions)


@given(
    st.builds(
        Rules,
        automatic=st.sampled_from([("identical",), (), ("identical", "copy")]),
        order=st.permutations(DEFAULT_ORDER).map(tuple),
        protect=st.lists(named, max_size=2).map(tuple),
        only_when=st.lists(st.builds(OnlyWhen, name=texts, where=conditions, kept=conditions), max_size=2).map(tuple),
        prefer=st.lists(named, max_size=2).map(tuple),
    )
)
def test_written_rules_are_read_back_as_they_were(rules: Rules) -> None:
    assert parse_rules(to_toml(rules)) == rules


def test_every_example_in_the_guide_is_a_file_of_rules() -> None:
    examples = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/rules.md").read_text(encoding="utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        parse_rules(example)


BANNER = Edit("overlay", "something laid over", rectangles=((0.0, 0.6, 1.0, 1.0),))


@pytest.mark.parametrize(
    ("score", "edits", "reason"), [(0.9, (), "only 90% sure"), (0.99, (BANNER,), "something is laid over it")]
)
def test_a_copy_that_is_unsure_or_laid_over_waits_for_a_person_everywhere(
    folder: Path, score: float, edits: tuple[Edit, ...], reason: str
) -> None:
    with Catalogue(folder.parent / "data/catalogue.db") as catalogue:
        report = report_of(folder)
        edges = tuple(replace(edge, score=score, evidence=Evidence(edits=edits)) for edge in report.edges)
        desk = Desk(catalogue, replace(report, edges=edges), (str(folder),))
        plan = desk.plan(Rules())
        assert not list(plan.drops)
        assert all(reason in left.reason for group in plan.groups for left in group.left)
        assert sum(len(group.left) for group in plan.groups) == 3
        rows = rows_of(desk, Rules())
        assert {row.role for row in rows} == {"keeper", "open"}
        assert all(reason in row.reason for row in rows if row.role == "open")
        suggested = suggestions(desk.groups(), desk.facts, Rules(), desk.ways)
        assert not suggested.verdicts
        assert suggested.left == {"its copies are in doubt": 2}


def test_what_somebody_decided_is_not_doubted(folder: Path) -> None:
    with Catalogue(folder.parent / "data/catalogue.db") as catalogue:
        report = report_of(folder)
        edges = tuple(replace(edge, score=0.5) for edge in report.edges)
        desk = Desk(catalogue, replace(report, edges=edges), (str(folder),))
        for group in desk.groups():
            desk.settle(group, [group.members[0].image.uri], person="ann")
        assert len(desk.plan(Rules()).drops) == 3


def test_images_that_nothing_measured_joins_wait_for_a_person(folder: Path) -> None:
    with Catalogue(folder.parent / "data/catalogue.db") as catalogue:
        plan = Desk(catalogue, replace(report_of(folder), edges=()), (str(folder),)).plan(Rules())
    assert not plan.drops
    assert all("nothing that was measured joins it" in left.reason for left in plan.left)


def test_the_evidence_is_the_most_trustworthy_chain() -> None:
    def edge(a: int, b: int, relation: Relation) -> Edge:
        return Edge(a, b, relation, 1.0, Evidence())

    ways = Ways([edge(0, 3, "similar"), edge(0, 1, "copy"), edge(1, 2, "identical"), edge(2, 3, "copy")])
    assert [(one.a, one.b) for one in ways.between(3, 0)] == [(2, 3), (1, 2), (0, 1)]
    assert [(one.a, one.b) for one in ways.between(0, 3)] == [(0, 1), (1, 2), (2, 3)]
    assert ways.between(0, 0) == []
    assert ways.between(7, 0) == []


def test_each_catalogue_of_a_folder_has_rules_of_its_own_and_an_older_file_counts_until_then(tmp_path: Path) -> None:
    one, other = tmp_path / "one.db", tmp_path / "other.db"
    assert rules_in_force(one) == Rules()
    assert parse_rules(rules_text(one)) == Rules()
    (tmp_path / "rules.toml").write_text('version = 1\nautomatic = ["identical"]\n')
    assert rules_in_force(one).automatic == rules_in_force(other).automatic == ("identical",)
    rules_path(one).write_text('version = 1\nautomatic = ["copy"]\n')
    assert rules_in_force(one).automatic == ("copy",)
    assert 'automatic = ["copy"]' in rules_text(one)
    assert rules_in_force(other).automatic == ("identical",)


@pytest.mark.parametrize("pattern", ["[a", "a[", "[]", "a/[b]/[c", ""])
def test_a_pattern_that_is_not_closed_or_says_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match=r"`path` in \[\[protect\]\] in rules.toml cannot be"):
        parse_rules(f'version = 1\n[[protect]]\npath = "{pattern}"\n')


@pytest.mark.parametrize("pattern", ["[ab]", "[[]1]", "[]]", "a/[!b]/*", "[a][b]"])
def test_a_pattern_with_closed_brackets_is_taken(pattern: str) -> None:
    assert parse_rules(f'version = 1\n[[protect]]\npath = "{pattern}"\n').protect[0].where.path == (pattern,)
