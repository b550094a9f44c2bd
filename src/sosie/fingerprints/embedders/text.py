"""Words in the space of the images: the text tower of a CLIP model, with its byte-pair vocabulary."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sosie.errors import EmbedderFailure, ModelFailure
from sosie.fingerprints.embedders.files import ModelFiles
from sosie.fingerprints.embedders.model import Model, TextTower
from sosie.fingerprints.embedders.sessions import open_session
from sosie.fingerprints.embedders.vectors import unit_vectors

_START, _END = "<|startoftext|>", "<|endoftext|>"
_CONTRACTION = re.compile(r"'(?:s|t|re|ve|m|ll|d)")


def text_files(model: Model, files: ModelFiles) -> tuple[Path, ...]:
    """Give the files of a model's text tower: the model, then its vocabulary; downloaded when they are not there.

    Raises `EmbedderFailure` for models that know no words.
    """
    tower = _tower(model)
    parts = [tower.model, tower.vocabulary] + ([tower.merges] if tower.merges else [])
    return tuple(files.obtain_part(model, part) for part in parts)


class TextEmbedder:
    """Unit vectors of texts, in the space of the model's images. Longer texts are cut after 75 tokens."""

    def __init__(self, model: Model, paths: Sequence[Path]) -> None:
        self._model, self._tower = model, _tower(model)
        self._session = open_session(paths[0])
        self._tokenizer = Tokenizer.load(paths[1], paths[2] if len(paths) > 2 else None)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one unit vector a text: float32 (n, dims)."""
        ids = np.stack([self._padded(self._tokenizer.encode(text)) for text in texts])
        feed = {}
        for entry in self._session.get_inputs():
            kind = np.int32 if "int32" in entry.type else np.int64
            feed[entry.name] = (ids if "mask" not in entry.name else np.ones_like(ids)).astype(kind)
        names = [output.name for output in self._session.get_outputs()]
        wanted = "text_embeds" if "text_embeds" in names else names[0]
        values = self._session.run([wanted], feed)[0]
        return unit_vectors(np.asarray(values), len(texts), self._model.dims, self._model.name)

    def _padded(self, tokens: list[int]) -> NDArray[np.int64]:
        start, end = self._tokenizer.ids[_START], self._tokenizer.ids[_END]
        ids = [start, *tokens[: self._tower.tokens - 2], end]
        fill = end if self._tower.pad == "end" else 0
        return np.array(ids + [fill] * (self._tower.tokens - len(ids)), np.int64)


class Tokenizer:
    """CLIP's byte-pair encoding (Radford et al., 2021, after Sennrich et al., 2016): lower case, `</w>` ends words."""

    def __init__(self, ids: dict[str, int], merges: Sequence[tuple[str, str]]) -> None:
        self.ids = ids
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        self._letters = _byte_letters()

    @classmethod
    def load(cls, vocabulary: Path, merges: Path | None) -> Tokenizer:
        """Read `vocab.json` and `merges.txt`, or both from a `tokenizer.json`. Raises `ModelFailure`."""
        try:
            table: Any = json.loads(vocabulary.read_text(encoding="utf-8"))
            if merges is None:
                lines = table["model"]["merges"]
                return cls(table["model"]["vocab"], [_pair(line) for line in lines])
            lines = merges.read_text(encoding="utf-8").splitlines()
            return cls(table, [_pair(line) for line in lines if line and not line.startswith("#version")])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelFailure(f"{vocabulary.name} cannot be read as a vocabulary.") from error

    def encode(self, text: str) -> list[int]:
        """Give the tokens of a text, without start and end."""
        clean = " ".join(html.unescape(unicodedata.normalize("NFC", text)).split()).lower()
        return [self.ids[part] for word in split_words(clean) for part in self._parts(word) if part in self.ids]

    def _parts(self, word: str) -> list[str]:
        parts = [self._letters[byte] for byte in word.encode("utf-8")]
        parts[-1] += "</w>"
        while len(parts) > 1:
            pairs = list(pairwise(parts))
            best = min(pairs, key=lambda pair: self._ranks.get(pair, 1 << 30))
            if best not in self._ranks:
                break
            parts = _merged(parts, best)
        return parts


def split_words(text: str) -> list[str]:
    """Split as CLIP does: contractions, runs of letters, single digits, runs of anything else that is no space."""
    words, at = [], 0
    while at < len(text):
        found = _CONTRACTION.match(text, at)
        kind = _kind(text[at])
        end = found.end() if found else at + 1
        if not found and kind in ("letter", "other"):
            while end < len(text) and _kind(text[end]) == kind:
                end += 1
        if kind != "space":
            words.append(text[at:end])
        at = end
    return words


def _kind(char: str) -> str:
    category = unicodedata.category(char)
    if char.isspace():
        return "space"
    return {"L": "letter", "N": "digit"}.get(category[0], "other")


def _merged(parts: list[str], pair: tuple[str, str]) -> list[str]:
    out: list[str] = []
    at = 0
    while at < len(parts):
        if at + 1 < len(parts) and (parts[at], parts[at + 1]) == pair:
            out.append(parts[at] + parts[at + 1])
            at += 2
        else:
            out.append(parts[at])
            at += 1
    return out


def _pair(line: Any) -> tuple[str, str]:
    first, second = line.split() if isinstance(line, str) else line
    return first, second


def _byte_letters() -> dict[int, str]:
    """A printable letter for each byte, as in GPT-2's vocabulary: printable ones themselves, others after 255."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    rest = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + number) for number, byte in enumerate(rest)}


def _tower(model: Model) -> TextTower:
    if model.text is None:
        raise EmbedderFailure(f"{model.name} knows images only, no words.", next_step="Use clip-vit-b32.")
    return model.text
