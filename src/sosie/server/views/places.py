"""Where contents were found, and what sources say of images."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from sosie.report import ImageRecord
from sosie.server.schemas.images import ContentInfo, Place
from sosie.server.views.showing import printable
from sosie.store.brands import BrandImage, Brands
from sosie.store.catalogue import Catalogue, Content

Said = Callable[[Sequence[ImageRecord]], Mapping[int, Mapping[str, str]]]
"""Gives what sources say of images, by the images' ids."""


def content_info(content: Content, catalogue: Catalogue, brands: Brands) -> ContentInfo:
    """Give what a content is, and every place where it was found: those of brands, then other files."""
    uris = [os.fsdecode(uri) for uri in catalogue.uris([content.sha256]).get(content.sha256, ())]
    images = {(image.brand, image.uri): image for image in brands.places(content.sha256)}
    for brand in brands.all():
        images |= {(brand.key, uri): image for uri, image in brands.known(brand.key, uris).items()}
    named = {uri for _, uri in images}
    places = [_place(images[key]) for key in sorted(images)]
    places += [Place(uri=printable(uri), brand="") for uri in uris if uri not in named]
    return ContentInfo(
        sha256=content.sha256.hex(),
        format=content.format,
        width=content.width,
        height=content.height,
        bytes=content.size,
        frames=content.frames,
        quality=content.quality,
        places=places,
    )


def _place(image: BrandImage) -> Place:
    metadata = {printable(name): printable(value) for name, value in image.metadata.items()}
    return Place(uri=printable(image.uri), brand=image.brand, title=printable(image.title), metadata=metadata)


def said_by(brands: Brands) -> Said:
    """Give a function that looks up what the sources of brands say of images."""

    def said(images: Sequence[ImageRecord]) -> dict[int, Mapping[str, str]]:
        found: dict[int, Mapping[str, str]] = {}
        for brand in {image.brand for image in images if image.brand}:
            known = brands.known(brand, [image.uri for image in images if image.brand == brand])
            for image in images:
                if image.brand == brand and image.uri in known:
                    row = known[image.uri].metadata
                    found[image.id] = {printable(name): printable(value) for name, value in row.items()}
        return found

    return said
