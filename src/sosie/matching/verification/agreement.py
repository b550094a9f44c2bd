"""How far the pixels of two aligned pictures agree, window by window."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.params import VerificationParams
from sosie.matching.verification.windows import Planes, Scratch

_SCRATCH = Scratch()

STRIDE = 3
"""Windows are looked at on every third pixel of every third row."""
_COVERED = 0.6
_FLAT_OFF = 14.0
_BROKEN = 0.5
_WIDE = (9, 9)
_FAINT = 3.0
_FEWEST = 30
_FAINTEST = 0.25
_INDEPENDENT = 28.0
"""Windows that overlap say together as much as so many that do not."""
_UNEVEN = 0.02
"""The square of what the strength of a blend is off for other reasons: compression, a vignette."""
_FARTHEST_OFF = 30.0


@dataclass(frozen=True, slots=True)
class Agreement:
    """What windows say, on a grid of every third pixel of the region.

    `covered`, `textured`, `agreeing`, `same`: bool (h, w). Windows that both pictures fill; that hold texture in
    either; textured ones that correlate; and all that are the same, flat ones of equal grey included.
    `correlation`: float32 (h, w), normalised cross-correlation, 0 where nothing is textured. `textures`: which of the
    covered windows hold texture in the target, and which in the source. `moments`: variances of both
    pictures and their covariance, float32 (h, w) each.
    """

    covered: NDArray[np.bool_]
    textured: NDArray[np.bool_]
    agreeing: NDArray[np.bool_]
    same: NDArray[np.bool_]
    correlation: NDArray[np.float32]
    textures: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    moments: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]

    @property
    def broken(self) -> NDArray[np.bool_]:
        """Textured windows that do not correlate, bool (h, w)."""
        return self.textured & (self.correlation < _BROKEN)

    @property
    def through(self) -> float:
        """How well one strength everywhere explains that one picture shows through the other, 0 to 1.

        In a blend of two pictures few windows agree, but the one still shows through all over, by as much as the other
        covers it up: what the windows say of the strength then differs by no more than chance. Where goods or views
        differ, something is missing altogether. Wider surroundings are taken together than for correlations: what else
        is to be seen then cancels out.
        """
        t, s, both = (cv2.blur(each * self.covered, _WIDE) for each in self.moments)
        return max(_evenness(t, s, both), _evenness(s, t, both))

    @property
    def share(self) -> float:
        """Agreeing windows as a share of the textured ones; 0 where there are none."""
        return float(np.count_nonzero(self.agreeing)) / max(1, int(np.count_nonzero(self.textured)))

    @property
    def peak(self) -> float:
        """The correlation that the best quarter of the textured windows reaches."""
        values = self.correlation[self.textured]
        if len(values) == 0:
            return 0.0
        place = (3 * len(values)) // 4
        return float(np.partition(values, place)[place])

    @property
    def mean(self) -> float:
        """Mean correlation of the textured windows."""
        return float(self.correlation.sum()) / max(1, int(np.count_nonzero(self.textured)))


def compare(
    target: NDArray[np.float32], source: NDArray[np.float32], mask: NDArray[np.bool_], params: VerificationParams
) -> Agreement:
    """Agreement of two float32 grey pictures of one size, where `mask` says that both are there.

    Sides are 3 pixels or more.
    """
    planes = Planes(_SCRATCH, 6, mask.shape, STRIDE, params.window // STRIDE)
    inside, t, s, tt, ss, ts = planes.pictures
    height, width = inside.shape
    inside[:] = mask[:height, :width]
    # Greys are centred so that sums of squares keep their digits in float32.
    for centred, picture in ((t, target), (s, source)):
        np.subtract(picture[:height, :width], np.float32(128), out=centred)
        np.multiply(centred, inside, out=centred)
    np.multiply(t, t, out=tt)
    np.multiply(s, s, out=ss)
    np.multiply(t, s, out=ts)
    weight, mean_t, mean_s, var_t, var_s, shared = planes.means()
    scale = np.float32(1) / np.maximum(weight, np.float32(1e-3))
    mean_t, mean_s = mean_t * scale, mean_s * scale
    var_t = var_t * scale - mean_t * mean_t
    var_s = var_s * scale - mean_s * mean_s
    shared = shared * scale - mean_t * mean_s
    covered = mask[1::STRIDE, 1::STRIDE][: weight.shape[0], : weight.shape[1]]
    covered = covered & (weight > _COVERED * weight.max())
    textures = covered & (var_t > params.texture**2), covered & (var_s > params.texture**2)
    textured = textures[0] | textures[1]
    deviation = np.sqrt(np.maximum(var_t, np.float32(1)) * np.maximum(var_s, np.float32(1)))
    correlation = np.where(textured, shared / deviation, np.float32(0))
    agreeing = correlation > params.agreeing
    same = agreeing | (covered & ~textured & _flat_same(mean_t, mean_s, covered, agreeing))
    return Agreement(covered, textured, agreeing, same, correlation, textures, (var_t, var_s, shared))


def _flat_same(
    mean_t: NDArray[np.float32],
    mean_s: NDArray[np.float32],
    covered: NDArray[np.bool_],
    agreeing: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Whether flat windows have the same grey after the change of brightness and contrast that the rest shows."""
    known = agreeing if np.count_nonzero(agreeing) >= 10 else covered
    t, s = mean_t[known], mean_s[known]
    if len(t) == 0:
        return np.zeros(covered.shape, np.bool_)
    centre_t, centre_s = np.float32(t.sum() / len(t)), np.float32(s.sum() / len(s))
    s = s - centre_s
    spread = float(s @ s) / len(s)
    gain = float(s @ (t - centre_t)) / len(s) / spread if spread > 4.0 else 1.0
    off = np.abs((mean_s - centre_s) * np.float32(min(5.0, max(0.2, gain))) + centre_t - mean_t)
    return np.asarray(off < _FLAT_OFF)


