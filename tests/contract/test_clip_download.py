"""Models come from the hub once, checked, and are there without a network from then on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sosie.errors import ModelFailure
from sosie.fingerprints.embedders.clip import ClipBackend
from sosie.fingerprints.embedders.files import ModelFiles
from sosie.fingerprints.embedders.model import Model
from tests.contract.hub import Hub
from tests.contract.tiny import REVISION, tiny_model, tiny_onnx

DATA = tiny_onnx()
PATH = "onnx/vision_model.onnx"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub({PATH: DATA}, REVISION) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


def unchanged(files: ModelFiles, model: Model) -> bool:
    found = files.find(model)
    return found is not None and files.verify(found)


def test_a_model_is_downloaded_once_and_opened(hub: Hub, tmp_path: Path) -> None:
    backend = ClipBackend(model=tiny_model(DATA), files=ModelFiles(tmp_path / "models"))
    assert not backend.here
    space = backend.open().space
    assert backend.here
    before = len(hub.requests)
    assert backend.open().space == space == backend.known_space()
    assert len(hub.requests) == before
    assert hub.downloads == 1


def test_a_model_that_is_here_needs_no_network(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ModelFiles(tmp_path / "models").obtain(tiny_model(DATA))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert ClipBackend(model=tiny_model(DATA), files=ModelFiles(tmp_path / "other")).open().batch == 8


def test_the_space_of_a_pinned_file_is_known_before_it_is_here(hub: Hub, tmp_path: Path) -> None:
    backend = ClipBackend(model=tiny_model(DATA), files=ModelFiles(tmp_path / "models"))
    expected = backend.known_space()
    assert not hub.requests
    assert backend.open().space == expected


def test_the_space_of_a_file_without_a_pinned_digest_is_not_known_before(hub: Hub, tmp_path: Path) -> None:
    backend = ClipBackend(model=tiny_model(DATA, sha256=""), files=ModelFiles(tmp_path / "models"))
    assert backend.known_space() is None
    assert backend.open().space == backend.known_space()


def test_a_forged_file_is_refused_and_removed(hub: Hub, tmp_path: Path) -> None:
    hub.forged[PATH] = DATA[:-4] + b"evil"
    files = ModelFiles(tmp_path / "models")
    with pytest.raises(ModelFailure, match="does not have the bytes that were published"):
        files.obtain(tiny_model(DATA))
    assert files.find(tiny_model(DATA)) is None
    assert hub.downloads == 2


def test_a_download_that_was_forged_once_is_repeated(hub: Hub, tmp_path: Path) -> None:
    hub.forged[PATH] = DATA[:-4] + b"evil"
    hub.forged_times = 1
    assert ModelFiles(tmp_path / "models").obtain(tiny_model(DATA)).path.read_bytes() == DATA


def test_a_file_without_a_pinned_digest_is_compared_with_the_hubs(hub: Hub, tmp_path: Path) -> None:
    hub.forged[PATH] = DATA[:-4] + b"evil"
    with pytest.raises(ModelFailure, match="published"):
        ModelFiles(tmp_path / "models").obtain(tiny_model(DATA, sha256=""))


def test_a_file_without_a_pinned_digest_that_lies_in_the_hubs_cache_must_be_what_its_name_says(
    hub: Hub, tmp_path: Path
) -> None:
    model = tiny_model(DATA, sha256="")
    path = ModelFiles(tmp_path / "of another tool").obtain(model).path.resolve()
    backend = ClipBackend(model=model, files=ModelFiles(tmp_path / "models"))
    assert backend.known_space() == backend.open().space
    path.write_bytes(tiny_onnx(seed=9))
    assert not unchanged(ModelFiles(tmp_path / "elsewhere"), model)
    assert ModelFiles(tmp_path / "third").obtain(model).path.read_bytes() == DATA


def test_a_file_of_which_no_digest_is_known_is_pinned_when_it_is_read_first(hub: Hub, tmp_path: Path) -> None:
    model, files = tiny_model(DATA, sha256=""), ModelFiles(tmp_path / "models")
    path = ModelFiles(tmp_path / "of another tool").obtain(model).path
    path.unlink()  # where links cannot be made, the cache keeps files under their own names
    path.write_bytes(tiny_onnx(seed=5))
    backend = ClipBackend(model=model, files=files)
    assert backend.known_space() is None
    first = backend.open().space
    assert first == backend.known_space()
    assert hashlib.sha256(tiny_onnx(seed=5)).hexdigest()[:12] in first.revision
    path.write_bytes(tiny_onnx(seed=6))
    assert not unchanged(files, model)
    with pytest.raises(ModelFailure, match="does not have the bytes"):
        backend.open()


def test_a_token_of_the_hub_goes_to_no_other_host(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_geheim")
    ModelFiles(tmp_path / "models").obtain(tiny_model(DATA))
    sent = {request.path.startswith("/blobs/"): request.headers.get("authorization") for request in hub.requests}
    assert sent == {False: "Bearer hf_geheim", True: None}


def test_a_file_that_was_damaged_later_is_downloaded_again(hub: Hub, tmp_path: Path) -> None:
    files = ModelFiles(tmp_path / "models")
    path = files.obtain(tiny_model(DATA)).path.resolve()
    path.write_bytes(DATA[:-1] + b"x")
    assert files.obtain(tiny_model(DATA)).path.read_bytes() == DATA


def test_without_a_network_the_reason_is_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(
        ModelFailure, match=r"The model tiny is not here, and there is no connection to 127\.0\.0\.1:9\."
    ):
        ModelFiles(tmp_path / "models").obtain(tiny_model(DATA))


def test_a_missing_commit_and_a_missing_file_are_told_apart(hub: Hub, tmp_path: Path) -> None:
    hub.files.clear()
    with pytest.raises(ModelFailure, match="the file is gone from its repository"):
        ModelFiles(tmp_path / "models").obtain(tiny_model(DATA))
    hub.revision = "f" * 40
    with pytest.raises(ModelFailure, match="the pinned commit is gone"):
        ModelFiles(tmp_path / "models").obtain(tiny_model(DATA))


def test_a_file_of_the_user_becomes_a_space_of_its_own(tmp_path: Path) -> None:
    files, model = ModelFiles(tmp_path / "models"), tiny_model(DATA)
    (tmp_path / "mine.onnx").write_bytes(tiny_onnx(seed=5))
    files.bring(model, tmp_path / "mine.onnx")
    space = ClipBackend(model=model, files=files).open().space
    assert space != model.space
    (tmp_path / "models" / "tiny.onnx").write_bytes(tiny_onnx(seed=6))
    for _ in range(2):
        with pytest.raises(ModelFailure, match="damaged or was changed"):
            ClipBackend(model=model, files=files).open()
        assert not unchanged(files, model)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    files, model = ModelFiles(tmp_path / "models"), tiny_model(DATA)
    (tmp_path / "mine.onnx").write_bytes(b"not a model")
    files.bring(model, tmp_path / "mine.onnx")
    with pytest.raises(ModelFailure, match="cannot be loaded"):
        ClipBackend(model=model, files=files).open()
