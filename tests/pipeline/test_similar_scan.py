"""What a scan reports of images that look alike."""

from __future__ import annotations

import hashlib
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from sosie import find_duplicates
from sosie.cli.app import app
from sosie.config import load_settings
from sosie.errors import EmbedderFailure, UsageError
from sosie.fingerprints.embedders.chain import model_files
from sosie.fingerprints.embedders.registry import MODELS
from sosie.pipeline.calibration import calibrate
from sosie.pipeline.similar_search import search_for
from sosie.report import Report
from sosie.store.catalogue import Catalogue
from tests.contract.backends import provider
from tests.contract.loopback import Loopback, Reply, Request
from tests.contract.test_gemini import KEY, gemini
from tests.contract.tiny import tiny_onnx
from tests.pictures import picture, write


@pytest.fixture
def clip(tmp_path: Path) -> None:
    """CLIP's place is taken by a tiny model of the same ends: what it calls alike has the same colours in places."""
    (tmp_path / "clip.onnx").write_bytes(tiny_onnx(side=224, dims=512, pool=32))
    settings = load_settings()
    model_files(settings).bring(MODELS["clip-vit-b32"], tmp_path / "clip.onnx")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "images"
    for seed in range(6):
        write(root / f"{seed}.png", picture(seed, longest=300))
    write(root / "0 again.jpg", picture(0, longest=300), quality=60)
    write(root / "0 shifted.png", np.roll(picture(0, longest=300), 40, axis=1))
    return root


def scan(folder: Path, **more: object) -> Report:
    return find_duplicates(folder, settings=load_settings(more))


def test_clip_gives_stars_of_whole_pictures(clip: None, folder: Path) -> None:
    report = scan(folder, embedders=["clip"], similarity_threshold=0.55)
    assert report.params["embedder"] == "clip"
    assert not report.fallbacks
    copies = [set(group.members) for group in report.groups if group.relation == "copy"]
    alike = [group for group in report.groups if group.relation == "similar"]
    assert copies
    assert alike
    cosine = {(edge.a, edge.b): edge.score for edge in report.edges if edge.relation == "similar"}
    for group in alike:
        assert group.keeper in group.members
        assert all(copy <= set(group.members) or not copy & set(group.members) for copy in copies)
    assert all(score >= 0.55 for score in cosine.values())
    assert any(edge.evidence.cosine for edge in report.edges if edge.relation == "copy")
    assert [group.id for group in report.groups] == list(range(len(report.groups)))
    assert report.spaces[-1].startswith("clip-vit-b32/")


def test_a_second_scan_gives_the_same_report(clip: None, folder: Path) -> None:
    first = scan(folder, embedders=["clip"], similarity_threshold=0.55)
    write(folder / "new.png", picture(77, longest=300))
    scan(folder, embedders=["clip"], similarity_threshold=0.55)
    (folder / "new.png").unlink()
    second = scan(folder, embedders=["clip"], similarity_threshold=0.55)
    assert (second.edges, second.groups) == (first.edges, first.groups)


def test_complete_groups_have_no_pair_under_the_threshold(clip: None, folder: Path) -> None:
    report = scan(folder, embedders=["clip"], similarity_threshold=0.3, similar_groups="complete")
    assert report.params["similar_groups"] == "complete"
    keeper = {member: group.keeper for group in report.groups if group.relation == "copy" for member in group.members}
    pairs = {(edge.a, edge.b) for edge in report.edges}
    alike = [{keeper.get(member, member) for member in g.members} for g in report.groups if g.relation == "similar"]
    assert max(len(pictures) for pictures in alike) > 2
    assert all(set(combinations(sorted(pictures), 2)) <= pairs for pictures in alike)


def test_without_a_network_the_built_in_method_takes_over_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    chain = ["clip", "service", "gemini", "huggingface", "builtin"]
    report = scan(folder, embedders=chain)
    assert report.params["embedder"] == "builtin"
    assert report.fallbacks == (
        "What looks alike was compared with the built-in method. clip is not used: the model clip-vit-b32 is not here, "
        "and there is no connection to 127.0.0.1:9. Run sosie models download clip-vit-b32 once that is mended. "
        "Not set up: service, gemini, huggingface.",
    )
    assert any(group.relation == "copy" for group in report.groups)
    arguments = [part for name in chain for part in ("--embedder", name)]
    said = CliRunner().invoke(app, ["scan", str(folder), *arguments]).stdout
    assert report.fallbacks[0] in said.splitlines()


