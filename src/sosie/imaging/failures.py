"""The border where errors of the decoding libraries become plain reasons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sosie.errors import SosieError, TooLarge, UnreadableImage

_CUT_OFF = (
    "truncat",
    "premature end of jpeg",
    "unexpected end",
    "end of file",
    "end-of-file",
    "ran out of data",
    "not enough image data",
    "buffer is not large enough",
    "bytes but only got",
)
_UNSUPPORTED = ("unsupported", "not supported", "unknown raw mode", "unknown pixel mode", "unrecognized", "unknown")


@contextmanager
def plain_reasons() -> Iterator[None]:
    """Within it, every exception leaves as `UnreadableImage` (or a subclass) with a reason that people understand."""
    try:
        yield
    except SosieError:
        raise
    except (MemoryError, OverflowError) as error:
        raise TooLarge("needs more memory than there is to be decoded") from error
    except Exception as error:
        raise UnreadableImage(_reason(error)) from error


def _reason(error: Exception) -> str:
    text = str(error).lower()
    if isinstance(error, EOFError) or any(mark in text for mark in _CUT_OFF):
        return "is cut off or damaged"
    if isinstance(error, NotImplementedError) or any(mark in text for mark in _UNSUPPORTED):
        return "is damaged or of a rare kind that cannot be read"
    return "is damaged"


def cut_off(have: int, want: int) -> UnreadableImage:
    """The error for a file of which `have` of `want` bytes are there."""
    unit, name = (1024, "KB") if want >= 10 * 1024 and have // 1024 < want // 1024 else (1, "bytes")
    return UnreadableImage(f"is cut off after {have // unit:,} of {want // unit:,} {name}")


def check_size(width: int, height: int, limit: int) -> None:
    """Raise `TooLarge` for more than `limit` pixels, `UnreadableImage` for none."""
    if width < 1 or height < 1:
        raise UnreadableImage("is damaged (it says that it has no pixels)")
    if width * height > limit:
        raise TooLarge(
            f"has {_mega(width * height)} megapixels, over the limit of {_mega(limit)}",
            next_step="Raise the pixel limit to have it compared.",
        )


def _mega(pixels: int) -> str:
    return f"{pixels / 1e6:,.0f}" if pixels >= 10_000_000 else f"{pixels / 1e6:.3g}"
