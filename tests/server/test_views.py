"""Filters, orders, pages and what holds groups together, each against the plain way to find it out."""

from __future__ import annotations

import random
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sosie.errors import NotFound, UsageError
from sosie.report import Report
from sosie.server.schemas.decisions import GroupFilter
from sosie.server.views.choosing import Sort, matching, ordered, page_of
from sosie.server.views.cursors import read_cursor, write_cursor
from sosie.server.views.detail import detail_of
from sosie.server.views.grouping import Grouping
from sosie.server.views.loaded import LoadedResult, Results, StoredResult
from sosie.server.views.spanning import spanning
from sosie.server.views.summary import histogram_of, summary_of
from sosie.store.catalogue import Catalogue
from sosie.store.decisions import Decisions, Verdict
from tests.server.reports import report_of


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedResult:
    report = report_of(60, alone=20, similar=15)
    return LoadedResult("job", 1.0, report, Decisions(Catalogue(tmp_path / "c.db")))


def shown(result: LoadedResult, wanted: GroupFilter) -> list[int]:
    grouping = result.grouping
    found: list[int] = np.flatnonzero(matching(grouping, wanted, result.standings.asked(grouping))).tolist()
    return found


def test_every_filter_lets_through_what_a_plain_look_finds(loaded: LoadedResult) -> None:
    report = loaded.report

    def plain(test: object) -> list[int]:
        assert callable(test)
        members = [[report.images[member] for member in group.members] for group in report.groups]
        return [n for n, group in enumerate(report.groups) if test(group, members[n])]

    cases = [
        (GroupFilter(), lambda _, __: True),
        (GroupFilter(relation=["similar"]), lambda group, _: group.relation == "similar"),
        (GroupFilter(brand=["nike"]), lambda _, images: any(image.brand == "nike" for image in images)),
        (
            GroupFilter(brand=["nike", "zeta"]),
            lambda _, images: any(image.brand in ("nike", "zeta") for image in images),
        ),
        (GroupFilter(brand=["nobody"]), lambda _, __: False),
        (GroupFilter(cross_brand=True), lambda _, images: len({image.brand for image in images}) > 1),
        (GroupFilter(min_size=3, max_size=4), lambda _, images: 3 <= len(images) <= 4),
        (GroupFilter(text="SET-1"), lambda _, images: any("set-1" in image.uri for image in images)),
        (GroupFilter(text="title 7"), lambda _, images: any("title 7" in image.title.lower() for image in images)),
        (GroupFilter(source="/pictures/"), lambda _, images: any(image.uri.startswith("/") for image in images)),
        (GroupFilter(source="puma.example"), lambda _, images: any("//puma.example/" in image.uri for image in images)),
        (GroupFilter(state="settled"), lambda _, __: False),
    ]
    for wanted, test in cases:
        assert shown(loaded, wanted) == plain(test), wanted


def weakest(report: Report, number: int) -> float:
    """Kruskal's: the last edge that joins two trees, taking the best first."""
    group = report.groups[number]
    kinds = {"identical", "copy", group.relation}
    inside = [e for e in report.edges if {e.a, e.b} <= set(group.members) and e.relation in kinds]
    tree = {member: member for member in group.members}
    last = 0.0
    for edge in sorted(inside, key=lambda edge: -edge.score):
        if tree[edge.a] != tree[edge.b]:
            last, old = edge.score, tree[edge.b]
            tree = {member: tree[edge.a] if root == old else root for member, root in tree.items()}
    return last


def test_the_score_of_a_group_is_that_of_the_weakest_edge_that_holds_it_together(loaded: LoadedResult) -> None:
    expected = [weakest(loaded.report, number) for number in range(len(loaded.report.groups))]
    np.testing.assert_allclose(loaded.grouping.score, expected, atol=1e-6)
    low = GroupFilter(max_score=0.8)
    assert shown(loaded, low) == [number for number, score in enumerate(expected) if score <= 0.8]


