"""Decoding: from the bytes of any image file to pixels, digests, thumbnails and measures of quality."""

from sosie.imaging.decode import DecodeParams, decode
from sosie.imaging.digest import pixel_digest
from sosie.imaging.picture import ImageInfo, Picture

__all__ = ["DecodeParams", "ImageInfo", "Picture", "decode", "pixel_digest"]
