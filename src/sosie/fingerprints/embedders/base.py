"""The seam of embedding: a back end is opened, which proves that it works, and gives an embedder of one space.

A back end of your own is two small classes; anything that can be wrong raises `EmbedderFailure` with a plain reason:

    class Grey:
        name = "grey"
        threshold = 0.9

        def known_space(self):
            return None

        def open(self):
            return GreyEmbedder()
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sosie.imaging.picture import Picture
from sosie.types import Space

Vectors = NDArray[np.float32]
"""float32 (n, dims), rows of unit length."""

Prepared = Any
"""What an embedder makes of one picture before it is sent or computed: a tensor, or the bytes of an upload."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """An image that a back end refuses while it takes others, and the plain reason."""

    reason: str


class Embedder(Protocol):
    """Turns pictures into unit vectors of one space. All methods may be called by several threads at once.

    `batch` pictures go into one call of `embed`, and `concurrency` calls may run side by side.
    `min_side` is the shorter side to which pictures may be shrunk when they are decoded.
    """

    name: str
    batch: int
    concurrency: int
    min_side: int

    @property
    def space(self) -> Space:
        """What the vectors are; vectors of other spaces are never compared with them."""
        ...

    @property
    def threshold(self) -> float:
        """The cosine from which two images look alike in this space, unless the user says otherwise."""
        ...

    def prepare(self, picture: Picture) -> Prepared:
        """Give what `embed` takes for one picture; it holds no more memory than needed."""
        ...

    def embed(self, prepared: Sequence[Prepared]) -> list[NDArray[np.float32] | Rejected]:
        """Give one unit vector, float32 (dims,), or a refusal for each, in order.

        Raises `EmbedderFailure` when the back end does not work any more, and `Cancelled` after `cancel`.
        """
        ...

    def estimate(self, count: int) -> str:
        """Say in one sentence what embedding so many images costs; nothing where it is free."""
        ...

    def cancel(self) -> None:
        """Make running and later calls of `embed` raise `Cancelled` soon. May be called from any thread."""
        ...

    def close(self) -> None:
        """Let go of sessions and connections."""
        ...


class Backend(Protocol):
    """A way to get an embedder. Making one costs nothing; `open` loads, connects and tries it on a picture."""

    @property
    def name(self) -> str:
        """What the settings call it."""
        ...

    @property
    def threshold(self) -> float:
        """The threshold of the embedder that `open` would give; read only when `known_space` names its space."""
        ...

    def known_space(self) -> Space | None:
        """The space that `open` would give, where that can be told without it; vectors there may be known already."""
        ...

    def open(self) -> Embedder:
        """Give an embedder that has embedded a picture. Raises `EmbedderFailure` with the reason otherwise."""
        ...


@runtime_checkable
class Carried(Backend, Protocol):
    """A back end that other processes and machines can be handed: it needs their processors and files, and no key.

    It can be pickled, and what it opens there gives the same vectors.
    """

    carried: ClassVar[bool]
    """True."""


class Link(Backend, Protocol):
    """A back end of the chain that settings name: it can also tell how it stands, which the health page shows."""

    def check(self) -> str:
        """Say within a few seconds, in a sentence and at no cost, that `open` should work.

        Raises `EmbedderFailure` with the reason and the next step when it would not.
        """
        ...
