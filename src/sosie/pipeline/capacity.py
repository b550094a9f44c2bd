"""What a run over many images needs, reckoned from what a sample of them takes on this machine."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from sosie.config import Settings
from sosie.errors import UsageError
from sosie.features import Spots
from sosie.fingerprints.local import SPOTS, VLAD, signs, vectors
from sosie.matching.hamming import pairs_within
from sosie.matching.neighbours import NeighbourParams, Neighbours
from sosie.matching.words import WordIndex
from sosie.pipeline.describing import fingerprinters_of
from sosie.pipeline.progress import Progress
from sosie.pipeline.run import find_duplicates
from sosie.pipeline.threads import single_threaded_libraries
from sosie.report import Report
from sosie.sources import FolderSource
from sosie.store.catalogue import Catalogue
from sosie.types import ImageRef

MOST = 200
"""Images of a sample that are scanned."""
_CODES, _VARIANTS, _ASKED = 20_000, 8, 32
_CROWDS = (1000, 4000)
_JOIN_GROWTH = 1.2
"""With which power of the images joins by parts grow at the most, see benchmarks/RESULTS.md."""
_GPU_RATE = 3000.0
"""Images a second that a GPU of the H100 class embeds: assumed, not measured here."""
_LEADER_BYTES = 4000
_INDEX_BYTES = 1024 + 256
_SPOT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Rates:
    """What was measured: seconds of one core, and bytes.

    `read`: an image, with its fingerprints. `verify`: an image, for all of its pairs; `embed`: an image, for what shows
    alike things, by `model` (empty: none); `rest`: an image, for all else.
    `join`: an image of 20,000 in the join of hashes. `look`: an image compared with one other in the search for
    candidates (0 for hashes alone), where up to `exact` images are compared with all. `stored`: bytes in the catalogue,
    `spots`: local features, `size`: bytes of a file.
    """

    sample: int
    read: float
    verify: float
    rest: float
    join: float
    look: float
    stored: float
    spots: float
    size: float
    exact: int = 20_000
    embed: float = 0.0
    model: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """What so many images need: core-hours by step, GPUs and their hours, bytes, and the assumptions of all."""

    images: int
    core_hours: dict[str, float]
    gpus: int
    gpu_hours: float
    storage: float
    worker_memory: float
    leader_memory: float
    assumptions: list[str] = field(default_factory=list)

    @property
    def total(self) -> float:
        """All core-hours."""
        return sum(self.core_hours.values())

    def hours(self, cores: int) -> float:
        """Hours by the clock on so many cores and the GPUs, one step after the other."""
        return self.total / cores + (self.gpu_hours / self.gpus if self.gpus else 0.0)


@single_threaded_libraries()
def measure(paths: Sequence[str | Path], settings: Settings) -> Rates:
    """Scan a sample of up to 200 of these images in a catalogue of its own, and time it. Nothing is kept.

    Raises `UsageError` when fewer than 10 of them can be read.
    """
    refs = [item for item in FolderSource([str(path) for path in paths]).refs() if isinstance(item, ImageRef)]
    chosen = [refs[number].file for number in np.linspace(0, len(refs) - 1, min(MOST, len(refs)), dtype=int)]
    with tempfile.TemporaryDirectory() as folder:
        own = replace(settings, data_dir=Path(folder), catalog=None, database_url="", redis_url="")
        own = replace(own, workers=1, shards=0, engine="local")
        if chosen:  # what a process loads at its first image is no cost of an image
            find_duplicates(chosen[:4], settings=replace(own, data_dir=Path(folder) / "first"))
        clock = _Clock()
        report = find_duplicates(chosen, settings=own, listen=clock) if chosen else None
        if report is None or len(report.images) < 10:
            raise UsageError("The sample has fewer than 10 images.", next_step="Name a folder with some hundred.")
        clock.end()
        with Catalogue.of(own) as catalogue:
            look, spots = _look(catalogue, report) if settings.method == "auto" else (0.0, 0.0)
        stored = own.catalogue_path.stat().st_size
    count, seconds = len(report.images), clock.seconds
    rest = sum(seconds.values()) - sum(seconds[stage] for stage in ("read", "verify", "embed"))
    size = sum(image.bytes for image in report.images)
    return Rates(
        sample=count,
        read=seconds["read"] / count,
        verify=seconds["verify"] / count,
        rest=rest / count,
        join=_join(),
        look=look,
        stored=stored / count,
        spots=spots,
        size=size / count,
        exact=settings.exact_up_to,
        embed=seconds["embed"] / count,
        model=next((space for space in report.spaces if space not in _fingerprints(settings)), ""),
    )


def _fingerprints(settings: Settings) -> set[str]:
    return {space.key for fingerprinter in fingerprinters_of(settings.method) for space in fingerprinter.spaces}


class _Clock:
    """Seconds of processor by stage, as a listener hears of them."""

    def __init__(self) -> None:
        self.seconds = defaultdict[str, float](float)
        self._stage, self._since = "find", time.process_time()

    def __call__(self, progress: Progress) -> None:
        """Take the time up to now for the stage before."""
        self.end()
        self._stage = progress.stage

    def end(self) -> None:
        """Take the time up to now for the stage that was last heard of."""
        now = time.process_time()
        self.seconds[self._stage] += now - self._since
        self._since = now


def _join() -> float:
    """Seconds for an image in the join of 20,000 random hashes in eight orientations."""
    draw = np.random.default_rng(0)
    variants = draw.integers(0, 256, (_CODES, _VARIANTS, 32), np.uint8)
    started = time.process_time()
    pairs_within(variants[:, 0], 31, variants)
    return (time.process_time() - started) / _CODES


def _look(catalogue: Catalogue, report: Report) -> tuple[float, float]:
    """Seconds to compare an image with one more, and spots of an image: by crowds that repeat the sample."""
    keys = sorted({bytes.fromhex(image.sha256) for image in report.images})
    rows = catalogue.rows(SPOTS.key, keys)
    held = catalogue.rows(VLAD.key, keys)
    taken = []
    for count in _CROWDS:
        names = [keys[number % len(keys)] for number in range(count)]
        spots = Spots.from_bytes([rows[name] for name in names])
        crowd = vectors([held[name] for name in names])
        found = Neighbours(crowd, signs(), WordIndex(spots), NeighbourParams(workers=1))
        started = time.process_time()
        found.nearest(np.arange(_ASKED), 64)
        taken.append((time.process_time() - started) / _ASKED)
    more = max(taken[1] - taken[0], 0.0) / (_CROWDS[1] - _CROWDS[0])
    return more, float(len(spots.rows) / _CROWDS[1])


def needs(rates: Rates, images: int, gpus: int = 0) -> Need:
    """Reckon what so many images need, with so many GPUs to embed them (0: cores do that)."""
    embedding = rates.embed * images / 3600
    hours = {
        "read": rates.read * images / 3600,
        "join of hashes": rates.join * images * (images / _CODES) ** (_JOIN_GROWTH - 1) / 3600,
        "search for candidates": _search(rates, images) / 3600,
        "verify": rates.verify * images / 3600,
        "embed": 0.0 if gpus else embedding,
        "all else": rates.rest * images / 3600,
    }
    return Need(
        images,
        hours,
        gpus=gpus,
        gpu_hours=images / _GPU_RATE / 3600 if gpus else 0.0,
        storage=2 * rates.stored * images,
        worker_memory=images * (_INDEX_BYTES + _SPOT_BYTES * rates.spots) if rates.look else images * 64.0,
        leader_memory=float(images * _LEADER_BYTES),
        assumptions=_assumptions(rates, gpus),
    )


def _search(rates: Rates, images: int) -> float:
    """Seconds to look for the candidates of all images: with all up to a number, beyond it in cells."""
    beyond: float = max(images / rates.exact, 1.0) ** (_JOIN_GROWTH - 1)
    return rates.look * min(images, rates.exact) * images * beyond


def _assumptions(rates: Rates, gpus: int) -> list[str]:
    by_gpu = f"A GPU of the H100 class embeds {_GPU_RATE:,.0f} images a second (assumed, not measured here)."
    by_core = f"Images are embedded by cores ({rates.model or 'no model'}), {rates.embed * 1e3:,.1f} ms each."
    return [
        f"Rates are seconds of one core of this machine, over {rates.sample} images of the sample.",
        f"All images are like the sample: {rates.size / 1e3:,.0f} kB each, with as many copies among them.",
        f"The join of hashes grows with the power {_JOIN_GROWTH} of the number of images.",
        f"Candidates are sought among all up to {rates.exact:,} images, beyond in cells: with that power at the most.",
        "An image makes as many pairs to verify, however many images there are.",
        f"{by_gpu if gpus else by_core} Built-in fingerprints need no GPU.",
        "The steps follow each other, and each keeps all cores busy; all else grows with the number of images.",
        f"The catalogue takes {rates.stored / 1e3:,.1f} kB an image, and the files between steps as much again.",
        f"Each worker holds the index of all images; the leader (assumed) {_LEADER_BYTES / 1e3:.0f} kB an image.",
        "Nothing is downloaded, and disks and network keep up.",
    ]
