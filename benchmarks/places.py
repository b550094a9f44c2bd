"""Where the benchmarks read and write, and how large they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
SHARED = ROOT.parent / "shared"
WORK = HERE / "work"


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a run is.

    `None` for `real_files` means all photos of the real set; `every` thins out our own edits.
    """

    name: str
    transformed_groups: int = 5000
    edit_groups: int = 60
    distractors: int = 600
    real_files: int | None = None
    memory_images: tuple[int, int] = (5000, 10000)
    every: int = 1


FULL = Scale("full")
SMOKE = Scale("smoke", 4, 1, 4, 16, (10, 20), 7)


def subset(groups: int) -> Scale:
    """A scale with so many groups in each made benchmark, the real set whole."""
    return Scale(f"{groups}-groups", groups, groups, 5 * groups, None, (20 * groups, 40 * groups))


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of one run: data and catalogues under `work`, results as JSON in `results`, the rendered page."""

    work: Path
    results: Path
    page: Path
    shared: Path = SHARED

    @property
    def photos(self) -> Path:
        """The real photos to measure on."""
        return self.shared / "data" / "public" / "images"

    @property
    def referee(self) -> Path:
        """The folder of the scripts that make data and score reports."""
        return self.shared / "bench"


FULL_PLACES = Places(WORK, HERE / "results", HERE / "RESULTS.md")


def trial_places(scale: Scale) -> Places:
    """Where a trial writes: beside the data, never over the results."""
    return Places(WORK, WORK / "trial" / scale.name, WORK / "trial" / scale.name / "RESULTS.md")