def test_the_copies_do_not_depend_on_the_embedder(clip: None, folder: Path) -> None:
    def copies(report: Report) -> list[tuple[int, ...]]:
        return [group.members for group in report.groups if group.relation != "similar"]

    none, built_in, clip_report = (scan(folder, embedders=[name]) for name in ("none", "builtin", "clip"))
    assert copies(none) == copies(built_in) == copies(clip_report)
    assert "embedder" not in none.params


def test_similar_lists_the_nearest_first(clip: None, folder: Path, tmp_path: Path) -> None:
    scan(folder, embedders=["clip"])
    query = write(tmp_path / "query.jpg", picture(3, longest=280), quality=70)
    answer = CliRunner().invoke(app, ["similar", str(query), "--embedder", "clip", "--json", "-n", "3"])
    assert answer.exit_code == 0, answer.output
    hits = json.loads(answer.stdout)["hits"]
    assert len(hits) == 3
    assert hits[0]["uris"] == [str(folder / "3.png")]
    assert hits[0]["cosine"] >= hits[1]["cosine"] >= hits[2]["cosine"]


def test_similar_uses_a_space_that_the_catalogue_has(clip: None, folder: Path) -> None:
    scan(folder, embedders=["builtin"])
    answer = CliRunner().invoke(app, ["similar", str(folder / "0.png"), "--embedder", "clip", "--json"])
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["embedder"] == "builtin"


