"""Pairs of vectors whose cosine reaches a threshold."""

from sosie.matching.similar.canonical import canonical
from sosie.matching.similar.join import Joined, SimilarParams, similar_pairs
from sosie.matching.similar.nearest import nearest_to
from sosie.matching.similar.reference import similar_pairs_plain

__all__ = ["Joined", "SimilarParams", "canonical", "nearest_to", "similar_pairs", "similar_pairs_plain"]
