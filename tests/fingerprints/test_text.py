"""Words become the tokens that CLIP was trained on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import transformers

from sosie.errors import EmbedderFailure, ModelFailure
from sosie.fingerprints.embedders.files import ModelFiles
from sosie.fingerprints.embedders.model import Model, RemoteFile, TextTower
from sosie.fingerprints.embedders.registry import MODELS
from sosie.fingerprints.embedders.text import TextEmbedder, Tokenizer, split_words, text_files
from tests.contract.tiny import MERGES, tiny_model, tiny_onnx, tiny_text_onnx, vocabulary


def write_vocabulary(folder: Path) -> tuple[Path, Path]:
    (folder / "vocab.json").write_text(json.dumps(vocabulary()))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(" ".join(pair) for pair in MERGES))
    return folder / "vocab.json", folder / "merges.txt"


def test_words_are_split_as_clip_splits_them() -> None:
    assert split_words("it's 42 red-shoes!!  café") == ["it", "'s", "4", "2", "red", "-", "shoes", "!!", "café"]


def test_merges_are_made_by_rank(tmp_path: Path) -> None:
    ids = vocabulary()
    tokens = Tokenizer.load(*write_vocabulary(tmp_path)).encode(" Red  SHOE ox ")
    assert tokens == [ids["red</w>"], ids["shoe</w>"], ids["o"], ids["x</w>"]]


TEXTS = (" Red  SHOE ox ", "it's 42 red-shoes!!", "", "a.b,c's we'll", "shoe\tred\nred", "redshoe shoered 1st")


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_are_those_of_transformers(tmp_path: Path, text: str) -> None:
    letters = [chr(code) for code in range(33, 127)]
    parts = [*letters, *(letter + "</w>" for letter in letters), *("".join(pair) for pair in MERGES)]
    ids = {part: number for number, part in enumerate([*parts, "<|startoftext|>", "<|endoftext|>"])}
    (tmp_path / "vocab.json").write_text(json.dumps(ids))
    (tmp_path / "merges.txt").write_text("#version: 0.2\n" + "\n".join(" ".join(pair) for pair in MERGES))
    theirs = transformers.CLIPTokenizer(vocab=ids, merges=MERGES)
    ours = Tokenizer.load(tmp_path / "vocab.json", tmp_path / "merges.txt")
    assert ours.encode(text) == theirs(text)["input_ids"][1:-1]


def test_one_file_with_both_gives_the_same_tokens(tmp_path: Path) -> None:
    pair = write_vocabulary(tmp_path)
    both = tmp_path / "tokenizer.json"
    both.write_text(json.dumps({"model": {"vocab": vocabulary(), "merges": [" ".join(pair) for pair in MERGES]}}))
    assert Tokenizer.load(both, None).encode("red shoe") == Tokenizer.load(*pair).encode("red shoe")


def test_a_vocabulary_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vocab.json").write_text("[1]")
    with pytest.raises(ModelFailure, match=r"vocab\.json"):
        Tokenizer.load(tmp_path / "vocab.json", None)


def test_texts_become_unit_vectors(tmp_path: Path) -> None:
    tokens = 8
    (tmp_path / "t.onnx").write_bytes(tiny_text_onnx(tokens))
    tower = TextTower(model=RemoteFile("t", 0), vocabulary=RemoteFile("v", 0), merges=RemoteFile("m", 0), tokens=tokens)
    base = tiny_model(tiny_onnx())
    model = Model(**{name: getattr(base, name) for name in base.__slots__ if name != "text"}, text=tower)
    embedder = TextEmbedder(model, [tmp_path / "t.onnx", *write_vocabulary(tmp_path)])
    vectors = embedder.embed(["red shoe", "Red   SHOE", "a very long text that does not fit into eight tokens"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(vectors[0], vectors[1])
    assert np.abs(vectors[0] - vectors[2]).max() > 0.01


def test_a_model_without_words_says_so(tmp_path: Path) -> None:
    with pytest.raises(EmbedderFailure, match="knows images only"):
        text_files(MODELS["dinov2-small"], ModelFiles(tmp_path))
