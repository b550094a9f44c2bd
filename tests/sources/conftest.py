"""What the tests of sources share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sosie.sources.base import Web
from tests.sources.web import opened_web


@pytest.fixture
def web() -> Iterator[Web]:
    with opened_web() as opened:
        yield opened
