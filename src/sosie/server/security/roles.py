"""What a route asks of whoever calls it: `dependencies=[viewer]`, `[reviewer]` or `[admin]`."""

from __future__ import annotations

import ipaddress
from typing import Any

from fastapi import Depends, HTTPException, Request


async def _from_this_machine(request: Request) -> None:
    host = request.client.host if request.client else ""
    try:
        near = ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = False
    if not near:
        raise HTTPException(403, "Only programs on the server's own machine may ask.")


viewer: Any = Depends(_from_this_machine)
"""May look."""
reviewer: Any = Depends(_from_this_machine)
"""May look, decide, upload and start jobs."""
admin: Any = Depends(_from_this_machine)
"""May do everything."""
