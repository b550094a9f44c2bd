"""What runs tell of themselves, again and again, is counted once."""

from __future__ import annotations

from typing import Any

from sosie.server.jobs.spending import SPREAD, STEP, Account, Spending


def step(stragglers: int = 0, spread: tuple[int, ...] = (0, 0), **numbers: float) -> dict[str, Any]:
    return {"step": "read", **dict.fromkeys(STEP, 0), "stragglers": stragglers, SPREAD: spread, **numbers}


def test_what_grows_is_added_once_for_each_run() -> None:
    spending, one, other = Spending(), Account(), Account()
    for rows in (2, 5, 5):
        spending.spend(one, [{"stage": "read", "done": rows, "seconds": 1.0}], [step(rows=rows, spread=(rows, 1))])
    spending.spend(other, [], [step(rows=10, spread=(0, 3))])
    stages, steps = spending.shown()
    assert stages == {"read": {"done": 5, "seconds": 1.0}}
    assert (steps["read"]["rows"], steps["read"][SPREAD]) == (15, [5, 4])


def test_a_counter_never_falls() -> None:
    spending, account = Spending(), Account()
    for stragglers in (2, 0, 3):
        spending.spend(account, [], [step(stragglers=stragglers)])
    assert spending.shown()[1]["read"]["stragglers"] == 3