def test_a_spanning_forest_joins_what_edges_join_with_the_best_of_them() -> None:
    draw = random.Random(4)
    for _ in range(30):
        count, many = draw.randrange(1, 12), draw.randrange(0, 30)
        pairs = [(draw.randrange(count), draw.randrange(count), draw.choice([0.5, 0.7, 0.9])) for _ in range(many)]
        a, b, score = (np.array([pair[column] for pair in pairs]) for column in range(3))
        found = spanning(count, a.astype(np.int64), b.astype(np.int64), score.astype(np.float32))
        tree = list(range(count))
        total, joined = 0.0, 0
        for one, other, value in sorted(pairs, key=lambda pair: -pair[2]):
            if tree[one] != tree[other]:
                total, joined = total + value, joined + 1
                tree = [tree[one] if root == tree[other] else root for root in tree]
        assert len(found) == joined
        assert sum(pairs[row][2] for row in found.tolist()) == pytest.approx(total)


@pytest.mark.parametrize("sort", ["gain", "size", "score", "brand", "found"])
@pytest.mark.parametrize("descending", [True, False])
def test_pages_give_every_group_once_in_order(loaded: LoadedResult, sort: Sort, *, descending: bool) -> None:
    grouping = loaded.grouping
    mask = matching(grouping, GroupFilter(relation=["copy"]), loaded.standings.asked(grouping))
    pages, cursor = [], ""
    while True:
        part = page_of(grouping, mask, name="x", sort=sort, descending=descending, cursor=cursor, limit=7)
        pages += part.page.tolist()
        if part.next is None:
            break
        cursor = part.next
    every = ordered(grouping, sort, descending=descending)
    assert pages == [number for number in every.tolist() if mask[number]]
    values: dict[str, Any] = {"gain": grouping.gain, "size": grouping.size}
    values |= {"score": grouping.score, "brand": grouping.first_brand}
    if sort in values:
        column = values[sort][pages].tolist()
        assert column == sorted(column, reverse=descending)


def test_what_is_settled_meanwhile_moves_no_later_page(loaded: LoadedResult) -> None:
    grouping, wanted = loaded.grouping, GroupFilter(state="open")

    def page(cursor: str) -> tuple[list[int], str]:
        mask = matching(grouping, wanted, loaded.standings.asked(grouping))
        part = page_of(grouping, mask, name="x", sort="found", descending=True, cursor=cursor, limit=10)
        return part.page.tolist(), part.next or ""

    first, cursor = page("")
    contents = {loaded.images.contents[loaded.images.content[m]] for n in first for m in grouping.groups[n].members}
    loaded.decisions.record([Verdict("keep", (key,)) for key in contents], person="ann", now=1.0)
    assert page("")[0][0] > first[-1]
    assert page(cursor)[0] == list(range(10, 20))


def test_a_cursor_of_another_list_is_refused() -> None:
    cursor = write_cursor(70, "groups/gain")
    assert read_cursor(cursor, "groups/gain") == 70
    assert read_cursor("", "groups/gain") == 0
    flipped = cursor[:2] + ("A" if cursor[2] != "A" else "B") + cursor[3:]
    for wrong in (flipped, cursor[:-3], "x", "????", "ä", "A" * 500, cursor + "AAAA"):
        with pytest.raises(UsageError, match="another list"):
            read_cursor(wrong, "groups/gain")
    with pytest.raises(UsageError, match="another list"):
        read_cursor(cursor, "groups/size")


def test_decisions_settle_groups_as_they_come_in(loaded: LoadedResult) -> None:
    grouping, group = loaded.grouping, loaded.report.groups[0]
    keys = [bytes.fromhex(loaded.report.images[member].sha256) for member in group.members]
    asked = loaded.standings.asked(grouping)
    assert asked.tolist() == [len(g.members) for g in loaded.report.groups]
    loaded.decisions.record([Verdict("keep", (keys[0],))], person="ann", now=1.0)
    assert loaded.standings.asked(grouping)[0] == len(keys) - 1
    loaded.decisions.record([Verdict("drop", (key,), keys[0]) for key in keys[1:]], person="ann", now=2.0)
    assert loaded.standings.asked(grouping)[0] == 0
    loaded.decisions.record([Verdict("open", (keys[0],))], person="ann", now=3.0)
    assert loaded.standings.asked(grouping)[0] == 1
    assert asked[0] == len(keys)  # what was answered before stays as it was


def test_a_group_whose_images_are_set_apart_asks_nothing(loaded: LoadedResult) -> None:
    grouping = loaded.grouping
    keys = [bytes.fromhex(loaded.report.images[member].sha256) for member in loaded.report.groups[3].members]
    loaded.decisions.record([Verdict("apart", tuple(keys))], person="ann", now=1.0)
    assert loaded.standings.asked(grouping)[3] == 0
    assert detail_of(loaded, grouping, grouping.keys[3], lambda _: {}).settled
    loaded.decisions.record([Verdict("together", tuple(keys))], person="ann", now=2.0)
    assert loaded.standings.asked(grouping)[3] == len(keys)