def _evenness(own: NDArray[np.float32], others: NDArray[np.float32], both: NDArray[np.float32]) -> float:
    """One over one plus the mean square of what strengths are off, in units of what chance explains.

    `own` and `others`: variances of the picture that shows through and of what it shows through, `both`: their
    covariance. Windows weigh as much as they hold contrast.
    """
    strong = own > _FAINT**2
    if np.count_nonzero(strong) < _FEWEST:
        return 0.0
    own, others, both = own[strong], others[strong], both[strong]
    gain = float(both.sum() / own.sum())
    if gain < _FAINTEST:
        return 0.0
    rest = np.maximum(others - 2 * gain * both + gain * gain * own, 0)
    chance = rest / (_INDEPENDENT * own) + _UNEVEN
    off = np.minimum((both / own - gain) ** 2 / chance, _FARTHEST_OFF)
    return float(1.0 / (1.0 + np.average(off, weights=np.sqrt(own))))


@dataclass(frozen=True, slots=True)
class Patches:
    """Contiguity: the largest patch that agrees and the largest that does not.

    `together`: share of the windows that are the same which hang together in the largest patch. The others are shares
    of all covered windows. `hole`: the largest patch of textured windows that do not agree; `clash`: the largest patch
    in which both pictures hold texture, and not the same; `own`: windows that do not agree and hold texture in the
    first, or in the second, whichever are fewer: what is laid over a picture mostly hides more than it shows, and two
    things in one place show as much as they hide.
    """

    together: float
    hole: float
    clash: float
    own: float


def patches(agreement: Agreement) -> Patches:
    """The largest patches, four neighbours each."""
    same = int(np.count_nonzero(agreement.same))
    covered = max(1, int(np.count_nonzero(agreement.covered)))
    broken = agreement.broken
    first, second = (broken & each for each in agreement.textures)
    return Patches(
        together=_largest(agreement.same) / same if same else 0.0,
        hole=_largest(broken) / covered,
        clash=_largest(first & second) / covered,
        own=min(int(np.count_nonzero(first)), int(np.count_nonzero(second))) / covered,
    )


def _largest(area: NDArray[np.bool_]) -> int:
    count, _, stats, _ = cv2.connectedComponentsWithStats(area.astype(np.uint8), connectivity=4)
    return int(stats[1:, cv2.CC_STAT_AREA].max()) if count > 1 else 0
