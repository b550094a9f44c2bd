"""Groups under review: what is settled is not asked again, and only what is new is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sosie.errors import DecisionConflict, UsageError
from sosie.report import Report
from sosie.review.desk import Desk
from sosie.review.rules import Rules
from sosie.store.catalogue import Catalogue
from sosie.store.decisions import Verdict
from tests.review.folders import report_of, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "photos"
    write(root / "one.png", "sun large")
    write(root / "two.png", "sun")
    return root


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "catalogue.db") as catalogue:
        yield catalogue


def test_a_settled_group_comes_back_only_for_a_new_image(folder: Path, catalogue: Catalogue) -> None:
    desk = Desk(catalogue, report_of(folder))
    (group,) = desk.open_groups()
    desk.settle(group, [str(folder / "one.png")], person="ann")
    assert not desk.open_groups()
    write(folder / "moved/three.png", "sun")
    (folder / "two.png").rename(folder / "moved/two.png")
    assert not Desk(catalogue, report_of(folder)).open_groups(), "moved files and more of the same bytes are known"
    write(folder / "four.png", "sun larger yet")
    (again,) = Desk(catalogue, report_of(folder)).open_groups()
    new = next(image for image in report_of(folder).images if image.uri.endswith("four.png"))
    assert again.asked == (bytes.fromhex(new.sha256),)


def test_the_key_of_a_group_does_not_depend_on_names(folder: Path, catalogue: Catalogue) -> None:
    key = Desk(catalogue, report_of(folder)).groups()[0].key
    (folder / "one.png").rename(folder / "z.png")
    assert Desk(catalogue, report_of(folder)).group(key).key == key


def test_two_reviewers_do_not_overrule_each_other(folder: Path, catalogue: Catalogue) -> None:
    desk = Desk(catalogue, report_of(folder))
    ann, bob = desk.groups()[0], desk.groups()[0]
    desk.settle(ann, [str(folder / "one.png")], person="ann")
    with pytest.raises(DecisionConflict, match="ann decided"):
        desk.settle(bob, [str(folder / "two.png")], person="bob")
    with pytest.raises(DecisionConflict, match="ann decided"):
        desk.decisions.record([Verdict("apart", bob.contents)], person="bob", now=1.0, seen=bob.revision)
    desk.settle(desk.groups()[0], [str(folder / "two.png")], person="bob")


def test_of_files_with_equal_bytes_the_one_that_was_picked_is_kept(folder: Path, catalogue: Catalogue) -> None:
    write(folder / "a.png", "moon")
    write(folder / "b.png", "moon")
    for picked, other in (("b.png", "a.png"), ("a.png", "b.png")):
        desk = Desk(catalogue, report_of(folder))
        group = next(group for group in desk.groups() if group.group.relation == "identical")
        desk.settle(group, [str(folder / picked)], person="ann")
        drops = {drop.uri: drop.keeper for drop in desk.plan(Rules()).drops}
        assert drops[str(folder / other)] == str(folder / picked)


def test_a_content_that_is_kept_is_kept_once(folder: Path, catalogue: Catalogue) -> None:
    write(folder / "again.png", "sun")
    content = next(m.content for m in Desk(catalogue, report_of(folder)).groups()[0].members if "two" in m.image.uri)
    desk = Desk(catalogue, report_of(folder))
    desk.decisions.record([Verdict("keep", (content,))], person="ann", now=1.0)
    (drop,) = [drop for drop in desk.plan(Rules()).drops if drop.sha256 == content.hex()]
    assert drop.relation == "identical"
    assert drop.keeper_sha256 == content.hex()


def test_a_group_keeps_one_image_at_least(folder: Path, catalogue: Catalogue) -> None:
    desk = Desk(catalogue, report_of(folder))
    with pytest.raises(UsageError, match="keep one image"):
        desk.settle(desk.groups()[0], [], person="ann")
    with pytest.raises(UsageError, match="not in the group"):
        desk.settle(desk.groups()[0], ["/elsewhere.png"], person="ann")


def of_two_brands(folder: Path) -> Report:
    """A report whose first image is listed by another brand, too, under the same URI."""
    report = report_of(folder)
    again = replace(report.images[0], id=len(report.images), brand="other")
    (group,) = report.groups
    return replace(report, images=(*report.images, again), groups=(replace(group, members=(*group.members, again.id)),))


def test_a_file_that_two_brands_list_stays_for_both_or_goes_for_both(folder: Path, catalogue: Catalogue) -> None:
    desk = Desk(catalogue, of_two_brands(folder))
    one, two = str(folder / "one.png"), str(folder / "two.png")
    for kept, gone in ((one, two), (two, one)):
        (group,) = desk.groups()
        desk.settle(group, [kept], person="ann")
        assert {m.image.uri: m.choice for m in desk.groups()[0].members} == {kept: "keep", gone: "drop"}
        assert [m.choice for m in desk.groups()[0].by_uri[one]] == ["keep" if kept == one else "drop"] * 2
        assert [(drop.uri, drop.keeper) for drop in desk.plan(Rules()).drops] == [(gone, kept)]


def test_rules_never_let_a_file_go_in_favour_of_itself(folder: Path, catalogue: Catalogue) -> None:
    report = of_two_brands(folder)
    alone = replace(report.groups[0], relation="identical", members=(0, 2), keeper=0)
    plan = Desk(catalogue, replace(report, groups=(alone,))).plan(Rules())
    assert not plan.drops
    assert [left.reason for left in plan.left] == ["is the very file that is kept, which another brand lists, too"]
