"""Whoever asks: a person who is signed in, a program with a token, or somebody at the machine itself."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from sosie.store.access import Role

_RANK: dict[Role, int] = {"viewer": 0, "reviewer": 1, "admin": 2}


@dataclass(frozen=True, slots=True)
class Caller:
    """One who is known. `session` is the name of a session that a cookie stands for, empty for all others."""

    name: str
    role: Role
    session: str = ""

    def may(self, role: Role) -> bool:
        """Tell whether the caller may do what this role may."""
        return _RANK[self.role] >= _RANK[role]


AT_THE_MACHINE = Caller("", "admin")
"""Anybody on the server's own machine, where nobody has to sign in."""


def caller_of(request: Request) -> Caller | None:
    """Return who asks, as the gate found out; None for strangers."""
    found: Caller | None = getattr(request.state, "caller", None)
    return found
