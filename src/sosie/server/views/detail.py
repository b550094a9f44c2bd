"""One group with all that a reviewer looks at: members, edges, the weakest link, what lies next to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from sosie.errors import NotFound
from sosie.review.groups import Member as ReviewMember
from sosie.review.groups import ReviewGroup, review_groups
from sosie.server.schemas.images import Member
from sosie.server.schemas.results import GroupDetail, Link
from sosie.server.views.columns import Ids
from sosie.server.views.grouping import Grouping
from sosie.server.views.loaded import LoadedResult
from sosie.server.views.places import Said
from sosie.server.views.showing import edge_view, group_fields, image_fields, image_view
from sosie.types import Group
from sosie.wording import in_words, why

_MOST_EDGES = 5000
_MOST_LINKS = 200


def numbered(grouping: Grouping, key: str) -> int:
    """Give the number of the group of a key. Raises `NotFound` when there is none."""
    number = grouping.by_key.get(key)
    if number is None:
        raise NotFound(f"There is no group {key}.", next_step="It may have changed: look at the groups again.")
    return number


def reviewed(result: LoadedResult, group: Group) -> ReviewGroup:
    """Give a group with what is decided of it now."""
    (found,) = review_groups(replace(result.report, groups=(group,)), result.decisions)
    return found


def detail_of(result: LoadedResult, grouping: Grouping, key: str, said: Said) -> GroupDetail:
    """Give everything on one group. Raises `NotFound` when there is none of this key."""
    number = numbered(grouping, key)
    group = reviewed(result, grouping.groups[number])
    metadata = said([member.image for member in group.members])
    weakest = int(grouping.weakest[number])
    alone = group.alone
    return GroupDetail.model_construct(
        **group_fields(grouping, number, len(group.asked)),
        members=[_member(member, group.group, grouping, metadata, alone) for member in _keeper_first(group)],
        edges=[edge_view(grouping.edges.edge(edge)) for edge in _inner(grouping, number)],
        weakest=edge_view(grouping.edges.edge(weakest)) if weakest >= 0 else None,
        links=_links(grouping, number),
        revision=group.revision,
    )


def _keeper_first(group: ReviewGroup) -> list[ReviewMember]:
    return sorted(group.members, key=lambda member: (member.image.id != group.group.keeper, member.image.id))


def _member(
    member: ReviewMember,
    group: Group,
    grouping: Grouping,
    metadata: Mapping[int, Mapping[str, str]],
    alone: Collection[bytes],
) -> Member:
    image, made = member.image, member.decision
    score, words = _to_keeper(grouping, image.id, group.keeper)
    return Member.model_construct(
        **image_fields(image),
        choice=member.choice,
        apart=member.content in alone,
        decision=made.id if made else None,
        by=made.person if made else "",
        reason=made.reason if made else group.reason if image.id == group.keeper else words,
        metadata=dict(metadata.get(image.id, {})),
        score=score,
    )


def _to_keeper(grouping: Grouping, image: int, keeper: int) -> tuple[float | None, str]:
    """Give the score of an image's edge to the keeper, and its words; images of equal pixels stand for each other."""
    edges, records = grouping.edges, grouping.images.records
    one, other = edges.first(image), edges.first(keeper)
    if one == other:
        return 1.0, "the same bytes" if records[image].sha256 == records[keeper].sha256 else "the same pixels"
    number = edges.find(image, keeper)
    number = edges.find(one, other) if number is None else number
    if number is None:
        return None, why(None)
    edge = edges.edge(number)
    return edge.score, in_words(edge)


def _inner(grouping: Grouping, number: int) -> list[int]:
    """Give the edges among the members: those of the keeper, those that hold the group together, the best others."""
    edges, group = grouping.edges, grouping.groups[number]
    inside = _inside(grouping, number)
    if len(inside) > _MOST_EDGES:
        numbers, owners = grouping.holding
        holding = np.isin(inside, numbers[owners == number])
        at_keeper = (edges.a[inside] == group.keeper) | (edges.b[inside] == group.keeper)
        order = np.lexsort((inside, -edges.score[inside], ~holding, ~at_keeper))
        inside = np.sort(inside[order[:_MOST_EDGES]])
    found: list[int] = inside.tolist()
    return found


def _inside(grouping: Grouping, number: int) -> Ids:
    members = np.array(grouping.groups[number].members, np.int64)
    touching = grouping.edges.touching(members)
    both = np.isin(grouping.edges.a[touching], members) & np.isin(grouping.edges.b[touching], members)
    return touching[both]


def _links(grouping: Grouping, number: int) -> list[Link]:
    """Give the images outside that an edge joins to a member, the closest relations first."""
    edges, members = grouping.edges, np.array(grouping.groups[number].members, np.int64)
    touching = edges.touching(members)
    one, other = np.isin(edges.a[touching], members), np.isin(edges.b[touching], members)
    touching, one = touching[one != other], one[one != other]
    order = np.lexsort((touching, -edges.score[touching], edges.relation[touching]))[:_MOST_LINKS]
    links = []
    for edge, first_inside in zip(touching[order].tolist(), one[order].tolist(), strict=True):
        image = int(edges.b[edge] if first_inside else edges.a[edge])
        home = int(grouping.home[image])
        links.append(
            Link(
                edge=edge_view(edges.edge(edge)),
                image=image_view(grouping.images.records[image]),
                group=grouping.keys[home] if home >= 0 else None,
            )
        )
    return links
