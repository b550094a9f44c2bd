"""What is known of a model before any byte of it is there: files, digests, input, output, preprocessing, licence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sosie.types import Space

Triple = tuple[float, float, float]

CLIP_MEAN: Triple = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD: Triple = (0.26862954, 0.26130258, 0.27577711)
IMAGENET_MEAN: Triple = (0.485, 0.456, 0.406)
IMAGENET_STD: Triple = (0.229, 0.224, 0.225)
HALF: Triple = (0.5, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a repository. `sha256` in hex; empty where its publisher's digest is known to the hub only, which
    then vouches for the pinned commit. `repository` and `revision` are those of the model when empty."""

    path: str
    size: int
    sha256: str = ""
    repository: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """How a picture becomes a model's input, exactly as its reference does it.

    `size`: side of the square that goes in. `resize`: the shorter side to `shorter`, then the middle is cut out
    ("crop"), or both sides to `size` ("squash"). `offset`: how the reference halves an odd margin. `layout`: float32
    channels first, normalised by `mean` and `std`, or the bytes as they are for models that normalise themselves.
    """

    size: int
    resize: Literal["crop", "squash"] = "crop"
    shorter: int = 0
    offset: Literal["floor", "round"] = "floor"
    filter: Literal["bicubic", "bilinear"] = "bicubic"
    mean: Triple = CLIP_MEAN
    std: Triple = CLIP_STD
    layout: Literal["chw-float", "hwc-bytes"] = "chw-float"

    @property
    def key(self) -> str:
        """What of it changes values, in a few letters; `d1024` is the shorter side that decoding keeps."""
        cut = f"squash{self.size}" if self.resize == "squash" else f"short{self.shorter or self.size}-crop{self.size}"
        return f"{cut}-{self.filter}-{self.offset}-white-d1024"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTower:
    """The half of a model that embeds words into the space of the images. `tokens`: numbers a text, padded by `pad`."""

    model: RemoteFile
    vocabulary: RemoteFile
    merges: RemoteFile | None
    """None where `vocabulary` is a `tokenizer.json` that holds both."""
    tokens: int = 77
    pad: Literal["end", "zero"] = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that gives one vector an image.

    `output` may have the shape (n, dims), or (n, tokens, dims) of which the first token counts. `max_batch` is 1 for
    models whose values depend on what else is in the batch. `threshold` is the cosine from which images look alike.
    """

    name: str
    repository: str
    revision: str
    file: RemoteFile
    precision: str
    dims: int
    preprocessing: Preprocessing
    licence: str
    threshold: float
    input: str = ""
    output: str = ""
    max_batch: int = 8
    text: TextTower | None = None
    text_threshold: float = 0.25
    """The cosine from which a text and an image may have to do with each other: far lower than of two images."""
    about: str = ""

    @property
    def space(self) -> Space:
        """The space of its vectors: it changes with the weights, the precision and the preprocessing."""
        return self.space_of(self.file.sha256)

    def space_of(self, sha256: str) -> Space:
        """The space of this model with the weights of this digest (for files that users bring)."""
        revision = f"{self.revision[:12]}-{sha256[:12]}" if sha256 else self.revision[:12]
        return Space(self.name, revision, self.dims, "cosine", self.precision, self.preprocessing.key)