def test_similar_downloads_no_model_that_nothing_was_scanned_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(folder, embedders=["builtin"])
    with Loopback(lambda _: Reply(404)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        answer = CliRunner().invoke(app, ["similar", str(folder / "0.png"), "--json"])
        assert answer.exit_code == 0, answer.output
        assert json.loads(answer.stdout)["embedder"] == "builtin"
        assert not hub.requests


def test_models_are_listed_and_verified(clip: None) -> None:
    listed = json.loads(CliRunner().invoke(app, ["models", "list", "--json"]).stdout)
    assert {row["name"]: row["here"] for row in listed}["clip-vit-b32"] == "imported"
    assert all(len(row["revision"]) == 40 for row in listed if row["repository"])
    assert CliRunner().invoke(app, ["models", "verify", "clip-vit-b32"]).exit_code == 0
    path = Path(next(row["path"] for row in listed if row["name"] == "clip-vit-b32"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert CliRunner().invoke(app, ["models", "verify", "clip-vit-b32"]).exit_code == 1


def test_a_file_that_cannot_be_used_does_not_take_the_place_of_an_imported_one(clip: None, tmp_path: Path) -> None:
    (tmp_path / "other.onnx").write_bytes(tiny_onnx(side=224, dims=100, pool=32))
    answer = CliRunner().invoke(app, ["models", "import", "clip-vit-b32", str(tmp_path / "other.onnx")])
    assert answer.exit_code == 4
    listed = json.loads(CliRunner().invoke(app, ["models", "list", "--json"]).stdout)
    row = next(row for row in listed if row["name"] == "clip-vit-b32")
    assert row["sha256"] == hashlib.sha256((tmp_path / "clip.onnx").read_bytes()).hexdigest()
    assert CliRunner().invoke(app, ["models", "verify", "clip-vit-b32"]).exit_code == 0
    assert [path.name for path in Path(row["path"]).parent.glob("*.onnx")] == ["clip-vit-b32.onnx"]


def test_the_cache_tells_its_size_and_forgets_what_is_gone(clip: None, folder: Path) -> None:
    scan(folder, embedders=["clip"])
    (folder / "5.png").unlink()
    stats = json.loads(CliRunner().invoke(app, ["cache", "stats", "--json"]).stdout)
    rows = {row["space"].split("/")[0]: row["rows"] for row in stats["spaces"]}
    assert rows["clip-vit-b32"] == 8
    assert "1 places, 1 images" in CliRunner().invoke(app, ["cache", "prune"]).stdout
    assert "would" not in CliRunner().invoke(app, ["cache", "prune", "--yes"]).stdout
    stats = json.loads(CliRunner().invoke(app, ["cache", "stats", "--json"]).stdout)
    assert {row["space"].split("/")[0]: row["rows"] for row in stats["spaces"]}["clip-vit-b32"] == 7


def test_a_service_that_is_killed_in_mid_run_is_named_and_the_run_ends_well(folder: Path, tmp_path: Path) -> None:
    for seed in range(20, 44):
        write(folder / f"{seed}.png", picture(seed, longest=96))
    answered: list[Request] = []

    def dying(request: Request) -> Reply:
        answered.append(request)
        return provider(request) if len(answered) <= 4 else Reply(500, b"killed")

    with Loopback(dying) as server:
        report = scan(
            folder,
            embedders=["service"],
            service_url=server.url,
            service_dialect="vllm",
            embed_workers=1,
            embed_patience=2,
        )
    assert report.params["embedder"] == "builtin"
    assert "service is not used: service answers 500 killed (tried" in report.fallbacks[0]
    assert [space.split("/")[0] for space in report.spaces if "service" in space] == []
    assert len(report.images) == 32
    assert any(group.relation == "copy" for group in report.groups)
    with Loopback(provider) as server:
        report = scan(folder, embedders=["service"], service_url=server.url, service_dialect="vllm")
        embedded = [request for request in server.requests if not request.path.endswith("/models")]
    assert report.params["embedder"] == "service"
    assert len(embedded) == 32 + 1 - 2, "what was paid for before the end is not asked for again"


def test_money_is_asked_for_before_and_agreed_to_by_yes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback(gemini) as google:
        monkeypatch.setenv("GEMINI_API_KEY", KEY)
        monkeypatch.setenv("SOSIE_GEMINI_BASE_URL", google.url)
        monkeypatch.setenv("SOSIE_PAID_IMAGES", "5")
        command = ["scan", str(folder), "--embedder", "gemini", "--json"]
        unasked = json.loads(CliRunner().invoke(app, command).stdout)
        assert len(google.requests) == 1, "one test picture, and nothing of the folder"
        agreed = json.loads(CliRunner().invoke(app, [*command, "--yes"]).stdout)
    assert unasked["params"]["embedder"] == "builtin"
    assert "8 images will be sent to Google (gemini-embedding-2), for about $0.00" in unasked["fallbacks"][0]
    assert "Agree with --yes" in unasked["fallbacks"][0]
    assert (agreed["params"]["embedder"], agreed["fallbacks"]) == ("gemini", [])
    assert KEY not in json.dumps([unasked, agreed])


def test_calibrate_proposes_a_threshold_from_the_last_scan(clip: None, folder: Path, tmp_path: Path) -> None:
    scan(folder, embedders=["clip"])
    runner = CliRunner()
    answer = runner.invoke(app, ["calibrate", "--json", "--wrong", "0", "--save", str(tmp_path / "shares.png")])
    assert answer.exit_code == 0, answer.output
    numbers = json.loads(answer.stdout)
    assert numbers["images"] == 8
    assert numbers["copies"] >= 1
    assert numbers["wrong_share"] == 0
    assert 0.3 <= numbers["proposed"] <= 1
    with Image.open(tmp_path / "shares.png") as drawn:
        assert drawn.size == (900, 420)
    shares = [row["random"] for row in numbers["thresholds"]]
    assert shares == sorted(shares, reverse=True)
    assert "Proposed" in runner.invoke(app, ["calibrate"]).stdout


def test_calibrate_measures_the_images_of_the_last_scan_alone(clip: None, folder: Path, tmp_path: Path) -> None:
    for seed in range(10, 14):
        write(tmp_path / "others" / f"{seed}.png", picture(seed, longest=300))
    scan(folder, embedders=["clip"])
    scan(tmp_path / "others", embedders=["clip"])
    found = calibrate(load_settings())
    assert (found.images, len(found.random), len(found.copies)) == (4, 6, 0)
    scan(folder, embedders=["clip"])  # nothing is new: the remembered report counts as the last scan
    assert calibrate(load_settings()).images == 8


def test_calibrate_without_a_scan_says_what_to_do() -> None:
    with pytest.raises(UsageError, match="Run sosie scan"):
        calibrate(load_settings())


def test_search_never_compares_words_with_images_of_another_space(clip: None, folder: Path) -> None:
    scan(folder, embedders=["clip"])
    model, files = MODELS["dinov2-small"], model_files(load_settings())
    with Catalogue.of(load_settings()) as catalogue:
        with pytest.raises(EmbedderFailure, match="no vectors of dinov2-small"):
            search_for("red shoe", catalogue, model, files)
        with pytest.raises(EmbedderFailure, match="another space than its published words"):
            search_for("red shoe", catalogue, MODELS["clip-vit-b32"], files)
