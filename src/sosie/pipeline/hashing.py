"""Edges that need no local features: equal pixels, and copies by perceptual hashes."""

from __future__ import annotations

from collections.abc import Sequence

from sosie.fingerprints.base import ORIENTATIONS
from sosie.fingerprints.dhash import DHASH64
from sosie.fingerprints.hashes import read_rows
from sosie.fingerprints.pdq import PDQ256
