"""Groups at another threshold, from the pairs that a job keeps, are those of a job with that threshold."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sosie.config import Settings
from sosie.grouping.stars import StarGraph, stars
from sosie.pipeline.jobs import process_brands
from sosie.pipeline.progress import ignore
from sosie.store.catalogue import Catalogue
from sosie.store.decisions import Decisions, Verdict
from sosie.store.results import pack_pairs, unpack_pairs
from sosie.types import Pairs
from tests.server.service import Service, processed, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data = tmp_path_factory.mktemp("service")
    processed(data, pictures=24, similarity_threshold=0.35)
    with running(data) as found:
        found.result = "latest"
        yield found


def anew(service: Service, threshold: float) -> set[tuple[str, frozenset[str], str]]:
    """What a job with another threshold finds: relation, images and keeper of each group."""
    state = service.state
    settings = replace(state.settings, similarity_threshold=threshold)
    report = process_brands(state.catalogue, ["acme", "zeta"], settings, ignore)
    return {
        (group.relation, frozenset(report.images[m].uri for m in group.members), report.images[group.keeper].uri)
        for group in report.groups
    }


def test_groups_at_another_threshold_are_those_of_a_job_with_it(service: Service) -> None:
    histogram = service.get("/api/results/latest/histogram")
    lowest, used = histogram["lowest"], histogram["threshold"]
    assert lowest == pytest.approx(used - 0.15)
    seen = set()
    for threshold in (lowest, used - 0.07, used, used + 0.05, used + 0.1):
        expected = anew(service, round(threshold, 4))
        groups = service.groups(threshold=round(threshold, 4), limit=500)
        found = set()
        for group in groups:
            detail = service.get(f"/api/results/latest/groups/{group['key']}", threshold=round(threshold, 4))
            uris = frozenset(member["uri"] for member in detail["members"])
            found.add((group["relation"], uris, group["keeper"]["uri"]))
        assert found == expected
        counted = service.get("/api/results/latest/regroup", threshold=round(threshold, 4))
        similar = [members for relation, members, _ in expected if relation == "similar"]
        assert (counted["groups"], counted["images"]) == (len(similar), sum(map(len, similar)))
        assert counted["largest"] == max(map(len, similar), default=0)
        seen.add(counted["groups"])
    assert len(seen) > 1


def test_a_threshold_under_what_is_kept_is_refused(service: Service) -> None:
    answer = service.http.get("/api/results/latest/regroup", params={"threshold": 0.1})
    assert answer.status_code == 400
    assert "Pairs are kept from" in answer.json()["detail"]
    assert service.http.get("/api/results/latest/groups", params={"threshold": 0.1}).status_code == 400
    assert service.http.get("/api/results/latest/regroup", params={"threshold": 7}).status_code == 422


def test_a_group_at_another_threshold_is_decided_on(service: Service) -> None:
    lowest = service.get("/api/results/latest/histogram")["lowest"]
    group = service.groups(threshold=lowest, relation="similar")[0]
    path = f"/api/results/latest/groups/{group['key']}/decisions"
    made = service.http.post(path, params={"threshold": lowest}, json={"action": "apart"}).json()
    assert made["group"]["settled"]
    service.post("/api/decisions/undo", {"decisions": made["decisions"]})


def test_all_groups_at_another_threshold_are_decided_on(service: Service) -> None:
    lowest = service.get("/api/results/latest/histogram")["lowest"]
    shown = service.groups(threshold=lowest, relation="similar", limit=500)
    body = {"filter": {"relation": ["similar"]}, "action": "apart", "preview": True}
    path = "/api/results/latest/decisions"
    assert service.http.post(path, params={"threshold": lowest}, json=body).json()["groups"] == len(shown)
    assert service.http.post(path, json=body).json()["groups"] != len(shown)


def test_what_was_set_apart_is_in_no_group_of_another_threshold(service: Service) -> None:
    lowest = service.get("/api/results/latest/histogram")["lowest"]
    result = service.state.results.get("latest")
    group = service.groups(threshold=lowest, relation="similar", sort="size")[0]
    detail = service.get(f"/api/results/latest/groups/{group['key']}", threshold=lowest)
    merged = {member["sha256"] for member in detail["members"]}
    keeper = detail["keeper"]["sha256"]
    other = next(edge for edge in detail["edges"] if edge["relation"] == "similar")
    ends = {member["id"]: member["sha256"] for member in detail["members"]}
    foe = next(key for key in (ends[other["a"]], ends[other["b"]]) if key != keeper)
    Decisions(service.state.catalogue).record(
        [Verdict("apart", (bytes.fromhex(keeper), bytes.fromhex(foe)))], person="ann", now=1.0
    )
    result._regrouped.clear()
    for found in service.groups(threshold=lowest, relation="similar", limit=500):
        members = service.get(f"/api/results/latest/groups/{found['key']}", threshold=lowest)["members"]
        assert not {keeper, foe} <= {member["sha256"] for member in members}
    assert {keeper, foe} <= merged


def test_pairs_survive_being_packed() -> None:
    rng = np.random.default_rng(3)
    pairs = Pairs(np.arange(50), np.arange(50) + 7, np.round(rng.random(50), 4).astype(np.float32))
    found = unpack_pairs(pack_pairs(pairs))
    assert found.a.tolist() == pairs.a.tolist()
    assert found.b.tolist() == pairs.b.tolist()
    assert found.score.tolist() == pairs.score.tolist()
    assert len(unpack_pairs(pack_pairs(Pairs(pairs.a[:0], pairs.b[:0], pairs.score[:0])))) == 0


def test_a_star_graph_at_a_threshold_is_the_stars_of_the_pairs_that_reach_it() -> None:
    draw = random.Random(5)
    for _ in range(20):
        count = draw.randrange(2, 30)
        keys = sorted({tuple(sorted(draw.sample(range(count), 2))) for _ in range(draw.randrange(0, 60))})
        a, b = (np.array([key[end] for key in keys], np.int64) for end in (0, 1))
        score = np.array([draw.choice([0.5, 0.6, 0.7, 0.8, 0.9]) for _ in keys], np.float32)
        graph = StarGraph(count, Pairs(a, b, score))
        for threshold in (0.5, 0.65, 0.8, 0.95):
            kept = score >= np.float32(threshold)
            expected = stars(count, Pairs(a[kept], b[kept], score[kept]))
            assert graph.at(threshold).labels.tolist() == expected.labels.tolist()


def test_a_scan_keeps_no_looser_pairs_and_finds_the_same(tmp_path: Path) -> None:
    processed(tmp_path, pictures=24, similarity_threshold=0.25)
    from sosie.pipeline.brand_refs import brand_refs
    from sosie.pipeline.scan import scan
    from sosie.store.originals import Originals

    settings = Settings(data_dir=tmp_path, embedders=("builtin",), similarity_threshold=0.25)
    with Catalogue.of(settings) as catalogue:
        refs, passed = brand_refs(catalogue, Originals.of(settings), ["acme", "zeta"])
        plain, _ = scan(catalogue, refs, passed, settings, ignore, lambda _: False)
        wide, _ = scan(catalogue, refs, passed, settings, ignore, lambda _: False, 0.15)
    assert plain.looser is None
    assert wide.looser is not None
    assert "similar_lowest" not in plain.params
    assert any(group.relation == "similar" for group in plain.groups)
    assert (wide.groups, wide.edges) == (plain.groups, plain.edges)
