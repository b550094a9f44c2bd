"""The one way of an image from its source to the report."""

from sosie.pipeline.run import find_duplicates

__all__ = ["find_duplicates"]
