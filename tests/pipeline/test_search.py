"""Words find images: both towers of a model from the hub, over a catalogue."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sosie.errors import EmbedderFailure
from sosie.fingerprints.base import builtin_hashes
from sosie.fingerprints.embedders.clip import ClipBackend
from sosie.fingerprints.embedders.files import ModelFiles
from sosie.fingerprints.embedders.model import Model, RemoteFile, TextTower
from sosie.fingerprints.embedders.text import TextEmbedder, text_files
from sosie.pipeline.contents import contents_of
from sosie.pipeline.embedding import EmbedParams, embed_contents
from sosie.pipeline.progress import ignore
from sosie.pipeline.reading import ReadParams
from sosie.pipeline.similar_search import search_for
from sosie.pipeline.updating import read_all
from sosie.sources import FolderSource
from sosie.store.cache import CatalogueCache
from sosie.store.catalogue import Catalogue
from sosie.types import ImageRef
from tests.contract.hub import Hub
from tests.contract.tiny import MERGES, REVISION, tiny_model, tiny_onnx, tiny_text_onnx, vocabulary
from tests.pictures import folder_of

FILES = {
    "onnx/vision_model.onnx": tiny_onnx(),
    "onnx/text_model.onnx": tiny_text_onnx(8),
    "vocab.json": json.dumps(vocabulary()).encode(),
    "merges.txt": ("#version: 0.2\n" + "\n".join(" ".join(pair) for pair in MERGES)).encode(),
}


def model() -> Model:
    tower = TextTower(
        model=RemoteFile("onnx/text_model.onnx", 0),
        vocabulary=RemoteFile("vocab.json", 0),
        merges=RemoteFile("merges.txt", 0),
        tokens=8,
    )
    return replace(tiny_model(FILES["onnx/vision_model.onnx"]), text=tower)


def test_words_list_the_images_whose_vectors_are_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path / "images", 6)
    files, tiny = ModelFiles(tmp_path / "models"), model()
    with Hub(FILES, REVISION) as hub, Catalogue(tmp_path / "catalogue.db") as catalogue:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(EmbedderFailure, match="no vectors of tiny"):
            search_for("red shoe", catalogue, tiny, files)
        assert not hub.requests, "nothing is downloaded before there is anything to find"
        refs = [ref for ref in FolderSource([str(tmp_path / "images")]).refs() if isinstance(ref, ImageRef)]
        read = read_all(refs, catalogue, [builtin_hashes()["hash"]], ReadParams(), ignore)
        contents = contents_of(read.contents, refs, catalogue)
        chain = [ClipBackend(model=tiny, files=files)]
        found = embed_contents(contents, chain, CatalogueCache(catalogue), EmbedParams(), ignore)
        answer = search_for("Red  SHOE", catalogue, tiny, files, count=4)
        words = TextEmbedder(tiny, text_files(tiny, files)).embed(["red shoe"])[0]
    cosines = sorted((found.vectors.astype(float) @ words).tolist(), reverse=True)
    assert [hit.cosine for hit in answer.hits] == pytest.approx(cosines[:4], abs=2e-3)
    assert answer.embedder == "tiny"
