"""Local features and the vector that finds candidates by them."""

from sosie.fingerprints.local.extraction import extract
from sosie.fingerprints.local.fingerprinter import FEATURES, SPOTS, UNIT, VLAD, LocalFingerprinter, signs, vectors

__all__ = ["FEATURES", "SPOTS", "UNIT", "VLAD", "LocalFingerprinter", "extract", "signs", "vectors"]
