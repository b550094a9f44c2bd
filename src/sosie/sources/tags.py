"""The tags of a web page in their order, from any HTML, in time that grows with its length alone.

No tree is built: it is not needed to find images, and tree builders take quadratic time on pages that mean harm (Lexbor
160 s for 200,000 nested divs). Tags, attributes, comments and raw text are told apart as the HTML standard has it,
section 13.2.5. Patterns are possessive and scans that fail are not repeated, so that nothing is read twice.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*+)")
_ATTRIBUTE = re.compile(r"""[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?+""")
_END = re.compile(r"[\s/]*+>")
_RAW = ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}
_DECODED = frozenset(("title", "textarea"))


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: its name and the names of its attributes in lower case, and the text of a script or a title."""

    name: str
    attributes: Mapping[str, str]
    closing: bool = False
    text: str = ""

    def get(self, *names: str) -> str:
        """Return the first of these attributes that is there and not empty, or nothing."""
        return next((value for name in names if (value := self.attributes.get(name, "").strip())), "")


def tags(page: str) -> Iterator[Tag]:
    """Yield the tags of a page, comments and the insides of scripts left out."""
    position = 0
    endless: set[str] = set()
    drawings = 0
    while (position := page.find("<", position)) >= 0:
        named = _NAME.match(page, position)
        if named is None:
            position = _passed(page, position)
            continue
        closing, name = page[position + 1] == "/", named[1].lower()
        attributes, position = _attributes(page, named.end())
        if position < 0:
            return
        drawings = max(0, drawings + (-1 if closing else 1)) if name == "svg" else drawings
        text = ""
        if name in _RAW_END and not closing and not drawings and name not in endless:
            text, position = _raw(page, position, name, endless)
        yield Tag(name, attributes, closing, text)


def _passed(page: str, position: int) -> int:
    """Return where to go on after a `<` that begins no tag: a comment, a declaration, or plain text."""
    if page.startswith("<!--", position):
        end = page.find("-->", position + 2)
        return end + 3 if end >= 0 else len(page)
    if page.startswith(("<!", "<?", "</"), position):
        end = page.find(">", position)
        return end + 1 if end >= 0 else len(page)
    return position + 1


def _attributes(page: str, position: int) -> tuple[dict[str, str], int]:
    """Return the attributes of a tag, the first of each name, and where it ends; -1 when it does not."""
    found: dict[str, str] = {}
    while (end := _END.match(page, position)) is None:
        match = _ATTRIBUTE.match(page, position)
        if match is None:
            return found, -1
        position = match.end()
        name = match[1].lower()
        if name not in found:
            found[name] = unescaped(match[2] or match[3] or match[4] or "")
    return found, end.end()


def _raw(page: str, position: int, name: str, endless: set[str]) -> tuple[str, int]:
    """Return the text up to the closing tag, and where that is; one that never comes is not looked for again."""
    end = _RAW_END[name].search(page, position)
    if end is None:
        endless.add(name)
        return "", position
    text = page[position : end.start()]
    return (unescaped(text) if name in _DECODED else text), end.start()


def unescaped(text: str) -> str:
    """Return a text with its character references replaced; one with a number that is none is left as it is."""
    try:
        return html.unescape(text) if "&" in text else text
    except ValueError:  # more digits than Python reads
        return text
