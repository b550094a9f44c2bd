"""The report of a scan: the contract that scripts, benchmarks and the interface read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sosie.types import Edge, Edit, Evidence, Group, Pairs, Skipped

VERSION = 1


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One image of a report: where it is and what it is. `sha256` is in hex; `bytes` its size.

    `aliases` are other names of the same file. `compared` says how it took part: "yes", or why it was compared for
    equality only ("flat": too little in it for a hash; "tiny": too few pixels).
    """

    id: int
    uri: str
    brand: str
    sha256: str
    width: int
    height: int
    bytes: int
    format: str
    title: str = ""
    frames: int = 1
    compared: str = "yes"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Images, edges with evidence, groups with keepers, and all that was skipped, of one scan.

    Ids are positions in `images`, which are sorted by brand and URI. `timings` are seconds by stage.
    `looser` are pairs of images by their cosine, down to a threshold under that of `similar` where that was asked for:
    what groups at other thresholds are formed from. It is no part of the JSON.
    """

    images: tuple[ImageRecord, ...]
    edges: tuple[Edge, ...]
    groups: tuple[Group, ...]
    skipped: tuple[Skipped, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    spaces: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    fallbacks: tuple[str, ...] = ()
    looser: Pairs | None = field(default=None, compare=False, repr=False)

    @property
    def gain(self) -> int:
        """Bytes that all members other than the keepers take."""
        return sum(group.gain for group in self.groups)

    def to_json(self) -> str:
        """Return the report as JSON, one line, ASCII: names that are not UTF-8 survive as escaped surrogates."""
        return "".join(self._pieces())

    def _pieces(self) -> Iterator[str]:
        """Yield the JSON piece by piece, each object written before the next is made: all at once are many times it."""
        yield f'{{"version": {VERSION}, "params": {json.dumps(dict(self.params))}, "spaces": {json.dumps(self.spaces)}'
        skipped = ({"uri": each.uri, "reason": each.reason} for each in self.skipped)
        for name, rows in (
            ("images", map(_image, self.images)),
            ("edges", map(_edge, self.edges)),
            ("groups", map(asdict, self.groups)),
            ("skipped", skipped),
        ):
            yield f', "{name}": ['
            for number, row in enumerate(rows):
                yield f", {json.dumps(row)}" if number else json.dumps(row)
            yield "]"
        yield f', "timings": {json.dumps(dict(self.timings))}, "fallbacks": {json.dumps(self.fallbacks)}}}'

    @classmethod
    def from_json(cls, text: str | bytes) -> Report:
        """Return the report that `to_json` wrote. Raises `ValueError` for other versions."""
        value = json.loads(text)
        if value["version"] != VERSION:
            raise ValueError(f"report version {value['version']} is not {VERSION}")
        return cls(
            images=tuple(ImageRecord(**{**row, "aliases": tuple(row.get("aliases", ()))}) for row in value["images"]),
            edges=tuple(edge_from(row) for row in value["edges"]),
            groups=tuple(Group(**{**row, "members": tuple(row["members"])}) for row in value["groups"]),
            skipped=tuple(Skipped(**row) for row in value["skipped"]),
            params=value["params"],
            spaces=tuple(value["spaces"]),
            timings=value["timings"],
            fallbacks=tuple(value["fallbacks"]),
        )


def evidence_to(evidence: Evidence) -> dict[str, Any]:
    """Return evidence as a JSON object without what was not measured; `edits` are kinds, `edit_details` the rest."""
    value = {name: getattr(evidence, name) for name in evidence.__slots__}
    edits = value.pop("edits")
    value["cosine"] = dict(evidence.cosine)
    value = {name: item for name, item in value.items() if item not in (None, {}, ())}
    origin = value.pop("origin")
    if edits:
        value["origin"] = origin
        value["edits"] = [edit.kind for edit in edits]
        value["edit_details"] = [asdict(edit) for edit in edits]
    return value


def evidence_from(value: Mapping[str, Any]) -> Evidence:
    """Return the evidence that `evidence_to` wrote."""
    rest = {name: _tuples(item) for name, item in value.items() if name not in ("edits", "edit_details", "cosine")}
    edits = tuple(
        Edit(**{**row, "rectangles": tuple(map(tuple, row["rectangles"]))}) for row in value.get("edit_details", ())
    )
    return Evidence(**rest, edits=edits, cosine=value.get("cosine", {}))


def edge_from(row: Mapping[str, Any]) -> Edge:
    """Return the edge that a report's JSON holds."""
    return Edge(row["a"], row["b"], row["relation"], row["score"], evidence_from(row["evidence"]), row.get("inner"))


def _edge(edge: Edge) -> dict[str, Any]:
    row: dict[str, Any] = {"a": edge.a, "b": edge.b, "relation": edge.relation, "score": edge.score}
    if edge.inner is not None:
        row["inner"] = edge.inner
    row["evidence"] = evidence_to(edge.evidence)
    return row


def _image(image: ImageRecord) -> dict[str, Any]:
    row = {name: getattr(image, name) for name in image.__slots__}
    if not image.aliases:
        del row["aliases"]
    return row


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
