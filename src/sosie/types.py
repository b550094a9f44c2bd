"""The nouns of Sosie, named once: spaces, references, pairs, edges, groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Relation = Literal["identical", "copy", "contains", "variant", "scene", "similar"]
"""What two images are to each other, from the closest to the loosest."""

RELATIONS: tuple[Relation, ...] = ("identical", "copy", "contains", "variant", "scene", "similar")
MERGED: frozenset[Relation] = frozenset({"identical", "copy"})
"""Relations whose pairs are put into one group."""

Metric = Literal["hamming", "cosine", "none"]


@dataclass(frozen=True, slots=True)
class Space:
    """A kind of fingerprint whose values may be compared with each other, and with no others.

    `dims` counts bits for `hamming`, components for `cosine`, and is 0 for rows of varying length.
    The key of a space is the cache key of its fingerprints: change `revision` when values change.
    """

    name: str
    revision: str
    dims: int
    metric: Metric
    precision: str = ""
    preprocessing: str = ""

    @property
    def key(self) -> str:
        """One string that is equal exactly when values may be compared."""
        parts = (self.name, self.revision, self.precision, str(self.dims), self.metric, self.preprocessing)
        return "/".join(parts)


@dataclass(frozen=True, slots=True)
class FileState:
    """What the file system says of a file; as long as it is equal, the bytes are taken to be the same."""

    size: int
    mtime_ns: int
    inode: int
    device: int


@dataclass(frozen=True, slots=True)
class ImageRef:
    """Where an image is: a URI (a path for files), its brand, and what its source says of it.

    `aliases` are other names of the same file (hard links, symbolic links). A path that is not UTF-8 carries
    its odd bytes as surrogates (PEP 383): `os.fsencode(uri)` gives the name as the file system has it.
    `path` is where the bytes lie on this machine when `uri` is an address rather than a path.
    """

    uri: str
    brand: str = ""
    title: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    state: FileState | None = None
    aliases: tuple[str, ...] = ()
    path: str = ""

    @property
    def file(self) -> str:
        """The file to read."""
        return self.path or self.uri


@dataclass(frozen=True, slots=True)
class Skipped:
    """An image that was given but could not be used, and the plain reason."""

    uri: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows: `a[i] < b[i]`, sorted by (a, b), each pair once, with one score a pair.

    `a`, `b`: int64, shape (n,). `score`: shape (n,), a distance or a similarity as its maker says.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    score: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.a)


Rectangle = tuple[float, float, float, float]
"""left, top, right, bottom, as shares (0 to 1) of the image's width and height."""

EditKind = Literal[
    "crop",
    "mirror",
    "rotate",
    "resize",
    "aspect",
    "perspective",
    "recompress",
    "recolour",
    "grey",
    "invert",
    "brighten",
    "darken",
    "blur",
    "border",
    "overlay",
]


@dataclass(frozen=True, slots=True)
class Edit:
    """One step from the image that looks like the origin to the other one of a pair, in plain words.

    `value` is degrees for rotate, a factor for resize and aspect, 0 where it says nothing.
    `rectangles` lie in the origin for crop (what was kept) and in the other image for border and overlay.
    """

    kind: EditKind
    text: str
    value: float = 0.0
    rectangles: tuple[Rectangle, ...] = ()


Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a pair is called what it is called. Fields that were not measured are None or empty.

    `orientation` is what turns `a` into `b` for hash matches ("mirror", "rotate 90", ...).
    `transform` maps pixel coordinates of `a` to those of `b`, both at full size (homogeneous, 3 x 3).
    `overlap` is the shared area as a share of `a` and of `b`; `agreement` the share of textured windows
    in it whose pixels correlate. `inside` is the rectangle in the larger image, for `contains`.
    `edits` lead from the image named by `origin` to the other one.
    """

    equal: Literal["bytes", "pixels"] | None = None
    pdq_distance: int | None = None
    dhash_distance: int | None = None
    orientation: str | None = None
    inliers: int | None = None
    agreement: float | None = None
    overlap: tuple[float, float] | None = None
    transform: Matrix | None = None
    colour_shift: float | None = None
    inside: Rectangle | None = None
    edits: tuple[Edit, ...] = ()
    origin: Literal["a", "b"] = "a"
    cosine: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """A pair of images (ids, `a < b`), their relation, the score (0 to 1) and the evidence.

    For `contains`, `inner` is the id of the image that stands inside the other.
    """

    a: int
    b: int
    relation: Relation
    score: float
    evidence: Evidence
    inner: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Images that are one picture: sorted member ids, the one to keep, and why that one."""

    id: int
    relation: Relation
    members: tuple[int, ...]
    keeper: int
    reason: str
    gain: int = 0
    """Bytes that the members other than the keeper take."""
