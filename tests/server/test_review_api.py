"""Rules as a form, the story of an image, what was never compared or missed, and undoing in part, over the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.review.folders import tree
from tests.server.service import Service, processed, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("review")
    result = processed(folder)
    (folder / "pictures/acme/2-small.jpg").chmod(0o640)
    with running(folder) as found:
        found.result = result
        yield found


def test_rules_go_from_a_form_to_a_file_and_back(service: Service) -> None:
    form = service.get("/api/rules")["rules"]
    assert (form["automatic"], form["protect"]) == (["identical", "copy"], [])
    form["protect"] = [{"name": "the archive", "path": ["archive/"], "brand": [], "min_pixels": None}]
    form["only_when"] = [{"path": ["phone/"], "kept": {"path": ["archive/"], "modified_before": "2024-01-31"}}]
    drafted = service.post("/api/rules/draft", {"rules": form})
    assert '[[protect]]\nname = "the archive"\npath = ["archive/"]' in drafted["text"]
    assert 'kept = { path = ["archive/"], modified_before = 2024-01-31 }' in drafted["text"]
    again = service.post("/api/rules/draft", {"text": drafted["text"]})
    assert again == drafted
    assert again["rules"]["only_when"][0]["kept"]["modified_before"] == "2024-01-31"
    assert "archive" not in service.get("/api/rules")["text"], "a draft is not in force"


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        ({}, "There are no rules"),
        ({"rules": {"protect": [{"name": "nothing"}]}}, "says nothing of the images"),
        ({"rules": {"automatic": ["similar"]}}, "never acted on without a person"),
        ({"text": "version = 3"}, "version = 1"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_by_what_is_wrong(
    service: Service, draft: dict[str, object], why: str
) -> None:
    assert why in service.post("/api/rules/draft", draft, 400)["detail"]


def test_the_story_of_an_image_names_person_rule_keeper_evidence_and_place(service: Service) -> None:
    before = tree(service.folder)
    uri = str(service.folder / "acme/2-small.jpg")
    plan = service.post("/api/plans", {"result": "latest"}, 201)
    run = service.post(f"/api/plans/{plan['id']}/apply", {"confirm": plan["total_drops"]})
    story = service.get("/api/story", uri=uri)
    (dropped,) = [event for event in story["events"] if event["what"] == "dropped"]
    assert dropped["by"].startswith("rules")
    assert dropped["keeper"].endswith("acme/2.png")
    assert "resized" in dropped["evidence"][0] or "copy" in dropped["evidence"][0]
    assert Path(dropped["now_at"][0]).is_file()
    assert story["sha256"]
    assert service.get("/api/story", content=story["sha256"])["events"] == story["events"]
    service.post(f"/api/runs/{run['id']}/undo", None)
    assert [event["what"] for event in service.get("/api/story", uri=uri)["events"]] == ["restored"]
    assert service.http.get("/api/story").status_code == 400
    assert {k: v for k, v in tree(service.folder).items() if ".sosie-quarantine" not in k} == before


def test_a_part_of_a_run_is_taken_back_and_then_the_rest(service: Service) -> None:
    before = tree(service.folder)
    plan = service.post("/api/plans", {"result": "latest", "method": "hardlink"}, 201)
    run = service.post(f"/api/plans/{plan['id']}/apply", {"confirm": plan["total_drops"]})["id"]
    page = service.get(f"/api/runs/{run}/items", limit=4)
    rest = service.get(f"/api/runs/{run}/items", limit=4, cursor=page["next"])
    items = page["items"] + rest["items"]
    assert (page["total"], rest["next"], len(items)) == (6, None, 6)
    assert {item["step"] for item in items} == {"done"}
    chosen = [items[0]["uri"], items[4]["uri"]]
    part = service.post(f"/api/runs/{run}/undo", {"uris": chosen})
    assert (part["state"], part["done"], part["undone"]) == ("partly undone", 4, 2)
    steps = {item["uri"]: item["step"] for item in service.get(f"/api/runs/{run}/items")["items"]}
    assert {uri for uri, step in steps.items() if step == "undone"} == set(chosen)
    assert service.http.post(f"/api/runs/{run}/undo", json={"uris": ["/etc/passwd"]}).status_code == 404
    assert service.post(f"/api/runs/{run}/undo", {"only": ["acme/"]})["state"] == "partly undone"
    assert service.post(f"/api/runs/{run}/undo", None)["undone"] == 6
    assert {k: v for k, v in tree(service.folder).items() if ".sosie-quarantine" not in k} == before


def test_what_was_never_compared_is_listed_with_reasons_and_counts(service: Service) -> None:
    found = service.get(f"/api/results/{service.result}/uncompared", limit=1)
    assert found["total"] == sum(found["reasons"].values())
    skipped = service.get(f"/api/results/{service.result}/skipped")["total"]
    assert found["total"] >= skipped
    assert all(image["reason"] for image in found["images"])


def test_missed_pairs_are_estimated_with_an_interval_and_within_limits(service: Service) -> None:
    found = service.get(f"/api/results/{service.result}/missed", sample=5)
    assert found["low"] <= found["missed"] <= found["high"]
    assert (found["sampled"], found["missed"]) == (5, 0.0)
    assert found["verified"] > 0


def test_decisions_go_out_as_a_file_that_comes_in_again(service: Service) -> None:
    group = service.groups()[0]
    made = service.post(f"/api/results/{service.result}/groups/{group['key']}/decisions", {"action": "apart"})
    answer = service.http.get("/api/decisions/export")
    assert answer.headers["content-type"].startswith("text/csv")
    page = service.get("/api/decisions", after=made["decisions"][0] - 1)
    assert page["revision"] == page["decisions"][-1]["id"] == made["decisions"][-1]
    sent = service.http.post("/api/decisions/import", files={"file": ("decisions.csv", answer.content)})
    assert sent.status_code == 200, sent.text
    again = service.get("/api/decisions", after=page["revision"])["decisions"]
    rows = service.get("/api/decisions")["decisions"][: len(again)]
    assert [(row["kind"], row["contents"]) for row in again] == [(row["kind"], row["contents"]) for row in rows]
