"""Verifying many candidate pairs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sosie.features import Features
from sosie.matching.verification.measurements import Measurements, measure
from sosie.matching.verification.params import VerificationParams
from sosie.matching.verification.prepared import Prepared, prepare
from sosie.matching.verification.verdict import Verdict, judge

_KEPT = 256


@dataclass(frozen=True, slots=True)
class Verified:
    """A pair of ids in the order given, its measurements (None for strangers) and the verdict."""

    a: int
    b: int
    found: Measurements | None
    verdict: Verdict


def verify(
    pairs: Iterable[tuple[int, int]], load: Callable[[int], Features], params: VerificationParams | None = None
) -> Iterator[Verified]:
    """Every pair with its verdict, lazily and in the order given, so that a caller can stop or skip between two.

    `load` gives an image's features by id; it is called again for images that were not seen for a while. Calls from
    several threads do not disturb each other: each iterator has images of its own.
    """
    params = params or VerificationParams()
    recent: OrderedDict[int, Prepared] = OrderedDict()

    def ready(number: int) -> Prepared:
        if number not in recent:
            recent[number] = prepare(load(number))
            if len(recent) > _KEPT:
                recent.popitem(last=False)
        recent.move_to_end(number)
        return recent[number]

    for a, b in pairs:
        found = measure(ready(a), ready(b), params)
        yield Verified(a, b, found, judge(found))
