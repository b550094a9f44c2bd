"""Local features and the vector that finds candidates by them."""

from sosie.fingerprints.local.extraction import extract
from sosie.fingerprints.local.fingerprinter import FEATURES, UNIT, VLAD, LocalFingerprinter, signs, vectors

__all__ = ["FEATURES", "UNIT", "VLAD", "LocalFingerprinter", "extract", "signs", "vectors"]
