"""Decisions, rules, plans and runs over the API."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.review.folders import tree
from tests.server.service import Service, processed, running


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    result = processed(tmp_path)
    with running(tmp_path) as found:
        found.result = result
        yield found


def detail(service: Service, size: int) -> dict[str, Any]:
    (group,) = service.groups(min_size=size, max_size=size)
    found: dict[str, Any] = service.get(f"/api/results/{service.result}/groups/{group['key']}")
    return found


def decide(service: Service, group: dict[str, Any], status: int = 200, **body: Any) -> Any:
    return service.post(f"/api/results/{service.result}/groups/{group['key']}/decisions", body, status)


def choices(service: Service, group: dict[str, Any]) -> dict[str, str]:
    found = service.get(f"/api/results/{service.result}/groups/{group['key']}")
    return {f"{m['brand']}/{Path(m['uri']).name}": m["choice"] for m in found["members"]}


def uri(service: Service, name: str) -> str:
    return str(service.folder / name)


def test_a_group_is_settled_and_taken_back_and_settled_again(service: Service) -> None:
    group = detail(service, 3)
    before = choices(service, group)
    assert set(before.values()) == {"open"}
    made = decide(service, group, action="settle", keep=[group["keeper"]["uri"]], seen=group["revision"], reason="best")
    assert made["group"]["settled"]
    settled = choices(service, group)
    assert settled == {"acme/2.png": "keep", "acme/2-small.jpg": "drop", "acme/2-mirrored.jpg": "drop"}
    undone = service.post("/api/decisions/undo", {"decisions": made["decisions"]})
    assert choices(service, group) == before
    redone = service.post("/api/decisions/undo", {"decisions": undone["decisions"]})
    assert choices(service, group) == settled
    service.post("/api/decisions/undo", {"decisions": redone["decisions"]})
    assert choices(service, group) == before
    rows = service.get("/api/decisions", content=group["keeper"]["sha256"])["decisions"]
    assert rows[0]["reason"] == "best"
    assert [row["kind"] for row in rows] == ["keep", "open", "open", "keep", "open"]


def test_a_decision_that_comes_too_late_is_refused_with_who_was_faster(service: Service) -> None:
    group = detail(service, 3)
    decide(service, group, action="settle", keep=[group["keeper"]["uri"]], seen=0)
    answer = service.http.post(
        f"/api/results/latest/groups/{group['key']}/decisions", json={"action": "apart", "seen": 0}
    )
    assert answer.status_code == 409
    assert {row["kind"] for row in answer.json()["errors"]} == {"keep", "drop"}
    assert answer.json()["next_step"]


def test_decisions_are_not_taken_back_over_the_head_of_somebody_who_decided_since(service: Service) -> None:
    group = detail(service, 3)
    first = decide(service, group, action="settle", keep=[group["keeper"]["uri"]])
    decide(service, group, action="choose", choices={uri(service, "acme/2-small.jpg"): "keep"})
    assert service.http.post("/api/decisions/undo", json={"decisions": first["decisions"]}).status_code == 409
    assert choices(service, group)["acme/2-small.jpg"] == "keep"
    assert service.http.post("/api/decisions/undo", json={"decisions": [999]}).status_code == 404


def test_single_images_are_kept_dropped_and_opened(service: Service) -> None:
    group = detail(service, 5)
    small, again = uri(service, "acme/1-small.jpg"), uri(service, "zeta/again.jpg")
    decide(service, group, action="choose", choices={again: "drop", small: "keep"})
    found = choices(service, group)
    assert (found["zeta/again.jpg"], found["acme/1-small.jpg"], found["acme/1.png"]) == ("drop", "keep", "open")
    decide(service, group, action="choose", choices={small: "open"})
    assert choices(service, group)["acme/1-small.jpg"] == "open"
    every = dict.fromkeys([member["uri"] for member in group["members"]], "drop")
    assert "keep one image" in decide(service, group, 400, action="choose", choices=every)["detail"]
    decide(service, group, 400, action="choose", choices={"/etc/passwd": "drop"})
    decide(service, group, 400, action="settle", keep=[])
    decide(service, group, 422, action="explode")


def test_a_group_set_apart_asks_nothing_more_and_no_plan_touches_it(service: Service) -> None:
    group = detail(service, 3)
    made = decide(service, group, action="apart")
    assert made["group"]["settled"]
    assert [found["size"] for found in service.groups(state="open")] == [5]
    plan = service.post("/api/plans", {"result": "latest"}, 201)
    assert not any("acme/2" in row["uri"] for row in plan["drops"])
    assert any("no duplicate" in row["reason"] for row in plan["left"])
    service.post("/api/decisions/undo", {"decisions": made["decisions"]})
    assert len(service.groups(state="open")) == 2
    decide(service, group, action="apart")
    decide(service, group, action="open")
    assert len(service.groups(state="open")) == 2


def test_one_image_is_set_apart_from_all_others_of_its_group(service: Service) -> None:
    group = detail(service, 5)
    contents = [member["sha256"] for member in group["members"]]
    stranger = next(member["uri"] for member in group["members"][1:] if contents.count(member["sha256"]) == 1)
    decide(service, group, action="choose", choices={stranger: "drop"})
    before = service.get(f"/api/results/latest/groups/{group['key']}")["revision"]
    made = decide(service, group, action="apart", images=[stranger], seen=before)
    found = detail(service, 5)
    at = {member["uri"]: member for member in found["members"]}
    assert [name for name, member in at.items() if member["apart"]] == [stranger]
    assert (at[stranger]["choice"], found["asked"], found["settled"]) == ("open", group["asked"] - 1, False)
    decide(service, group, action="settle", keep=[group["keeper"]["uri"], stranger])
    assert detail(service, 5)["settled"]
    decide(service, group, action="together", images=[stranger])
    assert not any(member["apart"] for member in detail(service, 5)["members"])
    assert "not in the group" in decide(service, group, 400, action="apart", images=["/etc/passwd"])["detail"]
    assert service.http.post("/api/decisions/undo", json={"decisions": made["decisions"]}).status_code == 409


def test_setting_one_image_apart_is_undone_like_everything_else(service: Service) -> None:
    group = detail(service, 3)
    stranger = uri(service, "acme/2-small.jpg")
    decide(service, group, action="choose", choices={stranger: "keep"})
    made = decide(service, group, action="apart", images=[stranger])
    undone = service.post("/api/decisions/undo", {"decisions": made["decisions"]})
    assert choices(service, group)["acme/2-small.jpg"] == "keep"
    assert not any(member["apart"] for member in detail(service, 3)["members"])
    service.post("/api/decisions/undo", {"decisions": undone["decisions"]})
    assert [member["uri"] for member in detail(service, 3)["members"] if member["apart"]] == [stranger]


def test_many_groups_are_decided_on_after_a_preview(service: Service) -> None:
    path = f"/api/results/{service.result}/decisions"
    preview = service.post(path, {"action": "suggested"})
    assert (preview["groups"], preview["images"], preview["dropped"]) == (2, 8, 6)
    assert preview["decisions"] == []
    assert len(service.groups(state="open")) == 2
    answer = service.http.post(path, json={"action": "suggested", "preview": False, "expected": 7})
    assert answer.status_code == 409
    made = service.post(path, {"action": "suggested", "preview": False, "expected": 2, "reason": "all"})
    assert service.groups(state="open") == []
    again = service.post(path, {"action": "suggested"})
    assert (again["groups"], again["left_out"]) == (0, {"settled already": 2})
    service.post("/api/decisions/undo", {"decisions": made["decisions"]})
    assert len(service.groups(state="open")) == 2
    only = {"action": "apart", "preview": False, "filter": {"brand": ["zeta"]}}
    assert service.post(path, only)["groups"] == 1
    assert [group["size"] for group in service.groups(state="open")] == [3]
    reopened = service.post(path, {"action": "open", "preview": False})
    assert (reopened["groups"], reopened["left_out"]) == (1, {"nothing is decided": 1})
    assert len(service.groups(state="open")) == 2


def test_decisions_are_imported_from_csv_or_refused_as_a_whole(service: Service) -> None:
    small, best = uri(service, "acme/2-small.jpg"), uri(service, "acme/2.png")
    sha256 = hashlib.sha256(Path(best).read_bytes()).hexdigest()
    rows = f"decision,image,keeper,reason\nkeep,{best},,the master\ndrop,{small},{sha256},\n"
    answer = service.http.post("/api/decisions/import", files={"file": ("d.csv", rows.encode())})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["decisions"]) == 2
    found = choices(service, detail(service, 3))
    assert (found["acme/2.png"], found["acme/2-small.jpg"]) == ("keep", "drop")
    unknown, nonsense = "drop,/etc/passwd,,\n", f"drop,{best},{sha256},\nnonsense,{best},,\n"
    for bad in (rows + unknown, rows + nonsense, "a,b\n1,2\n", "\xff"):
        answer = service.http.post("/api/decisions/import", files={"file": ("d.csv", bad.encode("latin-1"))})
        assert answer.status_code == 400, answer.text
    assert len(service.get("/api/decisions")["decisions"]) == 2


def test_rules_are_put_in_force_after_a_look_at_what_they_change(service: Service) -> None:
    text = 'version = 1\n[[protect]]\nname = "the shop"\nbrand = "zeta"\n'
    effect = service.post(f"/api/results/{service.result}/rules/test", {"text": text})
    spared = [row["uri"] for row in effect["rows"] if row["change"] == "no longer dropped"]
    assert {Path(name).parent.name for name in spared} == {"zeta"}
    assert effect["changed"] == len(effect["rows"]) >= len(spared)
    assert service.http.put("/api/rules", json={"text": "version = 1\nnonsense = 2\n"}).status_code == 400
    assert "automatic" in service.get("/api/rules")["text"]
    assert service.http.put("/api/rules", json={"text": text}).status_code == 200
    assert service.get("/api/rules")["text"] == text
    plan = service.post("/api/plans", {"result": "latest"}, 201)
    assert not any("/zeta/" in row["uri"] for row in plan["drops"])


def test_a_plan_is_applied_after_its_count_is_confirmed_and_undone_to_the_byte(service: Service) -> None:
    before = tree(service.folder)
    plan = service.post("/api/plans", {"result": "latest"}, 201)
    assert (plan["total_drops"], plan["applied"]) == (6, None)
    assert tree(service.folder) == before
    assert service.http.post(f"/api/plans/{plan['id']}/apply", json={"confirm": 5}).status_code == 400
    run = service.post(f"/api/plans/{plan['id']}/apply", {"confirm": 6})
    assert (run["done"], run["state"], run["refused"]) == (6, "done", [])
    assert not Path(uri(service, "acme/2-small.jpg")).exists()
    assert service.get(f"/api/plans/{plan['id']}")["applied"] == run["id"]
    assert service.get("/api/runs")["runs"][0]["id"] == run["id"]
    undone = service.post(f"/api/runs/{run['id']}/undo", None)
    assert (undone["state"], undone["undone"]) == ("undone", 6)
    after = {name: state for name, state in tree(service.folder).items() if ".sosie-quarantine" not in name}
    assert after == before
    for path in ("/api/plans/0000000000000000", "/api/plans/..%2f..%2fx"):
        assert service.http.get(path).status_code == 404
    assert service.http.post("/api/runs/nothing/undo").status_code == 404


def test_a_file_that_was_changed_since_the_review_is_left_alone(service: Service) -> None:
    plan = service.post("/api/plans", {"result": "latest"}, 201)
    changed = Path(uri(service, "acme/2-small.jpg"))
    changed.write_bytes(b"something else")
    run = service.post(f"/api/plans/{plan['id']}/apply", {"confirm": plan["total_drops"]})
    assert run["done"] == 5
    assert [Path(row["uri"]).name for row in run["refused"]] == ["2-small.jpg"]
    assert changed.read_bytes() == b"something else"


def test_only_files_in_declared_folders_are_acted_on(service: Service) -> None:
    service.state.brands.remove("zeta")
    plan = service.post("/api/plans", {"result": "latest"}, 201)
    assert not any("/zeta/" in row["uri"] for row in plan["drops"])
    assert sum("allowed_roots" in row["reason"] for row in plan["left"]) == 2


def test_webhooks_go_to_no_address_inside(service: Service) -> None:
    for target in ("http://127.0.0.1:1/x", "http://169.254.169.254/latest", "file:///etc/passwd", "nonsense", ""):
        answer = service.http.post("/api/plans", json={"result": "latest", "method": "webhook", "target": target})
        assert answer.status_code == 400, target
    plan = service.post("/api/plans", {"result": "latest", "method": "list", "target": "/etc/passwd"}, 201)
    assert plan["total_drops"] == 0
