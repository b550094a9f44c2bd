"""Buckets: S3 and what speaks it, Google Cloud Storage, Azure Blob Storage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast, get_args

from sosie.errors import SourceFailure
from sosie.sources.base import Web
from sosie.sources.bucket_stores import Place, Scheme, open_store, plain_errors
from sosie.sources.finds import Finds, shown
from sosie.types import ImageRef, Skipped

if TYPE_CHECKING:
    from obstore import ObjectMeta

    from sosie.sources.bucket_stores import Store

_LISTED = 200
_AGAIN = 10
_FETCHED = 262_144
_PER_IMAGE = 100
"""So many other objects may be listed for each image that is wanted at most, before the listing is given up."""


@dataclass(frozen=True, kw_only=True)
class BucketSource:
    """All objects below a folder of a bucket, in the order in which the bucket lists them (by name, as clouds do).

    `url` is `s3://bucket/folder`, `gs://bucket/folder` or `az://container/folder`; `suffixes` (`.jpg`, ...) leaves out
    objects with other names, whose content decides otherwise. `endpoint` is the address of what speaks like the cloud
    (MinIO, R2, ...); it is asked once through the guarded network before anything is sent to it, and all connections
    of a source that is not `trusted` then go to addresses that the guard has checked. `anonymous` sends no
    credentials; where they come from otherwise, `open_store` says.

    `etag`, `bytes` and `modified` in the metadata change when an object does. It is a `Fetches`: see `open`.
    """

    url: str
    endpoint: str = ""
    region: str = ""
    account: str = ""
    anonymous: bool = False
    suffixes: tuple[str, ...] = ()
    max_images: int = 10_000_000
    web: Web
    brand: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    trusted: bool = False

    def refs(self) -> Iterator[ImageRef | Skipped]:
        """Yield each object once. Raises `SourceFailure` when the bucket cannot be listed (any longer)."""
        place = self._place
        finds = Finds(self.brand, place.shown, self.max_images)
        wanted = tuple(suffix.lower() if suffix.startswith(".") else f".{suffix.lower()}" for suffix in self.suffixes)
        for count, item in enumerate(self._listed(), 1):
            if isinstance(item, Skipped):
                yield from finds.pass_over(item.reason, uri=item.uri)
            elif not wanted or item["path"].lower().endswith(wanted):
                yield from _given(place, item, finds)
            if finds.full:
                return
            if count >= self.max_images * _PER_IMAGE:
                raise SourceFailure(f"The bucket {place.shown} lists without an end.", next_step="Name a folder in it.")

    def open(self, ref: ImageRef) -> Iterator[bytes]:
        """Yield the bytes of an object, in pieces. Raises `SourceFailure`."""
        import obstore

        key = ref.uri.removeprefix(self._place.root)
        with plain_errors(self._place, key):
            for piece in obstore.get(self._store, key).stream(min_chunk_size=_FETCHED):
                yield bytes(piece)

    @cached_property
    def _place(self) -> Place:
        scheme, _, rest = self.url.strip().partition("://")
        bucket, _, prefix = rest.partition("/")
        if scheme not in get_args(Scheme) or not bucket or "@" in bucket or "?" in rest:
            reason = f"{shown(self.url.partition('?')[0], 100) if '@' not in self.url else 'This'} is no bucket."
            raise SourceFailure(reason, next_step="Give it as s3://bucket/folder, gs://bucket or az://container.")
        return Place(
            scheme=cast("Scheme", scheme),
            bucket=bucket,
            prefix=prefix.strip("/"),
            endpoint=self.endpoint.strip().rstrip("/"),
            region=self.region,
            account=self.account,
        )

    @cached_property
    def _store(self) -> Store:
        if self._place.endpoint:
            self.web.get(self._place.endpoint)  # whatever it answers: what must not be asked ends here
        proxy = self.web.way_out() if self._place.endpoint and not self.trusted else ""
        return open_store(self._place, self.environment, anonymous=self.anonymous, trusted=self.trusted, proxy=proxy)

    def _listed(self) -> Iterator[ObjectMeta | Skipped]:
        """Yield what the bucket lists: at one go, or folder by folder where a name cannot be read."""
        store, place = self._store, self._place
        import obstore
        from obstore.exceptions import InvalidPathError

        firsts: set[str] = set()
        again = 0
        with plain_errors(place):
            try:
                for part in obstore.list(store, prefix=place.prefix or None, chunk_size=_LISTED):
                    again += sum(item["path"] in firsts for item in part)
                    if again > _AGAIN:
                        reason = f"The bucket {place.shown} lists the same names again and again."
                        raise SourceFailure(reason, next_step="Check the endpoint.")
                    firsts |= {item["path"] for item in part[:1]}
                    yield from part
            except InvalidPathError:
                yield from self._walked(store, place.prefix)

    def _walked(self, store: Any, prefix: str) -> Iterator[ObjectMeta | Skipped]:
        """Yield what lies in each folder; one that has names that obstore does not read is passed over."""
        import obstore
        from obstore.exceptions import InvalidPathError

        pending = [prefix]
        while pending:
            folder = pending.pop()
            try:
                found = obstore.list_with_delimiter(store, prefix=folder or None)
            except InvalidPathError:
                reason = "is a folder that has names with empty parts or dots alone: nothing of it is read"
                yield Skipped(f"{self._place.root}{folder}", reason)
                continue
            yield from found["objects"]
            pending += sorted(found["common_prefixes"], reverse=True)


def _given(place: Place, item: ObjectMeta, finds: Finds) -> Iterator[ImageRef | Skipped]:
    uri = f"{place.root}{item['path']}"
    if not item["size"]:
        yield from finds.pass_over("is empty, as the marks of folders are", uri=uri)
        return
    told = {
        "key": item["path"],
        "etag": item["e_tag"] or f"{item['size']}-{item['last_modified'].timestamp()}",
        "bytes": item["size"],
        "modified": item["last_modified"].isoformat(),
    }
    yield from finds.give(uri, title=item["path"].rpartition("/")[2], metadata=told)
