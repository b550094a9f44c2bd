"""Decoding: from the bytes of any image file to pixels, digests, thumbnails and measures of quality."""

from sosie.imaging.decode import DecodeParams, decode
from sosie.imaging.digest import pixel_digest
from sosie.imaging.picture import ImageInfo, Picture
from sosie.imaging.quality import effective_pixels
from sosie.imaging.thumbnails import thumbnail

__all__ = ["DecodeParams", "ImageInfo", "Picture", "decode", "effective_pixels", "pixel_digest", "thumbnail"]
