"""Who asks."""

from __future__ import annotations

from fastapi import Request


def person_of(request: Request) -> str:
    """Return the name of whoever is signed in, as decisions and runs note it; empty where nobody has to sign in."""
    return str(getattr(request.state, "person", ""))
