"""Verification: are two images the same picture, and what was done to it.

    found = measure(a, b)            # numbers, or None for strangers
    verdict = judge(found)           # relation and calibrated score
    evidence = describe(found, info_a, info_b, inner=verdict.inner)

`verify` does the first two for many pairs.
"""

from sosie.matching.verification.batch import Verified, verify
from sosie.matching.verification.description import describe, full_size, to_thumbnails
from sosie.matching.verification.implication import implied
from sosie.matching.verification.measurements import Measurements, measure
from sosie.matching.verification.params import VerificationParams
from sosie.matching.verification.prepared import Prepared, prepare
from sosie.matching.verification.verdict import Verdict, judge

__all__ = [
    "Measurements",
    "Prepared",
    "Verdict",
    "VerificationParams",
    "Verified",
    "describe",
    "full_size",
    "implied",
    "judge",
    "measure",
    "prepare",
    "to_thumbnails",
    "verify",
]
