"""Sosie finds duplicate, edited and look-alike images, and shows why it calls two images the same."""

__version__ = "0.1.0"
