"""Fingerprints: what images are compared by. `base` is the seam; every kind is a module of its own."""
