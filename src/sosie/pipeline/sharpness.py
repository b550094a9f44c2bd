"""Whether the largest image of a group is only an enlargement of a smaller one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from sosie.errors import UnreadableImage
from sosie.grouping.keeper import SAME_PIXELS
from sosie.imaging import decode
from sosie.imaging.quality import detail
from sosie.pipeline.assemble import components, keeper_of, shares_of
from sosie.pipeline.contents import Contents
from sosie.pipeline.reading import ReadParams
from sosie.pipeline.threads import usable_cores
from sosie.sources.folder import read_file
from sosie.store.catalogue import Catalogue, Content
from sosie.types import Edge

_MOST = 32_000_000
"""Pixels of an image that are decoded once more at the most."""
_SAME_SHAPE = 1.03
_LARGER = 1.2
"""Ratio of areas from which on one image can be an enlargement of another."""


def measure_sharpness(contents: Contents, edges: Sequence[Edge], catalogue: Catalogue, params: ReadParams) -> Contents:
    """Return the contents with the detail of those measured at full size whose rank in their group depends on it.

    Large images are fingerprinted from a smaller decode, which shows no enlargement by less than that. So where a
    group has an image of the same shape and fewer pixels, the one that would be kept is decoded once more; if it then
    falls behind another one, that one is, until the one to keep is known for what it is. The catalogue remembers what
    was found. A file that cannot be read any more keeps its estimate.
    """
    groups = components(contents, edges)
    asked = {row for group in groups for row in _chosen(contents, group, _seem_unlike)}
    enlarged = {row for group in groups for row in _chosen(contents, group, _may_be_enlarged)}
    if not asked and not enlarged:
        return contents
    shares = shares_of(contents, edges)
    groups = [group for group in groups if not enlarged.isdisjoint(group)]
    tried, fresh = set[int](), dict[int, Content]()
    with ThreadPoolExecutor(params.workers or usable_cores(), "sosie-detail") as pool:
        while True:
            rows = sorted(asked)
            measured = pool.map(partial(_measured, contents, params=params), rows)
            fresh |= {row: content for row, content in zip(rows, measured, strict=True) if content is not None}
            contents = replace(contents, rows=[fresh.get(row, known) for row, known in enumerate(contents.rows)])
            tried |= asked
            asked = ({keeper_of(contents, group, shares) for group in groups} & enlarged) - tried
            if not asked:
                break
    catalogue.save_details(fresh.values())
    return contents


def _chosen(contents: Contents, group: Sequence[int], doubt: Callable[[Content, Content], bool]) -> Iterator[int]:
    """Yield those members of a group that were shrunk for measuring, where that gives a doubt beside another one."""
    members = [contents.rows[row] for row in group]
    for row, content in zip(group, members, strict=True):
        shrunk = content.detail_side < min(content.width, content.height)
        if shrunk and content.width * content.height <= _MOST and any(doubt(content, other) for other in members):
            yield row


def _may_be_enlarged(row: Content, other: Content) -> bool:
    larger = row.width * row.height > _LARGER * other.width * other.height
    return larger and _same_shape(row, other) and min(other.width, other.height) > row.detail_side // 2


def _seem_unlike(row: Content, other: Content) -> bool:
    """Tell whether two of about one size differ in detail because JPEG is shrunk in another way than all else."""
    if (row.format == "JPEG") == (other.format == "JPEG"):
        return False
    less, more = sorted((row.width * row.height, other.width * other.height))
    dull, sharp = sorted((row.detail, other.detail))
    return more <= _LARGER * less and _same_shape(row, other) and dull < SAME_PIXELS * sharp


def _same_shape(row: Content, other: Content) -> bool:
    less, more = sorted((row.width * other.height, row.height * other.width))
    return more <= _SAME_SHAPE * less


def _measured(contents: Contents, row: int, *, params: ReadParams) -> Content | None:
    known = contents.rows[row]
    try:
        data, _ = read_file(contents.refs[row][0].file, params.max_bytes)
        whole = replace(params.decode, min_side=min(known.width, known.height))
        picture = decode(data, whole)
    except (OSError, UnreadableImage):
        return None
    return replace(known, detail=round(detail(picture.pixels), 4), detail_side=min(picture.pixels.shape[:2]))
