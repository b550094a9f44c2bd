"""Plans as files: read back as they were written, and refused or harmless when somebody changed them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sosie.errors import UsageError
from sosie.review import Plan, apply_plan, load_plan, undo_run
from tests.review.folders import planned, tree


def test_a_plan_survives_its_file(folder: Path, tmp_path: Path) -> None:
    plan, _ = planned(folder)
    file = tmp_path / "plan.json"
    file.write_text(plan.to_json())
    assert load_plan(file) == plan
    assert load_plan(file).key == plan.key


def test_a_plan_that_drops_its_own_keeper_is_refused(folder: Path) -> None:
    plan, _ = planned(folder)
    drop = next(drop for drop in plan.drops if drop.uri.endswith("one-small.png"))
    text = plan.to_json().replace(f'"keeper": "{drop.keeper}"', f'"keeper": "{folder / "c" / ".." / "c/two (1).png"}"')
    with pytest.raises(UsageError, match="relies on it"):
        Plan.from_json(text)


_WRONG: list[tuple[str, dict[str, Any]]] = [
    ("drops", {"uri": None}),
    ("drops", {"uri": "/photos/a\0.png"}),
    ("drops", {"uri": "/photos/\ud800.png"}),
    ("drops", {"keeper": 7}),
    ("drops", {"keeper": "\0"}),
    ("drops", {"names": [None]}),
    ("drops", {"names": "abc"}),
    ("drops", {"bytes": "x"}),
    ("drops", {"bytes": 10**30}),
    ("drops", {"decision": "7"}),
    ("drops", {"evidence": [5]}),
    ("drops", {"evidence": [{"a": "one"}]}),
    ("keeps", {"uri": ["x"]}),
    ("left", {"uri": 5, "reason": ""}),
    ("", {"quarantine": 5}),
    ("", {"quarantine": "beside"}),
    ("", {"roots": [5]}),
    ("", {"roots": 5}),
    ("", {"created": "soon"}),
    ("", {"created": float("inf")}),
    ("", {"method": ["trash"]}),
    ("", {"groups": {"key": 1}}),
]


@pytest.mark.parametrize(("part", "change"), _WRONG, ids=repr)
def test_a_plan_with_a_value_of_another_kind_is_refused_in_one_line(
    folder: Path, part: str, change: dict[str, Any]
) -> None:
    value = json.loads(planned(folder)[0].to_json())
    row = next(group for group in value["groups"] if group["drops"]) if part else value
    if part:
        row[part] = [{**(row[part] or [{}])[0], **change}]
    else:
        row.update(change)
    with pytest.raises(UsageError) as refused:
        Plan.from_json(json.dumps(value))
    assert "\n" not in str(refused.value)


def test_a_file_of_brackets_is_no_plan() -> None:
    with pytest.raises(UsageError, match="This is no plan"):
        Plan.from_json("[" * 100_000)


@pytest.mark.parametrize("way", ["b/../b", "b/../../photos/b", "../photos/./b"])
def test_a_path_that_climbs_leads_into_the_quarantine_all_the_same(folder: Path, way: str) -> None:
    before = tree(folder)
    plan, runs = planned(folder)
    climbing = folder / way / "one-small.png"
    text = plan.to_json().replace(f'"uri": "{folder / "b/one-small.png"}"', f'"uri": "{climbing}"')
    outcome = apply_plan(Plan.from_json(text), runs)
    quarantined = folder / ".sosie-quarantine" / outcome.run / "b/one-small.png"
    assert quarantined.read_text() == "sun small"
    undo_run(outcome.run, runs)
    assert tree(folder) == before


def test_a_plan_that_names_other_contents_or_one_file_twice_touches_nothing(folder: Path) -> None:
    before = tree(folder)
    plan, runs = planned(folder)
    keeper = plan.drops[0].keeper
    swapped = plan.to_json().replace(f'"uri": "{plan.drops[0].uri}"', f'"uri": "{folder / "c/alone.png"}"')
    outcome = apply_plan(Plan.from_json(swapped), runs)
    assert any("was changed since the review" in refusal.reason for refusal in outcome.refused)
    undo_run(outcome.run, runs)
    with pytest.raises(UsageError):
        Plan.from_json(plan.to_json().replace(f'"uri": "{plan.drops[0].uri}"', f'"uri": "{keeper}"'))
    assert tree(folder) == before