def test_the_summary_counts_what_a_plain_look_counts(loaded: LoadedResult) -> None:
    report = loaded.report
    copies = {m for g in report.groups if g.relation == "copy" for m in g.members if m != g.keeper}
    found = summary_of(loaded)
    assert (found.images, found.copies, found.unique) == (
        len(report.images),
        len(copies),
        len(report.images) - len(copies),
    )
    assert found.groups == {"copy": 60, "similar": 15}
    assert sum(found.edges.values()) == len(report.edges)
    assert found.gain == report.gain
    assert found.skipped == 5
    assert [share.brand for share in found.brands] == ["acme", "nike", "puma", "zeta"]
    assert sum(share.images for share in found.brands) == len(report.images)
    assert sum(share.copies for share in found.brands) == len(copies)
    assert (found.settled, found.total) == (0, 75)


def test_the_histogram_counts_every_pair_once(loaded: LoadedResult) -> None:
    found = histogram_of(loaded)
    assert sum(sum(part.counts.values()) for part in found.scores) == len(loaded.report.edges)
    assert sum(sum(part.counts.values()) for part in found.cosine) == summary_of(loaded).edges["similar"]
    for edge in loaded.report.edges[:20]:
        (part,) = [part for part in found.scores if part.low <= edge.score < part.high or edge.score == part.high == 1]
        assert part.counts[edge.relation] > 0


def test_a_group_of_two_thousand_images_is_shown_with_its_best_edges(tmp_path: Path) -> None:
    report = report_of(12, largest=2000, seed=11)
    loaded = LoadedResult("job", 1.0, report, Decisions(Catalogue(tmp_path / "c.db")))
    big = max(range(12), key=lambda number: len(report.groups[number].members))
    assert len(report.groups[big].members) == 2000
    found = detail_of(loaded, loaded.grouping, loaded.grouping.keys[big], lambda _: {})
    assert len(found.members) == 2000
    assert found.members[0].id == report.groups[big].keeper
    assert len(found.edges) == 1999 + 1998
    assert found.weakest is not None
    assert found.weakest.score == pytest.approx(found.score, abs=1e-4)
    assert all(member.score is not None for member in found.members)


def test_links_lead_to_groups_outside(loaded: LoadedResult) -> None:
    grouping = loaded.grouping
    similar = next(edge for edge in loaded.report.edges if edge.relation == "similar")
    home = int(grouping.home[similar.a])
    found = detail_of(loaded, grouping, grouping.keys[home], lambda _: {})
    if loaded.report.groups[home].relation == "copy":
        link = next(link for link in found.links if link.image.id == similar.b)
        assert link.edge.relation == "similar"
        assert link.edge.words.startswith("looks alike")
        assert link.group in (None, *grouping.keys)
    assert all(link.image.id not in loaded.report.groups[home].members for link in found.links)


def test_results_are_loaded_once_and_the_oldest_go_when_memory_is_full(tmp_path: Path) -> None:
    fetched: list[str] = []
    packed = zlib.compress(report_of(5).to_json().encode())

    def fetch(name: str) -> StoredResult | None:
        fetched.append(name)
        return StoredResult(name, 1.0, packed) if name in ("a", "b") else None

    results = Results(fetch, lambda: "b", Decisions(Catalogue(tmp_path / "c.db")), most=1)
    assert results.get("a") is results.get("a")
    assert results.get("latest").id == "b"
    results.get("a")
    assert fetched == ["a", "b", "a"]
    with pytest.raises(NotFound, match="no result nothing"):
        results.get("nothing")


def test_an_empty_report_is_shown_as_empty(tmp_path: Path) -> None:
    empty = LoadedResult("job", 1.0, Report((), (), (), ()), Decisions(Catalogue(tmp_path / "c.db")))
    assert summary_of(empty).total == 0
    assert isinstance(empty.grouping, Grouping)
    assert shown(empty, GroupFilter(brand=["x"], text="y", cross_brand=True, min_score=0.5)) == []
    assert all(not part.counts for part in histogram_of(empty).scores)
