"""What a source has found so far: each address checked, each image once, never more than was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

from sosie.types import ImageRef, Skipped

_LONGEST_ADDRESS = 8_000
_LONGEST_TEXT = 2_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass
class Finds:
    """Turns raw addresses of one source into references, and those that cannot be into `Skipped`.

    `limit` is the greatest number of images, and of what is none; when there are more, `full` is set and a `Skipped`
    for `where` says so.
    """

    brand: str
    where: str
    limit: int = 1_000_000
    full: bool = False
    _seen: set[str] = field(default_factory=set)
    _images: int = 0
    _told: bool = False

    def take(
        self,
        address: object,
        base: str = "",
        *,
        title: object = "",
        metadata: Mapping[str, object] | None = None,
        of: str = "",
    ) -> Iterator[ImageRef | Skipped]:
        """Yield the image at `address` (relative to `base`, else to `where`), once, or why it is none.

        `of` names the item that it belongs to: an address that is missing has no name of its own.
        """
        checked = web_address(address, base or self.where)
        if isinstance(checked, Skipped):
            reason = f"{checked.reason} ({of})" if of and checked.uri else checked.reason
            yield from self.pass_over(reason, of, checked.uri)
            return
        yield from self.give(checked, title=title, metadata=metadata)

    def give(
        self, uri: str, *, title: object = "", metadata: Mapping[str, object] | None = None
    ) -> Iterator[ImageRef | Skipped]:
        """Yield the image at a URI that needs no check, once."""
        if self._new(uri, image=True):
            given = {name: plain(value) for name, value in (metadata or {}).items() if value not in ("", None)}
            told = {name: value for name, value in given.items() if value}
            yield ImageRef(uri, brand=self.brand, title=plain(title), metadata=told)
        yield from self._notice()

    def pass_over(self, reason: str, of: str = "", uri: str = "") -> Iterator[ImageRef | Skipped]:
        """Yield a `Skipped` with this reason, once; without a `uri` its place is `where`, and the item in it."""
        place = uri or "#".join(part for part in (self.place, of) if part)
        if self._new(f"{place} {reason}", image=False):
            yield Skipped(place, reason)
        yield from self._notice()

    @property
    def place(self) -> str:
        """The source as people may see it: an address without its query, which may hold a key."""
        return shown(self.where.partition("?")[0])

    def _new(self, key: str, *, image: bool) -> bool:
        if key in self._seen or self.full:
            return False
        count = self._images if image else len(self._seen) - self._images
        self.full = count >= self.limit
        self._seen.add(key)
        self._images += image
        return not self.full

    def _notice(self) -> Iterator[Skipped]:
        if self.full and not self._told:
            self._told = True
            what = "images" if self._images >= self.limit else "items that cannot be used"
            yield Skipped(self.place, f"has more than {self.limit:,} {what}: the rest is left out (max_images)")


def web_address(address: object, base: str = "") -> str | Skipped:
    """Return the absolute http(s) address that is meant, as browsers would ask it, or why it is none.

    The `uri` of what is none is as much of it as people may see: neither user names nor a query.
    """
    if not isinstance(address, str):
        return Skipped("", f"has {'no address' if address is None else 'an address that is no text'}")
    raw = _CONTROL.sub("", address.strip())
    if not raw:
        return Skipped("", "has an empty address")
    if raw[:5].lower() == "data:":
        return Skipped(shown(raw, 60), "lies in the page itself (data:), not at an address of its own")
    if len(raw) > _LONGEST_ADDRESS:
        return Skipped(shown(raw), f"has an address of more than {_LONGEST_ADDRESS:,} characters")
    try:
        raw.encode()
        raw = raw.replace(" ", "%20").replace("\\", "/")
        joined = urlsplit(raw if raw.startswith(("https://", "http://")) else urljoin(base, raw))
        reason = _refused(joined)
    except ValueError:  # includes UnicodeError
        return Skipped(plain(shown(raw)), "has a broken address")
    if reason:
        return Skipped(shown(joined._replace(netloc=joined.netloc.rpartition("@")[2], query="").geturl()), reason)
    return joined._replace(fragment="").geturl()


def _refused(address: SplitResult) -> str:
    """Return why nothing is asked for there, or nothing. Raises `ValueError` when host or port are nonsense."""
    if address.scheme not in ("http", "https"):
        return "is no http or https address"
    if not address.hostname or address.port == 0:
        return "names no host"
    if "@" in address.netloc:
        return "carries a user name or password"
    if address.path.lower().endswith((".svg", ".svgz")):
        return "is an SVG drawing, not a picture of pixels"
    return ""


def plain(value: object) -> str:
    """Return a text or a number as text that every database takes, cut to 2,000 characters; all else is empty."""
    if isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.isascii() and value.isprintable():
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = value[: _LONGEST_TEXT + 1] if isinstance(value, str) else str(value) if abs(value) < 1e300 else ""
    text = _CONTROL.sub(" ", text).encode("utf-8", "replace").decode().strip()
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def shown(text: str, length: int = 200) -> str:
    """Return a text that may be of any length as it is shown to people."""
    return text if len(text) <= length else text[: length - 1] + "…"
