"""The demo and other servers."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from demo.serve import serving


def test_a_port_that_another_server_has_is_not_taken_for_the_demos(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SystemExit, match=f"Port {port} cannot be had"), serving(tmp_path, port):
            pass
    assert not list(tmp_path.iterdir())
