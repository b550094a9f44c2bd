"""What a route asks of whoever calls it: `dependencies=[viewer]`, `[reviewer]`, `[admin]` or `[anyone]`."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, HTTPException, Request

from sosie.server.security.callers import caller_of
from sosie.store.access import Role


class Needs:
    """Lets callers of a role and above pass; `role` None lets everybody pass."""

    def __init__(self, role: Role | None) -> None:
        self.role = role

    async def __call__(self, request: Request) -> None:
        """Raise 401 for strangers and 403 for those who may not."""
        if self.role is None:
            return
        caller = caller_of(request)
        if caller is None:
            raise HTTPException(401, "Nobody is signed in.", {"www-authenticate": "Bearer"})
        request.state.person = caller.name
        if not caller.may(self.role):
            raise HTTPException(403, f"This needs the role {self.role}; you have {caller.role}.")


anyone: Any = Depends(Needs(None))
"""May be asked by strangers: signing in, and whether the server lives."""
viewer: Any = Depends(Needs("viewer"))
"""May look."""
reviewer: Any = Depends(Needs("reviewer"))
"""May look, decide, upload and start jobs."""
admin: Any = Depends(Needs("admin"))
"""May do everything."""
