"""Answers that routes share: models that are written once, and pictures that browsers keep and never run."""

from __future__ import annotations

import re

from fastapi import Response
from pydantic import BaseModel

_MEDIA = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "HEIF": "image/heif",
    "HEIC": "image/heic",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "ICO": "image/x-icon",
    "PPM": "image/x-portable-pixmap",
    "JPEG2000": "image/jp2",
}
_SUFFIXES = {"image/jpeg": "jpg", "image/x-icon": "ico", "image/x-portable-pixmap": "ppm", "image/tiff": "tif"}
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def as_json(value: BaseModel) -> Response:
    """Return a model as a response; its route names the class as `response_model` for the schema.

    FastAPI would check and write each of thousands of rows a second time.
    """
    return Response(value.model_dump_json(), media_type="application/json")


def media_type(name: str) -> str:
    """Return the media type of a format that the decoder knows; never one that a browser runs."""
    return _MEDIA.get(name, "application/octet-stream")


def accepts_avif(accept: str | None) -> bool:
    """Tell whether a browser says that it shows AVIF."""
    offers = [part.split(";") for part in (accept or "").lower().split(",")]
    return any(offer[0].strip() == "image/avif" and "q=0" not in [p.strip() for p in offer[1:]] for offer in offers)


def holds_already(known: str | None, tag: str) -> bool:
    """Tell whether a browser has what has this tag (If-None-Match)."""
    tags = [part.strip().removeprefix("W/").strip('"') for part in (known or "").split(",")]
    return tag in tags or "*" in tags


def picture(
    data: bytes, media: str, *, tag: str, name: str, known: str | None = None, wanted: str | None = None
) -> Response:
    """Return the bytes of a picture, or the part that a Range asks for; nothing when the browser has it already.

    Bytes of a tag never change. Nothing in them is run or sniffed, whatever they hold.
    """
    headers = {
        "etag": f'"{tag}"',
        "cache-control": "private, max-age=31536000, immutable",
        "content-disposition": f'inline; filename="{name}.{_SUFFIXES.get(media, media.rpartition("/")[2])}"',
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cross-origin-resource-policy": "same-origin",
        "accept-ranges": "bytes",
    }
    if holds_already(known, tag):
        return Response(status_code=304, headers=headers)
    found = _RANGE.fullmatch(wanted.strip()) if wanted else None
    if found is None or found.group(0) == "bytes=-":
        return Response(data, media_type=media, headers=headers)
    begin, end = _part(found.group(1), found.group(2), len(data))
    if begin >= end:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{len(data)}"})
    headers["content-range"] = f"bytes {begin}-{end - 1}/{len(data)}"
    return Response(data[begin:end], status_code=206, media_type=media, headers=headers)


def _part(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size
